// The label pictures: tiles of one sheet.

class Pictures {
  constructor(data, onLoad) {
    this.tile = data.tile;
    this.slots = decodeNumbers(data.slots);
    this.isReady = false;
    this.image = new Image();
    this.image.onload = () => {
      this.isReady = true;
      onLoad();
    };
    this.image.src = data.url;
  }

  slot(i) {
    return this.slots ? this.slots[i] : i;
  }

  // Columns and rows of the sheet, as the tiles divide it.
  grid() {
    return [this.image.width / this.tile[0], this.image.height / this.tile[1]];
  }

  place(i) {
    const columns = Math.floor(this.grid()[0]), slot = this.slot(i);
    return [(slot % columns) * this.tile[0], Math.floor(slot / columns) * this.tile[1], ...this.tile];
  }
}
