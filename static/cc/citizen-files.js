// How the sent files of the form fare: being checked, ready, or refused and why; and the place a photo knows.
const form = document.querySelector("[data-report]");
const list = document.querySelector("[data-photos] ul");
const either = (id, en) => (document.documentElement.lang === "en" ? en : id);
const POLL_MS = [1000, 2000, 3000, 5000, 8000, 15_000];
const known = new Map(); // mark → the city's last word
const asked = new Set();
let declined = false;

function word({ state, words }) {
  if (state === "ready") return either("siap", "ready");
  if (state === "refused") return words;
  return words || either("sedang diperiksa", "being checked");
}

function show(item) {
  const told = known.get(item.dataset.mark) ?? { state: "waiting" };
  const line = item.querySelector("span");
  item.dataset.name ??= line.textContent.slice(0, line.textContent.lastIndexOf(": "));
  const text = `${item.dataset.name}: ${word(told)}`;
  if (line.textContent !== text) line.textContent = text;
  item.dataset.checked = told.state;
}

/** Asks until there is a verdict; a lost network only makes it ask again. */
async function follow(mark) {
  for (let turn = 0; document.querySelector(`[data-mark="${CSS.escape(mark)}"]`); turn += 1) {
    const answer = await fetch(`/lapor/berkas/${mark}/state.json`, { cache: "no-store" }).catch(() => null);
    if (answer?.status === 404) return;
    if (answer?.ok) known.set(mark, await answer.json());
    look();
    if (["ready", "refused", "erased"].includes(known.get(mark)?.state)) return;
    await new Promise((done) => setTimeout(done, POLL_MS[Math.min(turn, POLL_MS.length - 1)]));
  }
  asked.delete(mark);
}

const offer = document.createElement("p");
offer.className = "cp-offer";
offer.hidden = true;
offer.setAttribute("role", "status");

function button(text, kind, work) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "cp-btn";
  if (kind) made.dataset.kind = kind;
  made.textContent = text;
  made.addEventListener("click", work);
  return made;
}

/** Offered while the report has no place; it is used only where the citizen says so. */
function propose() {
  const marks = [...list.children].map((item) => item.dataset.mark);
  const place = marks.map((mark) => known.get(mark)?.place).find(Boolean);
  offer.hidden = declined || !place || Boolean(form.elements.lat.value);
  if (offer.hidden || offer.childElementCount) return;
  const use = () => {
    form.elements.lat.value = place.lat;
    form.elements.lng.value = place.lng;
    document.querySelector("[data-here-said]").textContent = either("Tempat dari foto dipakai.", "The photo's place is used.");
    document.querySelector("[data-no-place]").hidden = false;
    form.dispatchEvent(new CustomEvent("lapor:place"));
    propose();
  };
  const away = () => {
    declined = true;
    propose();
  };
  offer.replaceChildren(
    either("Gunakan tempat dari foto? ", "Use the place from the photo? "),
    button(either("Gunakan", "Use it"), "primary", use),
    " ",
    button(either("Tidak", "No"), "", away),
  );
}

function look() {
  for (const item of list.querySelectorAll('[data-mark][data-file="sent"]')) {
    show(item);
    const { mark } = item.dataset;
    if (!asked.has(mark)) {
      asked.add(mark);
      follow(mark);
    }
  }
  propose();
}

if (form && list) {
  list.after(offer);
  new MutationObserver(look).observe(list, { childList: true });
  look();
}
