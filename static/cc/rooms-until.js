// <time data-until="ISO" data-over="words">: what is left of a hold, ticking; no other module, so that a phone loads little.
function left(ms) {
  const s = Math.floor(ms / 1000);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(s / 3600);
  return `${hours ? `${hours}:` : ""}${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`;
}

export function tick(now = Date.now()) {
  for (const time of document.querySelectorAll("time[data-until]")) {
    const rest = Date.parse(time.dataset.until) - now;
    if (Number.isNaN(rest)) continue;
    time.textContent = rest > 0 ? left(rest) : time.dataset.over;
    time.toggleAttribute("data-near", rest < 600000);
  }
}

if (!document.body.dataset.socket) {
  tick();
  setInterval(tick, 1000);
}
