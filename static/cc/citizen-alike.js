// Reports near the place that may be the same one: to look at, or to join instead of sending one more.
const form = document.querySelector("[data-report]");
const box = document.querySelector("[data-alike]");
const english = document.documentElement.lang === "en";
const either = (id, en) => (english ? en : id);
const LOST = () => either("Tidak ada jaringan. Coba lagi.", "There is no network. Try again.");
let asked = 0;

/** Asks what is near the form's place; an answer that was overtaken is left aside. */
export async function alike() {
  const { lat, lng, category, text } = form.elements;
  const mine = ++asked;
  if (!lat.value) {
    box.hidden = true;
    box.querySelector("ul").replaceChildren();
    return;
  }
  const query = new URLSearchParams({ lat: lat.value, lng: lng.value, category: category.value, text: text.value.slice(0, 300) });
  const answer = await fetch(`/lapor/mirip.json?${query}`).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const { reports } = await answer.json();
  const list = box.querySelector("ul");
  const shown = new Map([...list.children].map((item) => [item.dataset.number, item]));
  // What somebody fills in or has joined stays as it is.
  list.replaceChildren(...reports.map((row) => shown.get(row.number) ?? offer(row)));
  box.hidden = !reports.length;
}

function offer(row) {
  const item = box.querySelector("template").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-slot=${name}]`);
  item.dataset.number = row.number;
  const link = part("open");
  link.href = `/lapor/${row.number}/`;
  link.querySelector("span").textContent = row.text;
  link.querySelector("small").textContent = `${row.number} · ${row.status} · ${row.metres} m`;
  part("ask").addEventListener("click", () => {
    part("ask").hidden = true;
    part("contact").hidden = false;
    for (const name of ["phone", "email"]) part(name).value = form.elements[name].value;
    part("phone").focus();
  });
  part("join").addEventListener("click", () => join(row.number, part));
  part("contact").addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input")) join(row.number, part);
  });
  part("clear").addEventListener("click", () => form.dispatchEvent(new CustomEvent("lapor:clear")));
  return item;
}

async function permit() {
  const answer = await fetch("/lapor/kirim/", { cache: "no-store" });
  return (await answer.json()).csrf;
}

async function join(number, part) {
  const button = part("join");
  if (button.disabled) return;
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  let problem = LOST();
  try {
    const body = new FormData();
    for (const name of ["phone", "email"]) body.append(name, part(name).value);
    body.append("quiet", "1");
    const headers = { "X-CSRFToken": await permit(), Accept: "application/json" };
    const answer = await fetch(`/lapor/${number}/ikut/`, { method: "POST", body, headers });
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) {
      part("contact").hidden = true;
      part("done").hidden = false;
      part("said").textContent = said.done;
      return;
    }
    problem = said.problem ?? either("Server belum dapat menjawab. Coba lagi.", "The server cannot answer yet. Try again.");
  } catch {
    // said below
  } finally {
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
  part("problem").textContent = problem;
  part("problem").hidden = false;
}
