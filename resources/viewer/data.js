// What the page holds, as typed arrays.

function decodeBytes(text) {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
  return bytes;
}

function decodeNumbers(packed) {
  if (!packed) return null;
  const kinds = { u1: Uint8Array, u2: Uint16Array, u4: Uint32Array, i4: Int32Array, f4: Float32Array };
  return new kinds[packed.type](decodeBytes(packed.data).buffer);
}

// Positions come as 16-bit steps between the ends of each axis.
function decodePositions(data) {
  const steps = decodeNumbers(data.positions);
  const positions = new Float32Array(steps.length);
  for (let i = 0; i < steps.length; i += 1) {
    const axis = i % 3;
    positions[i] = data.low[axis] + (steps[i] / 65535) * data.size[axis];
  }
  return positions;
}

class Cloud {
  constructor(data) {
    this.n = data.n;
    this.positions = decodePositions(data);
    this.classes = decodeNumbers(data.classes);
    this.palette = data.palette;
    this.rows = decodeNumbers(data.rows);
    this.texts = data.labels;
    this.textIds = decodeNumbers(data.label_ids);
    this.pairs = decodeNumbers(data.pairs);
    this.shares = decodeNumbers(data.shares);
    this.lineColors = data.line_colors;
    this.contours = data.contours.map((one) => ({ share: one.share, line: decodeNumbers(one.line) }));
    this.sizes = decodeNumbers(data.sizes);
    this.emphasis = decodeNumbers(data.emphasis);
    this.hiddenClasses = new Set();
    this.matches = null;
  }

  row(i) {
    return this.rows ? this.rows[i] : i;
  }

  label(i) {
    const text = this.texts ? this.texts[this.textIds ? this.textIds[i] : i] : "";
    return text || `#${this.row(i)}`;
  }

  isHidden(i) {
    return this.hiddenClasses.size > 0 && this.hiddenClasses.has(this.classes[i]);
  }

  isDim(i) {
    return this.matches === null ? this.emphasis !== null && this.emphasis[i] === 1 : !this.matches.has(i);
  }

  isRaised(i) {
    return this.matches === null && this.emphasis !== null && this.emphasis[i] === 3;
  }

  // Dim points lie behind all others, raised ones before them.
  rank(i) {
    return this.isRaised(i) ? 0 : this.isDim(i) ? 2 : 1;
  }

  // How many times the common radius a point has.
  scale(i) {
    return (this.sizes ? this.sizes[i] / 1000 : 1) * (this.isRaised(i) ? 1.3 : 1);
  }

  scales() {
    return Float32Array.from({ length: this.n }, (_, i) => this.scale(i));
  }

  // The points whose labels hold the text, in any case; null for an empty one.
  search(text) {
    const wanted = text.trim().toLowerCase();
    this.matches = null;
    if (wanted) {
      this.matches = new Set();
      for (let i = 0; i < this.n; i += 1) {
        if (this.label(i).toLowerCase().includes(wanted)) this.matches.add(i);
      }
    }
    return this.matches;
  }

  // RGBA of each point; the last byte says: 0 hidden, 128 dim, 192 raised, 255 as it is.
  colors() {
    const bytes = new Uint8Array(4 * this.n);
    for (let i = 0; i < this.n; i += 1) {
      const color = this.palette[this.classes[i]];
      bytes[4 * i] = color[0];
      bytes[4 * i + 1] = color[1];
      bytes[4 * i + 2] = color[2];
      bytes[4 * i + 3] = this.isHidden(i) ? 0 : this.isDim(i) ? 128 : this.isRaised(i) ? 192 : 255;
    }
    return bytes;
  }

  // The middle and half the size along each axis.
  extent() {
    const low = [Infinity, Infinity, Infinity], high = [-Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.n; i += 1) {
      if (this.isHidden(i)) continue;
      for (let axis = 0; axis < 3; axis += 1) {
        const value = this.positions[3 * i + axis];
        low[axis] = Math.min(low[axis], value);
        high[axis] = Math.max(high[axis], value);
      }
    }
    if (!(high[0] >= low[0])) return { middle: [0, 0, 0], half: [1, 1, 1] };
    return {
      middle: low.map((value, axis) => (value + high[axis]) / 2),
      half: low.map((value, axis) => (high[axis] - value) / 2),
    };
  }
}
