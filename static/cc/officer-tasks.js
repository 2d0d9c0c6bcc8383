// Today's orders: an offer with its countdown, each step offline too, a photo for what is done, passing on to one's people.
import { $, clock, either, made, place, press, small, toast } from "./officer-words.js";
import { keep } from "./officer-outbox.js";
import { live } from "./officer-live.js";
import { onState } from "./officer-duty.js";

const { petugas } = globalThis;
const POLL_MS = 10_000;
const NAMES = {
  accepted: () => either("Terima", "Accept"),
  en_route: () => either("Berangkat", "Set out"),
  on_scene: () => either("Sudah di lokasi", "On scene"),
  done: () => either("Selesai", "Done"),
  declined: () => either("Tidak bisa", "Decline"),
  pass: () => either("Serahkan ke anggota", "Pass on to my people"),
  photo: () => either("Foto bukti", "Photo as proof"),
};
// What the phone may do next by itself, before the server has heard of it.
const NEXT = { offered: ["accepted", "declined"], accepted: ["en_route", "on_scene", "declined"], en_route: ["on_scene", "declined"], on_scene: ["done"], reopened: ["en_route", "on_scene", "declined"] };
let timer = 0;
let shown = "";

const road = (id, verb) => `/petugas/tugas/${id}/${verb}/`;

/** The order as it will be once everything that waits has arrived. */
function ahead(order, waiting) {
  const mine = waiting.filter(({ road: to, state }) => state === "queued" && to.startsWith(`/petugas/tugas/${order.id}/`));
  const steps = mine.filter(({ values }) => values.target);
  const state = steps.length ? steps[steps.length - 1].values.target : order.state;
  const passed = mine.some(({ road: to }) => to.endsWith("/serahkan/"));
  const moves = passed ? [] : steps.length ? (NEXT[state] ?? []) : order.moves;
  return { ...order, state, moves, queued: mine.length, photos: mine.filter(({ blob }) => blob).length };
}

async function step(order, target) {
  const values = { target };
  if (target === "declined") {
    const text = prompt(either("Mengapa tidak bisa?", "Why not?"));
    if (!text?.trim()) return;
    values.text = text.trim();
  }
  const { lat, lon } = await place(3);
  if (lat !== undefined) Object.assign(values, { lat, lon });
  await keep({ road: road(order.id, "langkah"), label: `${NAMES[target]()}: ${order.text.slice(0, 40)}`, values });
  await refresh();
}

/** Taken in the app, after arriving; what the file says of itself counts for nothing. */
async function photo(order, file) {
  const { lat, lon } = await place(3);
  const values = lat === undefined ? {} : { lat, lon };
  await petugas.put("kept", { name: `photo-${order.id}-${order.round}`, value: true });
  await keep({ road: road(order.id, "foto"), label: `${NAMES.photo()}: ${order.text.slice(0, 40)}`, values, blob: await small(file) });
  await draw(true);
}

async function pass(order, form) {
  const officers = [...form.querySelectorAll("input[type=checkbox]:checked")].map(({ value }) => value);
  if (!officers.length) {
    toast(either("Pilih anggota dahulu.", "Choose somebody first."));
    return;
  }
  const values = { officers, text: form.querySelector("[name=text]").value.trim() };
  await keep({ road: road(order.id, "serahkan"), label: `${NAMES.pass()}: ${order.text.slice(0, 40)}`, values });
  form.closest("details").open = false; // an open one is never drawn anew
  await refresh();
}

function button(name, kind, work) {
  const one = made("button", NAMES[name](), { type: "button", class: "op-btn", "data-step": name });
  if (kind) one.dataset.kind = kind;
  press(one, work);
  return one;
}

function camera(order) {
  const id = `proof-${order.id}`;
  const input = made("input", "", { type: "file", id, class: "op-file", accept: "image/*", capture: "environment" });
  input.addEventListener("change", () => input.files[0] && photo(order, input.files[0]));
  return [made("label", NAMES.photo(), { for: id, class: "op-btn op-photo" }), input];
}

function crew(order, team) {
  const box = made("details");
  box.append(made("summary", NAMES.pass()));
  const form = made("form", "", { class: "op-crew" });
  for (const one of team) {
    const label = made("label", "", { class: "op-check" });
    label.append(made("input", "", { type: "checkbox", value: one.id }), `${one.name} · ${one.on_duty ? either("bertugas", "on duty") : either("di luar jam tugas", "off duty")}${one.reach === "gone" ? either(", tidak terdengar", ", not heard of") : ""}`);
    form.append(label);
  }
  const field = made("label", either("Yang harus dikerjakan (bila berbeda)", "What is to be done (if different)"), { class: "op-field" });
  field.append(made("input", "", { name: "text", maxlength: "500", autocomplete: "off" }));
  form.append(field, button("pass", "primary", () => pass(order, form)));
  form.addEventListener("submit", (event) => event.preventDefault());
  box.append(form);
  return box;
}

function card(order, team, proven) {
  const item = made("article", "", { class: "op-card op-task", "data-order": order.id, "data-state": order.state });
  const head = made("p");
  head.append(made("span", STATES[order.state]?.() ?? order.word, { class: "op-chip", "data-reach": order.state === "offered" ? "warn" : "good" }));
  if (order.urgent) head.append(" ", made("b", either("MENDESAK", "URGENT"), { class: "op-bad" }));
  item.append(head, made("p", order.text, { class: "op-task-text" }));
  if (order.address) item.append(made("p", order.address));
  if (order.lat !== null) item.append(made("a", either("Buka peta", "Open the map"), { class: "op-btn", href: `geo:${order.lat},${order.lng}?q=${order.lat},${order.lng}` }));
  if (order.deadline) item.append(made("p", `${either("Paling lambat", "Due")} ${clock(order.deadline)}`, { class: "op-quiet" }));
  if (order.state === "offered" && order.offered_until) item.append(made("p", "", { class: "op-count", "data-until": order.offered_until, role: "timer" }));
  for (const child of order.children) item.append(made("p", `${child.name}: ${child.word}`, { class: "op-child" }));
  if (order.queued) item.append(made("p", either(`${order.queued} langkah menunggu dikirim`, `${order.queued} steps wait to be sent`), { class: "op-quiet", role: "status" }));
  const row = made("div", "", { class: "op-grid" });
  for (const name of order.moves) {
    if (name === "done" && !proven) row.append(...camera(order));
    else if (NAMES[name]) row.append(button(name, name === "declined" ? "" : "primary", () => step(order, name)));
  }
  if (row.children.length) item.append(row);
  const passable = ["offered", "accepted", "en_route", "on_scene", "reopened"].includes(order.state);
  if (team.length && passable && order.moves.length) item.append(crew(order, team));
  return item;
}

const STATES = {
  offered: () => either("Tawaran baru", "New offer"),
  accepted: () => either("Diterima", "Accepted"),
  en_route: () => either("Dalam perjalanan", "On the way"),
  on_scene: () => either("Di lokasi", "On scene"),
  done: () => either("Selesai, menunggu diperiksa", "Done, to be checked"),
  verified: () => either("Sudah diperiksa", "Checked"),
  reopened: () => either("Harus dikerjakan lagi", "To be done again"),
  declined: () => either("Ditolak", "Declined"),
};

/** Nothing is drawn anew under a thumb that writes or chooses, or where nothing has changed. */
async function draw(force = false) {
  const box = $("[data-tasks]");
  const [kept, waiting, all] = await Promise.all([petugas.get("kept", "orders"), petugas.all("outbox"), petugas.all("kept")]);
  const { orders = [], team = [] } = kept?.value ?? {};
  const proven = new Set(all.map(({ name }) => name));
  const rows = orders.map((order) => ahead(order, waiting.sort((a, b) => a.order - b.order)));
  const now = JSON.stringify([rows, team, [...proven]]);
  const busy = box.querySelector("details[open]") && box.contains(document.activeElement);
  if ((now === shown || busy) && !force) return;
  shown = now;
  for (const old of box.querySelectorAll("article")) old.remove();
  box.append(...rows.map((order) => card(order, team, order.photos || proven.has(`photo-${order.id}-${order.round}`))));
  $("[data-no-tasks]").hidden = rows.length > 0;
  count();
}

/** Seconds left of each offer, by the server's clock as far as the phone knows it. */
async function count() {
  const state = await petugas.get("kept", "state");
  const ahead_ms = state ? new Date(state.value.now) - state.at : 0;
  for (const line of document.querySelectorAll("[data-until]")) {
    const left = Math.ceil((new Date(line.dataset.until) - Date.now() - ahead_ms) / 1000);
    line.textContent = left > 0 ? either(`Jawab dalam ${left} detik`, `Answer within ${left} seconds`) : either("Waktu jawab sudah habis", "The time to answer is over");
  }
}

async function refresh() {
  clearTimeout(timer);
  timer = setTimeout(() => (document.hidden ? (timer = setTimeout(refresh, POLL_MS)) : refresh()), POLL_MS);
  try {
    const { status, said } = await petugas.ask("/petugas/tugas.json", {}, 20);
    if (status === 200) {
      const before = (await petugas.get("kept", "orders"))?.value?.orders ?? [];
      await petugas.put("kept", { name: "orders", value: said, at: Date.now() });
      for (const { id, round, state } of said.orders) if (state === "reopened") await petugas.drop("kept", `photo-${id}-${round}`);
      const known = new Set(before.map(({ id, round }) => `${id}/${round}`));
      if (said.orders.some(({ id, round, state }) => state === "offered" && !known.has(`${id}/${round}`))) navigator.vibrate?.([200, 100, 200]);
    }
  } catch {
    // no network: what is kept stays
  }
  await draw();
}

export function start() {
  document.addEventListener("petugas:changed", () => draw());
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  addEventListener("online", () => refresh());
  setInterval(count, 1000);
  const connect = live(["fieldstaff.order"], refresh);
  onState(() => {
    refresh();
    connect();
  });
  draw();
}
