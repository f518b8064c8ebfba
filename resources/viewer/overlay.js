// What lies over the cloud: labels without overlap, lines through points, the axes.

const MOST_LABELS = 60, MOST_WORDS = 600;
const SHADES = 16, PX_A_TICK = 90, TICK_MARGIN = 36, HEAD_PX = 140, TOOLS_PX = 150;

// Values that are 1, 2 or 5 times a power of ten apart.
function roundTicks(low, high, most) {
  const least = (high - low) / most, power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((n) => n * power).find((one) => one >= least * (1 - 1e-9));
  if (!(step > 0 && step < Infinity) || Math.max(-low, high) / step > 1e9) return [];
  const first = Math.ceil(low / step), last = Math.floor(high / step), values = [];
  for (let i = first; i <= Math.min(last, first + 100); i += 1) values.push(Number((i * step).toPrecision(10)));
  return values;
}

class Overlay {
  constructor(canvas, cloud, data) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    this.cloud = cloud;
    this.axisNames = data.axes;
    this.axisScales = data.scales;
    this.areWords = data.words;
    this.rings = data.rings;
  }

  paint(camera, look, named, hovered) {
    const { context, canvas } = this;
    context.setTransform(look.ratio, 0, 0, look.ratio, 0, 0);
    const width = canvas.width / look.ratio, height = canvas.height / look.ratio;
    context.clearRect(0, 0, width, height);
    if (this.cloud.pairs) this.paintLines(camera, look, width, height);
    if (this.cloud.contours.length) this.paintContours(camera, look, width, height);
    if (!this.cloud.matches) this.paintRings(camera, look, width, height);
    this.paintLabels(camera, look, named, hovered, width, height);
    if (this.axisNames.some((name) => name)) this.paintAxes(camera, look, width, height);
  }

  paintLines(camera, look, width, height) {
    const { context, cloud } = this, seen = camera.project(cloud.positions, width, height);
    // one path for each shade, of pale lines and of others
    const paths = Array.from({ length: 2 * SHADES }, () => new Path2D());
    for (let i = 0; i < cloud.pairs.length; i += 2) {
      const a = cloud.pairs[i], b = cloud.pairs[i + 1];
      if (cloud.isHidden(a) || cloud.isHidden(b) || Number.isNaN(seen[3 * a] + seen[3 * b])) continue;
      const shade = Math.min(SHADES - 1, Math.floor((cloud.shares[i / 2] / 256) * SHADES));
      const path = paths[shade + (cloud.isDim(a) || cloud.isDim(b) ? 0 : SHADES)];
      path.moveTo(seen[3 * a], seen[3 * a + 1]);
      path.lineTo(seen[3 * b], seen[3 * b + 1]);
    }
    context.lineWidth = 1.2;
    paths.forEach((path, i) => {
      context.strokeStyle = this.lineColor(((i % SHADES) + 0.5) / SHADES, look);
      context.globalAlpha = i < SHADES ? 0.15 : 0.75;
      context.stroke(path);
    });
    context.globalAlpha = 1;
  }

  lineColor(share, look) {
    if (!this.cloud.lineColors) return look.muted;
    const [start, end] = this.cloud.lineColors;
    return `rgb(${start.map((value, c) => Math.round(value + (end[c] - value) * share)).join(",")})`;
  }

  paintContours(camera, look, width, height) {
    const { context } = this;
    context.lineJoin = "round";
    for (const { share, line } of this.cloud.contours) {
      const seen = camera.project(line, width, height), path = new Path2D();
      for (let i = 0; i < seen.length; i += 3) path.lineTo(seen[i], seen[i + 1]);
      for (const [color, wide, alpha] of [[`rgb(${look.ground.join(",")})`, 3.6, 0.45], [look.text, 1.5, 1 - 0.6 * share]]) {
        context.strokeStyle = color;
        context.lineWidth = wide;
        context.globalAlpha = alpha;
        context.stroke(path);
      }
    }
    context.globalAlpha = 1;
  }

  paintLabels(camera, look, named, hovered, width, height) {
    const { context, cloud } = this, taken = [];
    context.font = look.labelFont;
    context.textBaseline = "middle";
    context.lineJoin = "round";
    for (const i of hovered >= 0 ? [hovered, ...named] : named) {
      if (taken.length >= (this.areWords ? MOST_WORDS : MOST_LABELS)) break;
      if (cloud.isHidden(i)) continue;
      const [x, y, depth] = camera.project(cloud.positions.subarray(3 * i, 3 * i + 3), width, height);
      if (Number.isNaN(x)) continue;
      const away = look.radius * camera.growth(depth) * cloud.scale(i) + 4;
      const text = cloud.label(i).slice(0, 60), wide = context.measureText(text).width;
      const left = this.areWords ? x - wide / 2 : x + away, high = look.labelHeight;
      const rect = [left, y - high / 2, wide, high];
      if (x < 0 || y < 0 || x > width || y > height) continue;
      if (taken.some((r) => rect[0] < r[0] + r[2] + 4 && r[0] < rect[0] + rect[2] + 4 && Math.abs(r[1] - rect[1]) < high)) continue;
      taken.push(rect);
      if (i === hovered) this.paintRing(x, y, away - 2, look.text, 2);
      const tint = this.areWords ? `rgb(${cloud.palette[cloud.classes[i]].join(",")})` : look.text;
      this.paintText(text, left, y, look, tint);
    }
  }

  paintRings(camera, look, width, height) {
    const { cloud, context } = this;
    for (const [i, color, wide] of this.rings) {
      if (cloud.isHidden(i)) continue;
      const [x, y, depth] = camera.project(cloud.positions.subarray(3 * i, 3 * i + 3), width, height);
      if (Number.isNaN(x)) continue;
      const reach = look.radius * camera.growth(depth) * cloud.scale(i) + 2.5;
      if (!look.showsPictures) {
        context.fillStyle = `rgb(${cloud.palette[cloud.classes[i]].join(",")})`;
        context.beginPath();
        context.arc(x, y, reach - 2.5, 0, 2 * Math.PI);
        context.fill();
      }
      this.paintRing(x, y, reach, `rgb(${look.ground.join(",")})`, wide + 2.4);
      this.paintRing(x, y, reach, `rgb(${color.join(",")})`, wide);
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

  paintRing(x, y, radius, color, wide) {
    const { context } = this;
    context.strokeStyle = color;
    context.lineWidth = wide;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.stroke();
  }

  paintAxes(camera, look, width, height) {
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
    if (camera.is_flat) [0, 1].forEach((axis) => this.paintTicks(axis, camera, look, width, height));
  }

  // Numbers at round values along the lower and the left edge.
  paintTicks(axis, camera, look, width, height) {
    const scale = this.axisScales[axis], { context } = this;
    if (!scale) return;
    const [perUnit, atZero] = scale, unit = camera.unitsPerPx(height), middle = camera.target[axis];
    const length = axis === 0 ? width : height;
    const ends = [-1, 1].map((side) => atZero + perUnit * (middle + (side * unit * length) / 2));
    context.font = look.tickFont;
    for (const value of roundTicks(Math.min(...ends), Math.max(...ends), Math.max(2, length / PX_A_TICK))) {
      const away = ((value - atZero) / perUnit - middle) / unit;
      const at = axis === 0 ? width / 2 + away : height / 2 - away, text = String(value).replace("-", "\u2212");
      // neither under the title nor under the tools
      if (at < (axis === 0 ? TICK_MARGIN : HEAD_PX) || at > length - (axis === 0 ? TOOLS_PX : TICK_MARGIN)) continue;
      context.fillStyle = look.muted;
      if (axis === 0) context.fillRect(at, height - 4, 1, 4);
      else context.fillRect(0, at, 4, 1);
      const left = axis === 0 ? at - context.measureText(text).width / 2 : 7;
      this.paintText(text, left, axis === 0 ? height - 12 : at, look, look.muted);
    }
  }
}
