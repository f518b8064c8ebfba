// What lies over the cloud: labels without overlap, lines through points, the axes.

const MOST_LABELS = 60;

class Overlay {
  constructor(canvas, cloud, axisNames) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.cloud = cloud;
    this.axisNames = axisNames;
  }

  paint(camera, look, named, hovered) {
    const { context, canvas } = this;
    context.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
    const width = canvas.width / look.ratio, height = canvas.height / look.ratio;
    context.clearRect(0, 0, width, height);
    if (this.cloud.pairs) this.paintLines(camera, look, width, height);
    this.paintLabels(camera, look, named, hovered, width, height);
    if (this.axisNames.some((name) => name)) this.paintAxes(camera, look, height);
  }

  paintLines(camera, look, width, height) {
    const { context, cloud } = this, seen = camera.project(cloud.positions, width, height);
    context.strokeStyle = look.muted;
    context.globalAlpha = 0.5;
    context.beginPath();
    for (let i = 0; i < cloud.pairs.length; i += 2) {
      const a = cloud.pairs[i], b = cloud.pairs[i + 1];
      if (cloud.isHidden(a) || cloud.isHidden(b) || Number.isNaN(seen[3 * a] + seen[3 * b])) continue;
      context.moveTo(seen[3 * a], seen[3 * a + 1]);
      context.lineTo(seen[3 * b], seen[3 * b + 1]);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  paintLabels(camera, look, named, hovered, width, height) {
    const { context, cloud } = this, taken = [];
    context.font = look.font;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const i of hovered >= 0 ? [hovered, ...named] : named) {
      if (taken.length >= MOST_LABELS) break;
      if (cloud.isHidden(i)) continue;
      const [x, y, depth] = camera.project(cloud.positions.subarray(3 * i, 3 * i + 3), width, height);
      if (Number.isNaN(x)) continue;
      const away = look.radius * camera.growth(depth) + 4;
      const text = cloud.label(i).slice(0, 60), wide = context.measureText(text).width;
      const rect = [x + away, y - 9, wide, 18];
      if (x < 0 || y < 0 || x > width || y > height) continue;
      if (taken.some((r) => rect[0] < r[0] + r[2] + 4 && r[0] < rect[0] + rect[2] + 4 && Math.abs(r[1] - rect[1]) < 18)) continue;
      taken.push(rect);
      if (i === hovered) this.paintRing(x, y, away - 2, look);
      this.paintText(text, x + away, y, look, look.text);
    }
  }

  // With a rim, so that it can be read over points.
  paintText(text, x, y, look, color) {
    const { context } = this;
    context.strokeStyle = `rgb(${look.ground.join(",")})`;
    context.lineWidth = 4;
    context.strokeText(text, x, y);
    context.fillStyle = color;
    context.fillText(text, x, y);
  }

  paintRing(x, y, radius, look) {
    const { context } = this;
    context.strokeStyle = look.text;
    context.lineWidth = 2;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  paintAxes(camera, look, height) {
    const { context } = this, [right, up] = camera.basis();
    const x0 = 96, y0 = height - 64;
    context.font = look.font;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (let axis = 0; axis < (camera.is_flat ? 2 : 3); axis += 1) {
      if (!this.axisNames[axis]) continue;
      const x = x0 + 36 * right[axis], y = y0 - 36 * up[axis];
      context.strokeStyle = look.muted;
      context.lineWidth = 1.5;
      context.beginPath();
      context.moveTo(x0, y0);
      context.lineTo(x, y);
      context.stroke();
      const name = this.axisNames[axis], wide = context.measureText(name).width;
      const left = x + 6 * right[axis] - wide * (right[axis] < -0.3 ? 1 : right[axis] > 0.3 ? 0 : 0.5);
      this.paintText(name, Math.max(8, left), y - 10 * up[axis], look, look.muted);
    }
  }
}
