// Paints the cloud with WebGL 2: one draw call, discs or label pictures.

const VERTEX = `#version 300 es
in vec3 position; in vec4 color; in float slot; in float scale;
uniform mat4 matrix; uniform vec4 depthRow; uniform float radius, focus, ratio, strength; uniform vec2 haze;
out vec4 tint; out float fog; flat out float tile; out float reach;
void main() {
  float depth = dot(depthRow, vec4(position, 1.0));
  gl_Position = matrix * vec4(position, 1.0);
  float rank = color.a > 0.9 ? 1.0 : color.a > 0.6 ? 0.0 : 2.0;
  gl_Position.z = (gl_Position.z + (rank - 1.0) * 2.0 * gl_Position.w) / 3.0;
  if (color.a < 0.25) gl_Position = vec4(0.0, 0.0, 2.0, 1.0);
  float growth = focus > 0.0 ? clamp(focus / max(depth, 1e-9), 0.6, 1.7) : 1.0;
  reach = radius * growth * ratio * scale;
  gl_PointSize = 2.0 * reach + 1.0;
  fog = strength * clamp((depth - haze.x) / max(haze.y - haze.x, 1e-9), 0.0, 1.0);
  if (rank > 1.5) fog = 1.0 - 0.2 * (1.0 - fog);
  tint = color; tile = slot;
}`;

const FRAGMENT = `#version 300 es
precision highp float;
in vec4 tint; in float fog; flat in float tile; in float reach;
uniform vec3 ground; uniform float opacity; uniform sampler2D sheet; uniform vec3 grid;
out vec4 pixel;
void main() {
  vec2 away = gl_PointCoord - 0.5;
  vec3 shade = tint.rgb;
  float cover = 1.0;
  if (grid.x > 0.0 && tile >= 0.0) {
    vec2 place = vec2(mod(tile, grid.x), floor(tile / grid.x));
    vec4 picture = texture(sheet, (place + gl_PointCoord) / grid.xy);
    if (picture.a < 0.5) discard;
    shade = picture.rgb * mix(shade, vec3(1.0), 0.42);
  } else {
    float distance = length(away) * (2.0 * reach + 1.0);
    cover = clamp(reach + 0.5 - distance, 0.0, 1.0);
    if (cover <= 0.0) discard;
    shade *= 1.0 - 0.25 * smoothstep(reach - 1.4, reach, distance) * step(2.0, reach);
  }
  pixel = vec4(mix(shade, ground, fog), cover * opacity);
}`;

class GlPainter {
  // Throws where the browser has no WebGL 2.
  constructor(canvas, cloud, pictures) {
    const gl = canvas.getContext("webgl2", { antialias: true, alpha: false, preserveDrawingBuffer: true });
    if (!gl) throw new Error("no WebGL 2");
    this.gl = gl;
    this.canvas = canvas;
    this.cloud = cloud;
    this.pictures = pictures;
    this.program = this.link();
    this.places = {};
    this.fill("position", cloud.positions, 3, gl.FLOAT, false);
    const slots = new Float32Array(cloud.n).fill(-1);
    if (pictures) for (let i = 0; i < cloud.n; i += 1) slots[i] = pictures.slot(i);
    this.fill("slot", slots, 1, gl.FLOAT, false);
    this.recolor();
  }

  link() {
    const { gl } = this, program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    if (!gl.getProgramParameter(program, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(program));
    gl.useProgram(program);
    return program;
  }

  fill(name, values, size, kind, isShare) {
    const { gl } = this;
    if (!this.places[name]) this.places[name] = gl.createBuffer();
    gl.bindBuffer(gl.ARRAY_BUFFER, this.places[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    const place = gl.getAttribLocation(this.program, name);
    gl.enableVertexAttribArray(place);
    gl.vertexAttribPointer(place, size, kind, isShare, 0, 0);
  }

  recolor() {
    this.fill("color", this.cloud.colors(), 4, this.gl.UNSIGNED_BYTE, true);
    this.fill("scale", this.cloud.scales(), 1, this.gl.FLOAT, false);
  }

  // The picture is there once the browser has decoded it.
  loadSheet() {
    const { gl } = this;
    gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, gl.RGBA, gl.UNSIGNED_BYTE, this.pictures.image);
    for (const side of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(gl.TEXTURE_2D, side, gl.CLAMP_TO_EDGE);
    for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.NEAREST);
  }

  paint(camera, look) {
    const { gl, canvas } = this, set = (name) => gl.getUniformLocation(this.program, name);
    const back = camera.basis()[2];
    const eye = back.map((value, i) => camera.target[i] + camera.distance * value);
    gl.viewport(0, 0, canvas.width, canvas.height);
    gl.clearColor(...look.ground.map((value) => value / 255), 1);
    gl.clear(gl.COLOR_BUFFER_BIT | gl.DEPTH_BUFFER_BIT);
    const isSolid = look.opacity >= 1;
    for (const [ability, isOn] of [[gl.DEPTH_TEST, isSolid], [gl.SAMPLE_ALPHA_TO_COVERAGE, isSolid], [gl.BLEND, !isSolid]]) {
      if (isOn) gl.enable(ability); else gl.disable(ability);
    }
    gl.blendFunc(gl.SRC_ALPHA, gl.ONE_MINUS_SRC_ALPHA);
    gl.uniformMatrix4fv(set("matrix"), false, camera.matrix(canvas.width, canvas.height));
    gl.uniform4f(set("depthRow"), -back[0], -back[1], -back[2], back[0] * eye[0] + back[1] * eye[1] + back[2] * eye[2]);
    gl.uniform1f(set("radius"), look.radius);
    gl.uniform1f(set("ratio"), look.ratio);
    gl.uniform1f(set("strength"), look.fog);
    gl.uniform1f(set("focus"), camera.hasPerspective ? camera.distance : 0);
    gl.uniform2f(set("haze"), camera.is_flat ? 1e30 : look.haze[0], camera.is_flat ? 2e30 : look.haze[1]);
    gl.uniform3f(set("ground"), ...look.ground.map((value) => value / 255));
    gl.uniform1f(set("opacity"), look.opacity);
    const grid = look.showsPictures ? this.pictures.grid() : [0, 0];
    gl.uniform3f(set("grid"), grid[0], grid[1], 0);
    gl.drawArrays(gl.POINTS, 0, this.cloud.n);
  }
}
