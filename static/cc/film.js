// The film of a day: hours and days are read as fragments, pictures change in place, ← and → walk.
const root = document.querySelector("[data-film-root]");
const each = (selector) => [...root.querySelectorAll(selector)];
const one = (selector) => root.querySelector(selector);

async function open(url, { push = true, last = false } = {}) {
  root.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(url, { headers: { "X-Film": "1" } });
    if (!answer.ok || answer.redirected) return location.assign(url);
    root.innerHTML = await answer.text();
    if (push) history.pushState({ film: true }, "", url);
    if (last) show(each("[data-still]")[0]);
    each("[aria-current][data-still]")[0]?.scrollIntoView({ block: "nearest", inline: "center" });
  } catch {
    location.assign(url);
  } finally {
    root.removeAttribute("aria-busy");
  }
}

function show(link) {
  if (!link) return;
  const { src, time, alt, faults, held, hold, release, still } = link.dataset;
  const large = one("[data-film-large]");
  large.src = src;
  large.alt = alt;
  one("[data-film-time]").textContent = time;
  const chip = one("[data-film-faults]");
  chip.hidden = !faults.trim();
  chip.lastElementChild.textContent = faults.trim();
  one("[data-film-held]").hidden = held === undefined;
  for (const other of each("[data-still][aria-current]")) other.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  link.scrollIntoView({ block: "nearest", inline: "nearest" });
  const forms = [[one("[data-film-hold]"), hold, held !== undefined], [one("[data-film-release]"), release, held === undefined]];
  for (const [form, action, hidden] of forms) {
    if (!form) continue;
    form.action = action;
    form.hidden = hidden;
    form.elements.back.value = form.elements.back.value.replace(/still=\d+/, `still=${still}`);
  }
  const reason = one("[data-film-reason]");
  if (reason) reason.textContent = held ?? "";
}

/** The neighbour within the hour, else the nearest hour with pictures on that side. */
function step(by) {
  const links = each("[data-still]");
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[at + by];
  if (next) return show(next);
  const hours = each(".cc-film-hours a");
  const here = hours.findIndex((link) => link.hasAttribute("aria-current"));
  const side = by < 0 ? hours.slice(0, Math.max(0, here)).reverse() : hours.slice(here + 1);
  const target = side.find((link) => !link.hasAttribute("data-empty"));
  if (target) open(target.href, { last: by > 0 });
}

if (root) {
  root.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    const still = event.target.closest("[data-still]");
    const hour = event.target.closest("a[data-film]");
    if (!still && !hour) return;
    event.preventDefault();
    if (still) show(still);
    else open(hour.href);
  });
  root.addEventListener("change", (event) => {
    if (event.target.closest("[data-film-day]") && event.target.value) open(`?day=${event.target.value}`);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, cc-map, dialog")) return;
    if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
    event.preventDefault();
    step(event.key === "ArrowLeft" ? -1 : 1);
  });
  addEventListener("popstate", () => open(location.href, { push: false }));
  each("[aria-current][data-still]")[0]?.parentElement.parentElement.scrollTo({ left: 1e6 });
}
