// The legend of <cc-map>: what each mark means and how many there are. A map with several layers (attribute titles, JSON of
// layer -> name) says of each whose marks they are: two green dots are not the same thing. Invented places say so.
import { el, t } from "./conf.js";

const ORDER = ["crit", "offline", "auth_failed", "gone", "warn", "degraded", "late", "info", "busy", "maintenance", "paused", "unknown", "good", "online", "fresh"];

/** What stands in one group, counted by state and word: a report's status is counted by its own word. */
function counted(items) {
  const counts = new Map();
  for (const { state, properties } of items) {
    const word = properties.word || t(`state_${state}`);
    const row = counts.get(`${state} ${word}`) ?? { state, word, n: 0, kind: properties.kind };
    counts.set(`${state} ${word}`, { ...row, n: row.n + 1 });
  }
  return [...counts.values()].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || b.n - a.n);
}

function row({ state, word, n, kind }) {
  const part = el("span", "", el("i", "cc-dot"), `${n} ${word}`);
  Object.assign(part.dataset, kind ? { state, kind } : { state });
  return part;
}

const chip = () => el("span", "cc-chip cc-chip-sim", t("simulation"));

/** The groups of marks, in the order of the map's layers; a name before each where there are several. */
export function legendOf(city, items) {
  const titles = JSON.parse(city.getAttribute("titles") || "{}");
  const groups = new Map();
  for (const item of items) {
    if (!groups.has(item.layer)) groups.set(item.layer, []);
    groups.get(item.layer).push(item);
  }
  const named = groups.size > 1 && [...groups.keys()].every((layer) => titles[layer]);
  if (!named) {
    const parts = counted(items).map(row);
    return items.some(({ properties }) => properties.simulated) ? [...parts, chip()] : parts;
  }
  return [...groups].map(([layer, own]) => {
    const simulated = own.some(({ properties }) => properties.simulated) ? [chip()] : [];
    return el("div", "cc-map-group", el("b", "", titles[layer]), ...counted(own).map(row), ...simulated);
  });
}
