// Mouse, touch and keys move the camera.

const KEY_STEP_PX = 24;

class Controls {
  constructor(canvas, camera, onMove) {
    this.canvas = canvas;
    this.camera = camera;
    this.onMove = onMove;
    this.pointers = new Map();
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.drag(event));
    for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, (event) => this.release(event));
    canvas.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    canvas.addEventListener("contextmenu", (event) => event.preventDefault());
    canvas.addEventListener("keydown", (event) => this.key(event));
  }

  get isDragging() {
    return this.pointers.size > 0;
  }

  press(event) {
    this.canvas.setPointerCapture(event.pointerId);
    this.canvas.classList.add("moving");
    this.canvas.focus({ preventScroll: true });
    this.pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }

  release(event) {
    this.pointers.delete(event.pointerId);
    if (!this.pointers.size) this.canvas.classList.remove("moving");
  }

  drag(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const now = [event.clientX, event.clientY];
    if (this.pointers.size === 2) {
      this.pinch(event.pointerId, before, now);
    } else if (this.pointers.size === 1) {
      const isPan = event.shiftKey || (event.buttons & 6) !== 0 || this.camera.is_flat;
      this.move(now[0] - before[0], now[1] - before[1], isPan);
    }
    this.pointers.set(event.pointerId, now);
    this.onMove();
  }

  move(dx, dy, isPan) {
    if (isPan) this.camera.pan(dx, dy, this.canvas.clientHeight);
    else this.camera.orbit(dx, dy);
  }

  // Two fingers: their distance zooms, their middle moves.
  pinch(id, before, now) {
    const [, other] = [...this.pointers].find(([key]) => key !== id);
    const was = Math.hypot(before[0] - other[0], before[1] - other[1]);
    const is = Math.hypot(now[0] - other[0], now[1] - other[1]);
    this.zoom(is / Math.max(1, was), (now[0] + other[0]) / 2, (now[1] + other[1]) / 2);
    this.camera.pan((now[0] - before[0]) / 2, (now[1] - before[1]) / 2, this.canvas.clientHeight);
  }

  zoom(factor, x, y) {
    const box = this.canvas.getBoundingClientRect();
    this.camera.zoom(factor, x - box.left, y - box.top, box.width, box.height);
  }

  wheel(event) {
    event.preventDefault();
    const px = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
    this.zoom(Math.exp(-Math.max(-120, Math.min(120, px)) * 0.0022), event.clientX, event.clientY);
    this.onMove();
  }

  key(event) {
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const zooms = { "+": 1.2, "=": 1.2, "-": 1 / 1.2, _: 1 / 1.2 };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (arrows[event.key]) {
      const [dx, dy] = arrows[event.key];
      this.move(KEY_STEP_PX * dx, KEY_STEP_PX * dy, event.shiftKey || this.camera.is_flat);
    } else if (zooms[event.key]) {
      const box = this.canvas.getBoundingClientRect();
      this.zoom(zooms[event.key], box.left + box.width / 2, box.top + box.height / 2);
    } else {
      return;
    }
    event.preventDefault();
    this.onMove();
  }
}
