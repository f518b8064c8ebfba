// Legend and card. All texts go in as text, never as markup.

function add(parent, name, text, className) {
  const element = document.createElement(name);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  parent.append(element);
  return element;
}

class Legend {
  constructor(element, legend, sizeKey, cloud, onChange) {
    this.cloud = cloud;
    this.onChange = onChange;
    if (legend.title) add(element, "h2", legend.title);
    if (legend.gradient) this.addGradient(element, legend.gradient);
    for (const entry of legend.entries) this.addEntry(element, entry);
    if (legend.more) add(element, "span", `and ${legend.more.toLocaleString()} more`);
    if (sizeKey) this.addSizes(element, sizeKey);
  }

  addSizes(element, key) {
    if (key.title) add(element, "h2", key.title);
    const widest = Math.max(...key.rows.map(([radius]) => 2 * radius), 11);
    for (const [radius, text] of key.rows) {
      const row = add(element, "div", undefined, "size"), box = add(row, "div");
      box.style.width = `${widest}px`;
      const disc = add(box, "i");
      disc.style.width = disc.style.height = `${2 * radius}px`;
      add(row, "b", text).title = text;
    }
  }

  addGradient(element, gradient) {
    const bar = add(element, "div", undefined, "bar");
    bar.style.background = `linear-gradient(to right, ${gradient.stops.map((c) => `rgb(${c.join(",")})`).join(",")})`;
    const scale = add(element, "div", undefined, "scale"), width = scale.clientWidth;
    let free = 0;
    for (const [share, text] of gradient.ticks) {
      const tick = add(scale, "span", text), wide = tick.offsetWidth;
      const left = Math.max(0, Math.min(width - wide, share * width - wide / 2));
      if (left < free) tick.remove();
      else free = left + wide + 6;
      tick.style.left = `${left}px`;
    }
  }

  addEntry(element, entry) {
    const button = add(element, "button");
    button.type = "button";
    button.title = "Hide or show these points";
    button.setAttribute("aria-pressed", "true");
    add(button, "i").style.background = `rgb(${entry.color.join(",")})`;
    add(button, "b", entry.label).title = entry.label;
    add(button, "span", entry.count.toLocaleString());
    button.addEventListener("click", () => {
      const isShown = button.getAttribute("aria-pressed") === "false";
      button.setAttribute("aria-pressed", String(isShown));
      if (isShown) this.cloud.hiddenClasses.delete(entry.class);
      else this.cloud.hiddenClasses.add(entry.class);
      this.onChange();
    });
  }
}

class Card {
  constructor(element, cloud, pictures) {
    this.element = element;
    this.cloud = cloud;
    this.pictures = pictures;
    this.point = -1;
  }

  show(point, x, y) {
    this.element.hidden = point < 0;
    if (point < 0) {
      this.point = -1;
      return;
    }
    if (point !== this.point) this.fill(point);
    this.point = point;
    const { clientWidth: wide, clientHeight: high } = document.documentElement;
    const left = x + 18 + this.element.offsetWidth < wide ? x + 18 : x - 18 - this.element.offsetWidth;
    const top = Math.min(y + 18, high - this.element.offsetHeight - 8);
    this.element.style.left = `${Math.max(8, left)}px`;
    this.element.style.top = `${Math.max(8, top)}px`;
  }

  fill(point) {
    this.element.replaceChildren();
    if (this.pictures && this.pictures.isReady && this.pictures.slot(point) >= 0) {
      const canvas = add(this.element, "canvas");
      [canvas.width, canvas.height] = this.pictures.tile;
      const scale = 64 / Math.max(...this.pictures.tile);
      canvas.style.width = `${canvas.width * scale}px`;
      canvas.style.height = `${canvas.height * scale}px`;
      canvas.getContext("2d").drawImage(this.pictures.image, ...this.pictures.place(point), 0, 0, ...this.pictures.tile);
    }
    const words = add(this.element, "div");
    add(words, "b", this.cloud.label(point));
    add(words, "span", `Row ${this.cloud.row(point).toLocaleString()}`);
  }
}
