const viewer = new Viewer(JSON.parse(byId("data").textContent));
if (viewer.cloud.n > 0) viewer.canvas.focus({ preventScroll: true });
