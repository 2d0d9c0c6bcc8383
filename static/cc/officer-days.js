// Own days: the bar, each silence with its reason, each rupiah, an objection; and a supervisor's roll-call.
import { $, clock, day, either, made, place, small, toast } from "./officer-words.js";
import { keep } from "./officer-outbox.js";
import { onState } from "./officer-duty.js";

const { petugas } = globalThis;
const SVG = "http://www.w3.org/2000/svg";
const LATEST = 7;
let shown = "";
let photo = null;

const minutes = (s) => {
  const all = Math.floor(s / 60);
  return all < 60 ? either(`${all} menit`, `${all} min`) : either(`${Math.floor(all / 60)} jam ${all % 60} menit`, `${Math.floor(all / 60)} h ${all % 60} min`);
};
const rupiah = (n) => new Intl.NumberFormat("id-ID", { style: "currency", currency: "IDR", maximumFractionDigits: 0 }).format(n);

/** Duty below, time online above it, time that nobody could be heard beside it; the words say the same. */
function bar({ span, parts }, words) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 1000 40");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "op-daybar");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", words);
  for (const { kind, x, w } of parts) {
    const part = document.createElementNS(SVG, "rect");
    part.setAttribute("x", x);
    part.setAttribute("width", w);
    part.setAttribute("y", kind === "duty" ? 8 : 0);
    part.setAttribute("height", kind === "duty" ? 24 : 40);
    part.setAttribute("data-part", kind);
    svg.append(part);
  }
  const box = made("div");
  const ends = made("p", "", { class: "op-ends op-quiet" });
  ends.append(made("span", clock(span[0])), made("span", clock(span[1])));
  box.append(svg, ends);
  return box;
}

function gap(row) {
  const text = `${clock(row.from)}–${clock(row.until)} (${minutes(row.silent_s)}): ${row.why}`;
  return made("li", row.credited_s && !row.bridged ? `${text}; ${either("dihitung", "counted")} ${minutes(row.credited_s)}` : text, { "data-bridged": row.bridged });
}

/** The objection is written below its day, at leisure; a page that renews itself leaves a form in use alone. */
function objection(row) {
  const box = made("details", "", { class: "op-object" });
  const form = made("form");
  const field = made("label", either("Apa yang tidak benar pada hari ini?", "What is not right about this day?"), { class: "op-field" });
  const text = made("textarea", "", { name: "reason", rows: "3", maxlength: "2000", required: "" });
  field.append(text);
  form.append(field, made("p", either("Dibaca dan diputuskan orang lain.", "Somebody else reads it and decides."), { class: "op-quiet" }));
  form.append(made("button", either("Kirim keberatan", "Send the objection"), { class: "op-btn", "data-kind": "primary" }));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const reason = text.value.trim();
    if (!reason) return;
    text.value = "";
    box.open = false;
    document.activeElement?.blur();
    await keep({ road: "/petugas/keberatan/", label: `${either("Keberatan", "Objection")} ${day(row.day)}`, values: { day: row.day, reason } });
    toast(either("Keberatan disimpan dan dikirim.", "The objection is kept and sent."));
    await refresh();
  });
  box.append(made("summary", either("Keberatan", "Object"), { class: "op-btn", "data-object": "" }), form);
  return box;
}

/** Who looked at one's ways: asked for when it is opened, and never kept on the phone. */
async function looks(box) {
  const list = box.querySelector("[data-looks]");
  try {
    const { status, said } = await petugas.ask("/petugas/dilihat.json", {}, 20);
    if (status !== 200) throw new Error(String(status));
    const rows = said.looks.map((one) => {
      const item = made("li");
      item.append(made("b", one.who), ` · ${day(one.at)} ${clock(one.at)}`, made("br"), `${either("Hari Anda", "Your day")}: ${day(one.day)} · ${one.purpose}`, made("br"), made("span", one.text, { class: "op-quiet" }));
      return item;
    });
    list.replaceChildren(...(rows.length ? rows : [made("li", either("Belum ada yang melihat rute Anda.", "Nobody has looked at your routes."))]));
  } catch {
    list.replaceChildren(made("li", either("Perlu jaringan untuk melihat daftar ini.", "This list needs a network.")));
  }
}

function card(row, index) {
  const item = made("details", "", { class: "op-card op-day", "data-day": row.day });
  item.open = index === 0;
  const sum = `${minutes(row.credited_s)} ${either("dari", "of")} ${minutes(row.required_s)} (${row.percent} %)`;
  item.append(made("summary", `${day(row.day)} · ${row.state}`));
  item.append(made("p", `${sum} · ${row.finality}`));
  if (row.span) item.append(bar(row, `${either("Terdengar", "Heard of")} ${sum}`));
  if (row.late_s) item.append(made("p", `${either("Terlambat", "Late")} ${minutes(row.late_s)}`));
  if (row.early_s) item.append(made("p", `${either("Pulang awal", "Left early")} ${minutes(row.early_s)}`));
  if (row.gaps.length) {
    const list = made("ul", "", { class: "op-gaps" });
    list.append(...row.gaps.map(gap));
    item.append(made("p", either("Jeda tanpa kabar", "Silences"), { class: "op-step" }), list);
  }
  if (row.pay) {
    for (const line of row.pay.lines) item.append(made("p", `${line.rule}: ${rupiah(line.idr)}`, { class: "op-quiet" }));
    item.append(made("p", `${either("Jumlah", "Total")} ${rupiah(row.pay.total)}`, { class: "op-step" }));
  }
  if (row.reckoned === false) item.append(made("p", either("Honor hari ini belum dihitung. Dihitung otomatis, paling lambat malam ini.", "The pay of this day is not reckoned yet. It is by itself, at the latest tonight."), { class: "op-quiet" }));
  for (const one of row.objections) {
    const answer = one.answered ? `${either("Jawaban", "Answer")} ${one.by}: ${one.answer || either("diterima", "accepted")}` : either("menunggu jawaban atasan", "waiting for the supervisor's answer");
    item.append(made("p", `${either("Keberatan Anda", "Your objection")}: ${one.reason} — ${answer}`));
  }
  item.append(objection(row));
  return item;
}

async function draw() {
  const box = $("[data-days]");
  const kept = await petugas.get("kept", "days");
  const rows = kept?.value ?? [];
  const now = JSON.stringify(rows);
  if (now === shown || box.contains(document.activeElement)) return;
  shown = now;
  const more = made("details", "", { class: "op-card" });
  more.append(made("summary", either("Hari sebelumnya", "Earlier days")), ...rows.slice(LATEST).map((row) => card(row, 1)));
  const none = made("p", either("Belum ada hari yang dihitung. Hari muncul di sini setelah tugas selesai.", "No day has been computed yet. A day appears after its duty is over."), { class: "op-card op-quiet" });
  box.replaceChildren(...(rows.length ? rows.slice(0, LATEST).map(card) : [none]), ...(rows.length > LATEST ? [more] : []));
}

async function refresh() {
  try {
    const { status, said } = await petugas.ask("/petugas/hari.json", {}, 20);
    if (status === 200) await petugas.put("kept", { name: "days", value: said.days, at: Date.now() });
  } catch {
    // no network: what is kept stays
  }
  await draw();
}

/** Names of his people, the times, a photo and the place: the supervisor's own word. */
async function crew() {
  const form = $("[data-roll]");
  const { team = [] } = (await petugas.get("kept", "orders"))?.value ?? {};
  const list = $("[data-roll-names]");
  if (list.contains(document.activeElement) || list.dataset.shown === JSON.stringify(team)) return;
  list.dataset.shown = JSON.stringify(team);
  list.replaceChildren(
    ...team.map((one) => {
      const label = made("label", "", { class: "op-check" });
      label.append(made("input", "", { type: "checkbox", value: one.id }), `${one.name} (${one.code})`);
      return label;
    }),
  );
  if (!team.length) list.append(made("p", either("Belum ada nama anggota dari server.", "No names of your people from the server yet.")));
  form.elements.until.value ||= new Date().toTimeString().slice(0, 5);
}

function today(text) {
  const [hour, minute] = text.split(":").map(Number);
  const found = new Date();
  found.setHours(hour, minute, 0, 0);
  return found.toISOString();
}

async function roll(event) {
  event.preventDefault();
  const form = event.target;
  const problem = $("[data-roll-problem]");
  const officers = [...form.querySelectorAll("[data-roll-names] input:checked")].map(({ value }) => value);
  const { since, until } = form.elements;
  const { lat, lon } = await place(10);
  const lack = [
    [officers.length, either("Pilih nama dahulu.", "Choose names first.")],
    [since.value && until.value && since.value < until.value, either("Isi jam mulai dan selesai.", "Give both times.")],
    [photo, either("Ambil foto dahulu.", "Take a photo first.")],
    [lat !== undefined, either("Lokasi tidak diketahui: izinkan lokasi.", "The place is unknown: allow the location.")],
  ].find(([fits]) => !fits);
  problem.textContent = lack?.[1] ?? "";
  if (lack) return;
  const values = { officers, since: today(since.value), until: today(until.value), lat, lon };
  await keep({ road: "/petugas/apel/", label: either(`Apel ${officers.length} orang`, `Roll-call of ${officers.length}`), values, blob: photo });
  photo = null;
  form.reset();
  $("[data-roll-photo]").textContent = "";
}

export function start() {
  const box = $("[data-looked]");
  box.addEventListener("toggle", () => box.open && looks(box));
  $("[data-roll]").addEventListener("submit", roll);
  $("#roll-photo").addEventListener("change", async ({ target }) => {
    if (!target.files[0]) return;
    photo = await small(target.files[0]);
    $("[data-roll-photo]").textContent = either("Foto siap.", "The photo is ready.");
    toast(either("Foto siap.", "The photo is ready."));
  });
  document.addEventListener("petugas:changed", crew);
  onState(() => {
    refresh();
    crew();
  });
}
