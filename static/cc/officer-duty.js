// Own state: signed in or not, on duty, heard by the city since when; check-in with the place.
import { $, ago, clock, day, either, place, press, toast } from "./officer-words.js";
import { draw, keep, send } from "./officer-outbox.js";

const { petugas } = globalThis;
const POLL_MS = 60_000;
const listeners = new Set();

/** Calls fn(state) now, if it is known, and after every change. */
export async function onState(fn) {
  listeners.add(fn);
  const row = await petugas.get("kept", "state");
  if (row) fn(row.value, row.at);
}

function show(view) {
  document.body.dataset.view = view;
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== view;
}

function signedOut() {
  show("out");
}

const set = (slot, text) => {
  for (const one of document.querySelectorAll(`[data-slot=${slot}]`)) one.textContent = text;
};

const REACH = {
  fresh: () => ["good", either("Terhubung", "Connected")],
  late: () => ["warn", either("Terlambat terdengar", "Heard of late")],
  gone: () => ["crit", either("Tidak terdengar", "Not heard of")],
};

// Nobody is missed outside his hours: silence is a fault only on duty.
const reachOf = ({ duty, contact }) => (duty.now || contact.reach === "fresh" ? REACH[contact.reach]() : ["off", either("Di luar jam tugas", "Off duty")]);

function dutyWords({ now, next }) {
  if (now) return either(`Bertugas ${clock(now.from)}–${clock(now.until)}`, `On duty ${clock(now.from)}–${clock(now.until)}`);
  if (next) return either(`Di luar jam tugas. Berikutnya ${day(next.from)} ${clock(next.from)}`, `Off duty. Next ${day(next.from)} ${clock(next.from)}`);
  return either("Tidak ada jadwal dalam tujuh hari", "No shift within seven days");
}

function paint(state, at) {
  show("in");
  const { who, duty, contact } = state;
  set("name", who.name);
  set("code", `${who.code} · ${who.agency}`);
  set("duty", dutyWords(duty));
  const [tone, word] = reachOf(state);
  for (const chip of document.querySelectorAll("[data-reach]")) {
    chip.dataset.reach = tone;
    chip.textContent = word;
  }
  set("last", contact.last ? either(`Server terakhir menerima kabar ${clock(contact.last)} (${ago(contact.last)})`, `The server last heard of you at ${clock(contact.last)} (${ago(contact.last)})`) : either("Server belum pernah menerima kabar dari ponsel Anda.", "The server has never heard of your phones."));
  set("first", !duty.now ? "" : contact.first ? either(`Terdengar sejak ${clock(contact.first)} pada tugas ini`, `Heard of since ${clock(contact.first)} on this duty`) : either("Belum terdengar pada tugas ini", "Not heard of on this duty yet"));
  set("checkin", contact.checkin ? either(`Check-in terakhir ${clock(contact.checkin)}`, `Last check-in ${clock(contact.checkin)}`) : "");
  set("age", either(`Keadaan pukul ${clock(new Date(at).toISOString())}`, `State of ${clock(new Date(at).toISOString())}`));
  for (const part of document.querySelectorAll("[data-for]")) part.hidden = !who[part.dataset.for];
}

/** Reads the own state; without a network the kept one stays, with its time. */
export async function refresh() {
  try {
    const { status, said } = await petugas.ask("/petugas/keadaan.json", {}, 20);
    if (status === 401) {
      await petugas.forget();
      signedOut();
      return null;
    }
    if (status !== 200) return null;
    const old = await petugas.get("kept", "state");
    if (old && old.value.who.code !== said.who.code) await petugas.forget();
    const { csrf, ...value } = said;
    const at = Date.now();
    await petugas.put("kept", { name: "state", value, at });
    for (const fn of listeners) fn(value, at);
    return { csrf, ...value };
  } catch {
    const row = await petugas.get("kept", "state");
    if (row) for (const fn of listeners) fn(row.value, row.at);
    else show("lost");
    return null;
  }
}

/** The link's token stands behind "#": no server has seen it. It is used once and taken out of the address. */
async function enrol() {
  const token = /^#masuk=(cc_[\w-]+)$/.exec(location.hash)?.[1];
  if (!token) return;
  history.replaceState(null, "", "/petugas/");
  show("busy");
  try {
    const { said: permit } = await petugas.ask("/petugas/keadaan.json", {}, 20);
    const { status, said } = await petugas.post("/petugas/masuk/", { token }, permit.csrf ?? "", 30);
    if (status !== 201) $("[data-sign-in-problem]").textContent = said.problem ?? String(status);
  } catch {
    history.replaceState(null, "", `/petugas/#masuk=${token}`);
    $("[data-sign-in-problem]").textContent = either("Tidak ada jaringan. Buka tautan ini lagi saat ada jaringan.", "No network. Open this link again when there is one.");
  }
}

async function checkIn() {
  const where = await place();
  const kind = { kind: "checkin", ...where };
  await keep({ road: "batch", label: either("Check-in", "Check-in"), values: kind });
  if (where.lat === undefined) toast(either("Check-in tersimpan tanpa lokasi: izinkan lokasi di ponsel.", "Check-in kept without a place: allow the location on the phone."));
  await refresh();
}

async function signOut() {
  const { said } = await petugas.ask("/petugas/keadaan.json", {}, 20).catch(() => ({ said: {} }));
  if (said.csrf) await petugas.post("/petugas/keluar/", {}, said.csrf, 20).catch(() => {});
  await refresh();
}

export async function start() {
  onState(paint);
  press($("[data-do=checkin]"), checkIn);
  press($("[data-do=sign-out]"), async (button) => confirm(button.dataset.sure) && signOut());
  document.addEventListener("petugas:signed-out", signedOut);
  await enrol();
  await refresh();
  await draw();
  await send();
  setInterval(() => document.hidden || refresh(), POLL_MS);
  document.addEventListener("visibilitychange", () => document.hidden || refresh());
  addEventListener("online", refresh);
  document.addEventListener("petugas:changed", sentSome);
}

/** What left the queue may have changed the own state: a check-in is shown as soon as the city has it. */
let waited = 0;
async function sentSome() {
  const left = (await petugas.all("outbox")).length;
  const fewer = left < waited;
  waited = left;
  if (fewer) await refresh();
}
