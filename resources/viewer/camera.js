// Where the cloud is looked at from: it circles around a target at a distance.

const RADIANS_PER_PX = 0.008;
const NEAR = 0.01;

class Camera {
  constructor(values) {
    this.target = [0, 0, 0];
    this.distance = 3;
    this.yaw = 0.6;
    this.pitch = 0.35;
    this.fov = 0.8;
    this.is_flat = false;
    this.is_orthographic = false;
    Object.assign(this, values);
    this.target = [...this.target];
  }

  get hasPerspective() {
    return !(this.is_flat || this.is_orthographic);
  }

  // The unit vectors right, up and backward.
  basis() {
    const yaw = this.is_flat ? 0 : this.yaw, pitch = this.is_flat ? 0 : this.pitch;
    const sy = Math.sin(yaw), cy = Math.cos(yaw), sp = Math.sin(pitch), cp = Math.cos(pitch);
    return [[cy, 0, -sy], [-sy * sp, cp, -cy * sp], [sy * cp, sp, cy * cp]];
  }

  unitsPerPx(height) {
    return (2 * this.distance * Math.tan(this.fov / 2)) / Math.max(1, height);
  }

  orbit(dx, dy) {
    if (this.is_flat) return;
    this.yaw -= dx * RADIANS_PER_PX;
    this.pitch = Math.min(Math.PI / 2, Math.max(-Math.PI / 2, this.pitch + dy * RADIANS_PER_PX));
  }

  pan(dx, dy, height) {
    const unit = this.unitsPerPx(height), [right, up] = this.basis();
    for (let i = 0; i < 3; i += 1) this.target[i] += unit * (dy * up[i] - dx * right[i]);
  }

  // Nearer by a factor; what is under the pointer stays there.
  zoom(factor, x, y, width, height) {
    const unit = this.unitsPerPx(height), [right, up] = this.basis();
    const across = (x - width / 2) * unit, upward = (height / 2 - y) * unit;
    const distance = Math.min(1e9, Math.max(1e-6, this.distance / factor));
    const share = 1 - distance / this.distance;
    for (let i = 0; i < 3; i += 1) this.target[i] += share * (across * right[i] + upward * up[i]);
    this.distance = distance;
  }

  fit(extent, aspect) {
    const open = Math.tan(this.fov / 2), { middle, half } = extent;
    this.target = [...middle];
    const distance = this.is_flat
      ? Math.max(half[1], half[0] / aspect) / open
      : (0.75 * Math.hypot(...half)) / Math.sin(Math.atan(open * Math.min(1, aspect)));
    this.distance = distance > 0 ? distance * 1.06 : 3;
  }

  // World to clip space, column by column as WebGL has it.
  matrix(width, height) {
    const rows = this.basis();
    const shift = rows.map((row, i) =>
      -(row[0] * this.target[0] + row[1] * this.target[1] + row[2] * this.target[2]) - (i === 2 ? this.distance : 0));
    const up = 1 / Math.tan(this.fov / 2), across = (up * height) / width;
    const near = NEAR * this.distance, far = 100 * this.distance;
    const clip = this.hasPerspective
      ? [[across, 0, 0, 0], [0, up, 0, 0], [0, 0, (far + near) / (near - far), (2 * far * near) / (near - far)], [0, 0, -1, 0]]
      : [[across / this.distance, 0, 0, 0], [0, up / this.distance, 0, 0], [0, 0, -1 / far, 0], [0, 0, 0, 1]];
    const view = [...rows.map((row, i) => [...row, shift[i]]), [0, 0, 0, 1]];
    const found = new Float32Array(16);
    for (let row = 0; row < 4; row += 1) {
      for (let column = 0; column < 4; column += 1) {
        let sum = 0;
        for (let i = 0; i < 4; i += 1) sum += clip[row][i] * view[i][column];
        found[4 * column + row] = sum;
      }
    }
    return found;
  }

  // x and y in pixels and the distance along the sight of each point, NaN behind the camera.
  project(positions, width, height) {
    const m = this.matrix(width, height), back = this.basis()[2];
    const eye = back.map((value, i) => this.target[i] + this.distance * value);
    const near = this.hasPerspective ? NEAR * this.distance : -Infinity;
    const seen = new Float32Array(positions.length);
    for (let i = 0; i < positions.length; i += 3) {
      const x = positions[i], y = positions[i + 1], z = positions[i + 2];
      const depth = back[0] * (eye[0] - x) + back[1] * (eye[1] - y) + back[2] * (eye[2] - z);
      const w = m[3] * x + m[7] * y + m[11] * z + m[15];
      const isSeen = depth > near;
      seen[i] = isSeen ? (((m[0] * x + m[4] * y + m[8] * z + m[12]) / w + 1) / 2) * width : NaN;
      seen[i + 1] = isSeen ? ((1 - (m[1] * x + m[5] * y + m[9] * z + m[13]) / w) / 2) * height : NaN;
      seen[i + 2] = depth;
    }
    return seen;
  }

  // How much larger or smaller than at the target a point is drawn.
  growth(depth) {
    if (!this.hasPerspective) return 1;
    return Math.min(1.7, Math.max(0.6, this.distance / depth));
  }
}
