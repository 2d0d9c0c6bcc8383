// Start-of-shift test: asks every screen for its name and measures the line.
import { serverNow } from "./conf.js";

const form = document.querySelector("[data-cc-shift]");
const csrf = form.querySelector("[name=csrfmiddlewaretoken]").value;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function latency() {
  const tries = [];
  for (let n = 0; n < 5; n += 1) {
    const start = performance.now();
    await fetch(form.dataset.screensUrl, { cache: "no-store" });
    tries.push(performance.now() - start);
  }
  const best = Math.round(tries.sort((a, b) => a - b)[2]);
  form.querySelector("[data-shift-latency]").textContent = `${best} ms`;
  form.querySelector("[data-shift-latency-value]").value = best;
}

const say = (row, word) => {
  const mark = row.querySelector("[data-screen-answer]");
  mark.textContent = mark.dataset[word];
  row.dataset.state = { answered: "good", silent: "crit", waiting: "unknown" }[word];
};

async function flash() {
  const rows = new Map([...form.querySelectorAll("[data-screen]")].map((row) => [row.dataset.screen, row]));
  rows.forEach((row) => say(row, "waiting"));
  const answer = await fetch(form.dataset.flashUrl, { method: "POST", headers: { "X-CSRFToken": csrf } });
  const { flash: number } = await answer.json();
  const until = serverNow() + 8000;
  while (rows.size && serverNow() < until) {
    await wait(500);
    const found = await (await fetch(`${form.dataset.screensUrl}?flash=${number}`, { cache: "no-store" })).json();
    for (const screen of found.screens.filter((one) => one.answered)) {
      const row = rows.get(String(screen.id));
      if (row) say(row, "answered");
      rows.delete(String(screen.id));
    }
  }
  rows.forEach((row) => say(row, "silent"));
}

form.querySelector("[data-shift-flash]")?.addEventListener("click", flash);
latency();
