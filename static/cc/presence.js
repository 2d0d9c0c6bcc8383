// Who else has this report open. <p data-looking="/reports/X/looking/">: says so every 20 s while the page is seen, and
// shows the answer; <ol data-looking-list="/reports/looking.json">: asks for its rows' numbers. A hint, never a lock.
const EVERY_MS = 20000;

function token() {
  return document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? document.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function say(path, gone) {
  const body = new URLSearchParams(gone ? { gone: "1" } : {});
  return fetch(path, { method: "POST", body, keepalive: true, headers: { "X-CSRFToken": token() } });
}

function show(place, words) {
  const text = place.querySelector("[data-looking-words]") ?? place;
  if (text.textContent !== words) text.textContent = words;
  place.hidden = !words;
}

async function page() {
  const place = document.querySelector("[data-looking]");
  if (!place || document.hidden) return;
  const answer = await say(place.dataset.looking, false);
  if (answer.ok && !answer.redirected) show(place, (await answer.json()).words);
}

async function list() {
  const source = document.querySelector("[data-looking-list]")?.dataset.lookingList;
  const rows = [...document.querySelectorAll("[data-number]")];
  if (!source || !rows.length || document.hidden) return;
  const query = rows.map((row) => `n=${encodeURIComponent(row.dataset.number)}`).join("&");
  const answer = await fetch(`${source}?${query}`);
  if (!answer.ok || answer.redirected) return;
  const found = (await answer.json()).rows;
  for (const row of rows) {
    const place = row.querySelector("[data-looking-row]");
    if (place) show(place, found[row.dataset.number] ?? "");
  }
}

const look = () => Promise.all([page(), list()]).catch(() => {});
look();
setInterval(look, EVERY_MS);
document.addEventListener("visibilitychange", () => {
  const place = document.querySelector("[data-looking]");
  if (!document.hidden) look();
  else if (place) say(place.dataset.looking, true).catch(() => {});
});
