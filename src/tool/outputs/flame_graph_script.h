// What runs in the browser: a click on a frame widens it to the whole width, a click below undoes that, and Ctrl-F (or
// the word in the corner) marks the frames whose names match a regular expression and says what share of all they are.
#pragma once

namespace sonde::tool {

inline constexpr const char* kFlameGraphScript = R"js(
const width = 1180, left = 10, letter = 6.6;
const frames = Array.from(document.querySelectorAll('g.f'), g => ({
  g, rect: g.querySelector('rect'), label: g.querySelector('text'),
  x: +g.dataset.x, w: +g.dataset.w, y: +g.dataset.y, name: g.dataset.n }));
const total = Math.max(...frames.map(f => f.w));
const found = document.getElementById('found'), back = document.getElementById('back');
function draw(f, x, w) {
  f.rect.setAttribute('x', left + x); f.rect.setAttribute('width', Math.max(w - 0.3, 0.1));
  const room = Math.floor((w - 6) / letter);
  f.label.setAttribute('x', left + x + 3);
  f.label.textContent = room < 3 ? '' : f.name.length <= room ? f.name : f.name.slice(0, room - 1) + '\u2026';
}
function zoom(to) {
  for (const f of frames) {
    const inside = f.x >= to.x && f.x + f.w <= to.x + to.w + 1e-9 && f.y <= to.y;
    const below = f.y > to.y && f.x <= to.x && f.x + f.w + 1e-9 >= to.x + to.w;
    f.g.style.display = inside || below ? '' : 'none';
    f.g.style.opacity = below ? 0.5 : 1;
    if (below) draw(f, 0, width);
    else if (inside) draw(f, (f.x - to.x) / to.w * width, f.w / to.w * width);
  }
  back.style.display = to.w < total ? '' : 'none';
}
// Of frames that lie one over the other only the outermost counts.
function search(pattern) {
  let wanted;
  try { wanted = pattern ? new RegExp(pattern) : null; }
  catch (e) { found.textContent = 'not a regular expression'; return; }
  const hits = [];
  for (const f of frames) {
    const hit = wanted !== null && wanted.test(f.name);
    f.g.classList.toggle('hit', hit);
    if (hit) hits.push(f);
  }
  hits.sort((a, b) => a.x - b.x || b.w - a.w);
  let sum = 0, end = -1;
  for (const f of hits) if (f.x + 1e-9 >= end) { sum += f.w; end = f.x + f.w; }
  found.textContent = wanted === null ? 'search' : (100 * sum / total).toFixed(1) + '% match';
}
const ask = () => { const text = prompt('Regular expression', ''); if (text !== null) search(text); };
for (const f of frames) f.g.addEventListener('click', () => zoom(f));
back.addEventListener('click', () => zoom(frames.find(f => f.w === total)));
found.addEventListener('click', ask);
addEventListener('keydown', e => { if ((e.ctrlKey || e.metaKey) && e.key === 'f') { e.preventDefault(); ask(); } });
zoom(frames.find(f => f.w === total));
)js";

}  // namespace sonde::tool
