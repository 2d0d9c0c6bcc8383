// The form of a market's audit: every change is kept at once, keys set marks, photos leave while one writes on.
const form = document.getElementById("audit");
const told = form.querySelector("[data-told]");
const csrf = form.elements.csrfmiddlewaretoken.value;
const waiting = new Map();
const RETRY_MS = 5000;
const PAUSE_MS = 700;
let timer = 0;
let busy = false;

function say(word, values = {}) {
  told.textContent = form.dataset[word].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

function note(field) {
  if (!field.name || field.type === "hidden" || field.type === "file") return;
  waiting.set(field.name, field.value);
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE_MS);
}

function faults(sent, errors) {
  for (const name of sent) {
    const line = form.querySelector(`[data-error="${CSS.escape(name)}"]`);
    if (!line) continue;
    line.textContent = errors[name] ?? "";
    line.hidden = !errors[name];
  }
}

/** Sends what changed; what could not be sent stays and is tried again. */
async function keep() {
  if (busy || !waiting.size) return;
  busy = true;
  const sent = new Map(waiting);
  waiting.clear();
  say("saving");
  const kept = await post(sent).catch(() => false);
  busy = false;
  if (!kept) {
    for (const [name, value] of sent) if (!waiting.has(name)) waiting.set(name, value);
    say("unsaved");
  }
  clearTimeout(timer);
  if (waiting.size) timer = setTimeout(keep, kept ? PAUSE_MS : RETRY_MS);
}

/** Whether the server has it: a field it refuses has its sentence and is not sent again. */
async function post(sent) {
  const body = new URLSearchParams([...sent]);
  const answer = await fetch(form.dataset.save, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
  if (answer.status >= 500 || answer.status === 429) return false;
  if (answer.redirected || ![200, 422].includes(answer.status)) {
    location.reload(); // finished elsewhere, or signed out
    return true;
  }
  const said = await answer.json();
  faults(sent.keys(), said.errors ?? {});
  form.querySelector("[data-marked]").textContent = said.marked;
  const score = said.score?.toLocaleString(document.documentElement.lang, { minimumFractionDigits: 1 });
  form.querySelector("[data-score]").textContent = score ?? "–";
  say("saved", { at: said.at });
  return true;
}

/** A photo leaves at once; the page shows that it arrived, and the picture with the next look. */
async function send(input) {
  const file = input.files[0];
  const place = input.closest("[data-item]");
  const line = place.querySelector("[data-photo-told]");
  if (!file) return;
  line.textContent = form.dataset.sending;
  const body = new FormData();
  body.append("item", place.dataset.item);
  body.append("photo", file);
  try {
    const headers = { "X-CSRFToken": csrf, Accept: "application/json" };
    const answer = await fetch(form.dataset.photos, { method: "POST", body, headers });
    const said = await answer.json();
    line.textContent = answer.ok ? form.dataset.sent : said.problem;
  } catch {
    line.textContent = form.dataset.failed;
  }
  input.value = "";
}

form.addEventListener("input", (event) => note(event.target));
form.addEventListener("change", (event) => {
  if (event.target.matches("[data-photo]")) send(event.target);
});
form.addEventListener("keydown", (event) => {
  const line = event.target.closest("fieldset[data-item]");
  if (!line || event.target.matches("input:not([type=radio]), textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
  const wanted = event.key === "-" ? "" : event.key;
  const radio = [...line.querySelectorAll("input[type=radio]")].find((one) => one.value === wanted);
  if (!radio || !/^[0-4-]$/.test(event.key)) return;
  event.preventDefault();
  event.stopPropagation();
  radio.checked = true;
  radio.focus();
  note(radio);
});
form.addEventListener("submit", () => {
  clearTimeout(timer);
  waiting.clear();
});
addEventListener("beforeunload", (event) => {
  if (waiting.size || busy) event.preventDefault();
});
addEventListener("online", keep);
document.getElementById("faults")?.focus();
