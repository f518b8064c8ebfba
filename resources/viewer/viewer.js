// Puts the page together: reads the data, paints when something changed, answers the pointer.

const REACH_PX = 6;
const byId = (id) => document.getElementById(id);

class Viewer {
  constructor(data) {
    this.data = data;
    this.cloud = new Cloud(data);
    document.documentElement.dataset.theme = data.is_dark ? "dark" : "light"; // what the colors were made for
    this.camera = new Camera(data.camera);
    this.canvas = byId("cloud");
    this.extent = this.cloud.extent();
    this.hovered = -1;
    this.pointer = null;
    this.named = decodeNumbers(data.named) || [];
    this.showsPictures = false;
    this.pictures = data.pictures ? new Pictures(data.pictures, () => this.takePictures()) : null;
    this.painter = this.choosePainter();
    this.overlay = new Overlay(byId("overlay"), this.cloud, data);
    this.card = new Card(byId("card"), this.cloud, this.pictures);
    this.controls = new Controls(this.canvas, this.camera, () => this.draw());
    this.describe();
    this.listen();
    this.resize();
    this.frame();
  }

  choosePainter() {
    try {
      if (location.hash === "#canvas") throw new Error("asked for");
      return new GlPainter(this.canvas, this.cloud, this.pictures);
    } catch (error) {
      const fresh = this.canvas.cloneNode(); // a canvas keeps the kind it was first asked for
      this.canvas.replaceWith(fresh);
      this.canvas = fresh;
      return new CanvasPainter(fresh, this.cloud, this.pictures);
    }
  }

  describe() {
    byId("title").textContent = this.data.title;
    byId("count").textContent = `${this.cloud.n.toLocaleString()} points`;
    byId("help").textContent = this.camera.is_flat
      ? "Drag to move · wheel to zoom · F to fit"
      : "Drag to turn · right-drag to move · wheel to zoom · F to fit";
    new Legend(byId("legend"), this.data.legend, this.data.size_key, this.cloud, () => this.recolor());
    byId("pictures").hidden = !this.pictures;
  }

  listen() {
    this.canvas.addEventListener("pointermove", (event) => this.hover(event));
    this.canvas.addEventListener("click", (event) => this.hover(event)); // a tap has no move before it
    this.canvas.addEventListener("dblclick", () => this.approach());
    this.canvas.addEventListener("pointerleave", () => this.leave());
    byId("search").addEventListener("input", (event) => this.search(event.target.value));
    byId("fit").addEventListener("click", () => this.fit());
    byId("pictures").addEventListener("click", () => this.switchPictures());
    byId("theme").addEventListener("click", () => this.switchTheme());
    document.addEventListener("keydown", (event) => this.key(event));
    window.addEventListener("resize", () => this.resize());
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      byId("search").value = "";
      this.search("");
      this.canvas.focus();
    }
    if (event.target === byId("search")) return;
    const answers = { f: () => this.fit(), p: () => this.switchPictures(), t: () => this.switchTheme(), "/": () => byId("search").focus() };
    const answer = answers[event.key.toLowerCase()];
    if (!answer) return;
    event.preventDefault();
    answer();
  }

  // The given view was made for a picture of another shape: all of it stays in sight.
  frame() {
    const aspect = this.canvas.clientWidth / Math.max(1, this.canvas.clientHeight);
    if (this.data.is_fitted) this.camera.fit(this.extent, aspect);
    else this.camera.distance *= Math.max(1, this.data.aspect / aspect);
    this.draw();
  }

  fit() {
    this.camera.fit(this.extent, this.canvas.clientWidth / Math.max(1, this.canvas.clientHeight));
    this.draw();
  }

  resize() {
    this.ratio = window.devicePixelRatio || 1;
    for (const canvas of [this.canvas, byId("overlay")]) {
      canvas.width = Math.max(1, Math.round(canvas.clientWidth * this.ratio));
      canvas.height = Math.max(1, Math.round(canvas.clientHeight * this.ratio));
    }
    this.draw();
  }

  draw() {
    if (this.isWaiting) return;
    this.isWaiting = true;
    requestAnimationFrame(() => {
      this.isWaiting = false;
      const look = this.look();
      this.painter.paint(this.camera, look);
      this.overlay.paint(this.camera, look, this.namedNow(), this.hovered);
    });
  }

  look() {
    const style = getComputedStyle(document.documentElement), { middle, half } = this.extent;
    const back = this.camera.basis()[2];
    const depth = this.camera.distance + back.reduce((sum, value, i) => sum + value * (this.camera.target[i] - middle[i]), 0);
    const reach = Math.hypot(...half) * 0.8, near = Math.max(NEAR * this.camera.distance, depth - reach);
    const hex = style.getPropertyValue("--ground").trim(), body = getComputedStyle(document.body);
    const px = parseFloat(body.fontSize), labelPx = px * this.data.label_scale;
    return {
      ground: [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16)),
      text: style.getPropertyValue("--text").trim(),
      muted: style.getPropertyValue("--muted").trim(),
      font: body.font,
      tickFont: `${Math.round(px * 0.8)}px ${body.fontFamily}`,
      labelFont: `${labelPx}px ${body.fontFamily}`,
      labelHeight: labelPx * 1.3,
      radius: this.drawsPictures() ? this.data.picture_px / 2 : this.data.radius,
      opacity: this.data.opacity,
      fog: this.data.fog,
      ratio: this.ratio,
      haze: [near, Math.max(depth + reach, near * 1.001)],
      showsPictures: this.drawsPictures(),
    };
  }

  drawsPictures() {
    return this.showsPictures && this.pictures !== null && this.pictures.isReady;
  }

  namedNow() {
    return this.cloud.matches ? [...this.cloud.matches].slice(0, 500) : this.named;
  }

  takePictures() {
    this.painter.loadSheet();
    if (this.data.draws_pictures) this.switchPictures();
  }

  switchPictures() {
    if (!this.pictures) return;
    this.showsPictures = !this.showsPictures;
    byId("pictures").setAttribute("aria-pressed", String(this.showsPictures));
    this.draw();
  }

  switchTheme() {
    const root = document.documentElement;
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = isDark ? "light" : "dark";
    this.draw();
  }

  search(text) {
    const matches = this.cloud.search(text);
    byId("found").textContent = matches ? `${matches.size.toLocaleString()} of ${this.cloud.n.toLocaleString()} found` : "";
    this.recolor();
  }

  recolor() {
    this.extent = this.cloud.extent();
    this.painter.recolor();
    this.point(-1);
    this.draw();
  }

  // Looked up once a frame, however often the pointer moves.
  hover(event) {
    const isFirst = !this.pointer;
    this.pointer = this.controls.isDragging ? null : [event.clientX, event.clientY];
    if (!this.pointer) this.point(-1);
    else if (isFirst) requestAnimationFrame(() => this.lookUp());
  }

  lookUp() {
    if (!this.pointer) return;
    const [x, y] = this.pointer, box = this.canvas.getBoundingClientRect();
    this.pointer = null;
    this.point(this.pick(x - box.left, y - box.top, box.width, box.height), x, y);
  }

  leave() {
    this.pointer = null;
    this.point(-1);
  }

  // Half as far from the point under the pointer, which becomes the middle.
  approach() {
    if (this.hovered < 0) return;
    this.camera.target = [...this.cloud.positions.subarray(3 * this.hovered, 3 * this.hovered + 3)];
    this.camera.distance /= 2;
    this.draw();
  }

  point(found, x, y) {
    this.card.show(found, x, y);
    if (found === this.hovered) return;
    this.hovered = found;
    this.draw();
  }

  // The point in front under the pointer, else the nearest within reach; -1 for none.
  pick(x, y, width, height) {
    const seen = this.camera.project(this.cloud.positions, width, height), { radius } = this.look();
    let front = -1, frontDepth = Infinity, near = -1, nearest = REACH_PX ** 2;
    for (let i = 0; i < this.cloud.n; i += 1) {
      const dx = seen[3 * i] - x, dy = seen[3 * i + 1] - y, square = dx * dx + dy * dy;
      if (!(square < 10000) || this.cloud.isHidden(i)) continue;
      const depth = seen[3 * i + 2], reach = radius * this.camera.growth(depth) * this.cloud.scale(i);
      if (square <= reach * reach && depth < frontDepth) {
        front = i;
        frontDepth = depth;
      } else if (square < nearest) {
        near = i;
        nearest = square;
      }
    }
    return front >= 0 ? front : near;
  }
}
