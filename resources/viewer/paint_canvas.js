// Paints the cloud where there is no WebGL 2: from the farthest point to the nearest.

class CanvasPainter {
  constructor(canvas, cloud, pictures) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d", { alpha: false });
    this.cloud = cloud;
    this.pictures = pictures;
  }

  recolor() {}

  loadSheet() {}

  paint(camera, look) {
    const { context, canvas, cloud } = this;
    const seen = camera.project(cloud.positions, canvas.width, canvas.height);
    const order = [];
    for (let i = 0; i < cloud.n; i += 1) if (!cloud.isHidden(i) && seen[3 * i] === seen[3 * i]) order.push(i);
    order.sort((a, b) => cloud.rank(b) - cloud.rank(a) || seen[3 * b + 2] - seen[3 * a + 2]);
    context.globalAlpha = 1;
    context.fillStyle = `rgb(${look.ground.join(",")})`;
    context.fillRect(0, 0, canvas.width, canvas.height);
    for (const i of order) this.paintPoint(i, seen, camera, look, order.length < 30000);
  }

  paintPoint(i, seen, camera, look, isRound) {
    const { context, cloud } = this, depth = seen[3 * i + 2];
    const reach = look.radius * camera.growth(depth) * look.ratio * cloud.scale(i);
    const x = seen[3 * i], y = seen[3 * i + 1];
    if (x < -reach || y < -reach || x > this.canvas.width + reach || y > this.canvas.height + reach) return;
    const far = camera.is_flat ? 0 : Math.min(1, Math.max(0, (depth - look.haze[0]) / (look.haze[1] - look.haze[0])));
    const fade = cloud.isDim(i) ? 1 - 0.2 * (1 - look.fog * far) : look.fog * far;
    context.globalAlpha = look.opacity;
    if (look.showsPictures && this.pictures.slot(i) >= 0) {
      context.globalAlpha *= 1 - fade;
      context.drawImage(this.pictures.image, ...this.pictures.place(i), x - reach, y - reach, 2 * reach, 2 * reach);
      return;
    }
    const mixed = cloud.palette[cloud.classes[i]].map((value, c) => Math.round(value + (look.ground[c] - value) * fade));
    context.fillStyle = `rgb(${mixed.join(",")})`;
    if (isRound) {
      context.beginPath();
      context.arc(x, y, reach, 0, 2 * Math.PI);
      context.fill();
    } else {
      context.fillRect(x - reach, y - reach, 2 * reach, 2 * reach);
    }
  }
}
