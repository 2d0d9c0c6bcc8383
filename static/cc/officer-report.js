// An incident in two taps: the photo, then what it is. And the gauges of those who watch water.
import { $, either, place, press, small, toast } from "./officer-words.js";
import { keep } from "./officer-outbox.js";
import { onState } from "./officer-duty.js";

const { petugas } = globalThis;
let photo = null;
let where = null;

async function chosen({ target }) {
  const file = target.files[0];
  target.value = "";
  if (!file) return;
  where = place();
  photo = await small(file);
  const image = $("[data-photo] img");
  URL.revokeObjectURL(image.src);
  image.src = URL.createObjectURL(photo);
  $("[data-photo]").hidden = false;
}

function clear() {
  photo = null;
  where = null;
  $("[data-photo]").hidden = true;
  $("[data-note]").value = "";
}

async function report(button) {
  if (!photo && !confirm(button.closest("[data-sure]").dataset.sure)) return;
  const { lat, lon } = (await (where ?? place(4))) ?? {};
  const values = { category: button.dataset.category, text: $("[data-note]").value.trim() };
  if (lat !== undefined) Object.assign(values, { lat, lon });
  await keep({ road: "/petugas/kejadian/", label: `${either("Lapor", "Report")}: ${button.textContent.trim()}`, values, blob: photo });
  clear();
}

async function reading(event) {
  event.preventDefault();
  const form = event.target;
  const level = Number(form.elements.level_cm.value);
  const station = form.elements.station.value.trim();
  const problem = $("[data-water-problem]");
  const fits = station && form.elements.level_cm.value !== "" && Number.isInteger(level) && level >= -300 && level <= 2500;
  problem.textContent = fits ? "" : either("Isi nama titik dan tinggi air antara −300 dan 2500 cm.", "Give the gauge and a level between −300 and 2500 cm.");
  if (!fits) return;
  const before = (await petugas.get("kept", "gauges"))?.value ?? {};
  const jump = station in before ? Math.abs(level - before[station]) : 0;
  if (jump > 150 && !confirm(either(`Berbeda ${jump} cm dari bacaan terakhir. Sudah benar?`, `${jump} cm from the last reading. Is it right?`))) return;
  const { lat, lon } = await place(4);
  const values = { station, level_cm: level, note: form.elements.note.value.trim() };
  if (lat !== undefined) Object.assign(values, { lat, lon });
  await petugas.put("kept", { name: "gauges", value: { ...before, [station]: level } });
  await keep({ road: "/petugas/air/", label: `${station}: ${level} cm`, values });
  form.elements.level_cm.value = "";
  form.elements.note.value = "";
}

function gauges({ who }) {
  const list = $("#gauges");
  list.replaceChildren(...(who.gauges ?? []).map((name) => Object.assign(document.createElement("option"), { value: name })));
}

export function start() {
  $("#photo").addEventListener("change", chosen);
  press($("[data-do=no-photo]"), async () => clear());
  for (const button of document.querySelectorAll("[data-category]")) press(button, report);
  $("[data-water]").addEventListener("submit", (event) => reading(event).catch(() => toast(either("Ponsel ini tidak dapat menyimpan.", "This phone cannot keep it."))));
  onState(gauges);
}
