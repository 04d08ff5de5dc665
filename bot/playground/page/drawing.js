// Drawn scenes, so that a report can be played without a photograph at hand: a wall, with or without rubbish.
"use strict";

function drawnPhoto(clean, seed) {
  const canvas = document.createElement("canvas");
  canvas.width = 960; canvas.height = 720;
  const draw = canvas.getContext("2d");
  let state = seed * 7919 + 17;
  const chance = () => { state = (state * 16807) % 2147483647; return state / 2147483647; };
  draw.fillStyle = "#bcd3e0"; draw.fillRect(0, 0, 960, 220);
  draw.fillStyle = "#c9b496"; draw.fillRect(0, 180, 960, 270);
  draw.strokeStyle = "#a9967a";
  for (let row = 0; row < 9; row += 1) {
    for (let x = (row % 2) * 40; x < 960; x += 80) draw.strokeRect(x, 180 + row * 30, 80, 30);
  }
  draw.fillStyle = "#98917f"; draw.fillRect(0, 450, 960, 270);
  if (clean) {
    draw.strokeStyle = "#ada692";
    for (let n = 0; n < 40; n += 1) {
      draw.beginPath(); draw.arc(chance() * 960, 520 + chance() * 180, 70, 3.4, 5.6); draw.stroke();
    }
  } else {
    const colours = ["#5b6b3d", "#e8e6df", "#3f6fa3", "#b5473a", "#d9b13b", "#4a4038", "#7d8a8f"];
    for (let n = 0; n < 260; n += 1) {
      const out = chance(), x = 480 + (chance() - .5) * 620 * (1 - out * .6), y = 640 - out * 230;
      draw.save(); draw.translate(x, y); draw.rotate(chance() * 3);
      draw.fillStyle = colours[Math.floor(chance() * colours.length)];
      draw.fillRect(-18, -10, 20 + chance() * 34, 10 + chance() * 22); draw.restore();
    }
  }
  return new Promise((done) => { canvas.toBlob(done, "image/jpeg", .86); });
}
