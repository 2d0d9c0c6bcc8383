// The surveyors' page: a market, its commodities, what waits. Everything typed goes into the outbox first.
import { open } from "./price-form.js";
import { $, clock, dayName, either, made, rupiah, toast, today } from "./price-words.js";

const { harga } = globalThis;
const LEAST_MS = 5000;
const MOST_MS = 300_000;
const WHY = {
  network: () => either("tidak ada jaringan", "no network"),
  sign_in: () => either("masuk dahulu", "sign in first"),
  no_market: () => either("bukan pasar Anda", "not your market"),
};
let state = null;
let tries = 0;
let timer = 0;
let why = "";

function view(name) {
  document.body.dataset.view = name;
  for (const part of document.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== name;
}

/** What the server knows, or what this phone read last. */
async function load() {
  const kept = await harga.get("kept", "state");
  try {
    const { status, said } = await harga.ask("/harga/keadaan.json", {}, 15);
    if (status === 401) return view("out");
    if (status === 403) return view("none");
    if (status !== 200) throw new harga.Later(`server ${status}`);
    state = said;
    await harga.put("kept", { name: "state", value: { ...said, csrf: "" } });
    for (const row of await harga.all("kept")) if (row.name.startsWith("sent ")) await harga.drop("kept", row.name);
  } catch (error) {
    if (!(error instanceof harga.Later)) throw error;
    if (!kept) return view("lost");
    state = kept.value;
  }
  fill();
  view("in");
  await draw();
}

function fill() {
  $("[data-slot=who]").textContent = state.who.name;
  const box = $("[data-market]");
  const chosen = box.value || localStorage.getItem("harga-pasar");
  box.replaceChildren(...state.markets.map(({ id, name }) => made("option", name, { value: id })));
  if (state.markets.some(({ id }) => String(id) === chosen)) box.value = chosen;
  const age = $("[data-age]");
  age.textContent = `${either("Data dari", "Data of")} ${clock(state.at)}, ${dayName(state.today)}`;
}

const market = () => Number($("[data-market]").value);

async function draw() {
  const rows = await harga.all("outbox");
  outbox(rows);
  if (!state) return;
  const place = state.markets.find(({ id }) => id === market());
  $("[data-simulated]").hidden = !place?.simulated;
  const sent = new Map((await harga.all("kept")).filter(({ name }) => name.startsWith("sent ")).map(({ name, value }) => [name, value]));
  const day = today();
  const lines = [];
  let group = "";
  let done = 0;
  for (const good of state.goods) {
    const days = state.last[market()]?.[good.id] ?? [];
    const mine = rows.find(({ values, who }) => who === state.who.id && values.market === market() && values.good === good.id && values.day === day);
    const written = sent.get(`sent ${market()} ${good.id} ${day}`) ?? days.find(([one]) => one === day)?.[1];
    const last = days.find(([one]) => one < day);
    if (good.group !== group) lines.push(made("h2", (group = good.group), { class: "pa-group" }));
    if (written || mine) done += 1;
    lines.push(line(good, last, written, mine));
  }
  $("[data-list]").replaceChildren(...lines);
  $("[data-progress]").textContent = either(`${done} dari ${state.goods.length} dicatat hari ini, ${dayName(day)}`, `${done} of ${state.goods.length} written today, ${dayName(day)}`);
}

function line(good, last, written, mine) {
  const condition = mine ? (mine.state === "asked" || mine.state === "refused" ? "asked" : "waits") : written ? "done" : "open";
  const button = made("button", "", { class: "pa-row", type: "button", "data-good": good.id, "data-state": condition });
  const price = mine?.values.price ?? written;
  const words = { done: either("✓ tercatat", "✓ written"), waits: either("● menunggu dikirim", "● waits"), asked: either("▲ perlu dilihat", "▲ look at it"), open: either("belum", "not yet") };
  const tail = made("span", "", { class: "pa-price" });
  tail.append(made("b", price ? rupiah(price) : "–"), made("br"), made("small", words[condition]));
  button.append(made("b", good.name), tail, made("small", last ? `${either("terakhir", "last")} ${rupiah(last[1])} · ${dayName(last[0])}` : `${either("per", "per")} ${good.unit}`));
  button.addEventListener("click", () => open(good, last, price, (quotes, value, confirmed) => keep(good, quotes, value, confirmed)));
  return button;
}

async function keep(good, quotes, price, confirmed) {
  await harga.add({ market: market(), good: good.id, day: today(), quotes, price, confirmed, label: good.name }, state.who.id);
  navigator.storage?.persist?.().catch(() => {});
  toast(navigator.onLine ? either("Tersimpan, sedang dikirim …", "Kept, being sent …") : either("Tersimpan di ponsel. Dikirim saat ada jaringan.", "Kept on the phone. It goes when there is a network."));
  await draw();
  $(`[data-good="${good.id}"]`)?.focus();
  send();
}

async function send() {
  clearTimeout(timer);
  const registration = await navigator.serviceWorker?.getRegistration("/harga/");
  await registration?.sync?.register("harga-kirim").catch(() => {});
  const done = await harga.flush().catch(() => ({ left: 1, why: "store" }));
  why = done.left ? done.why : "";
  tries = done.left ? tries + 1 : 0;
  if (done.left) timer = setTimeout(send, Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(tries - 1, 8)) * (0.75 + Math.random() / 2));
  if (done.why === "sign_in") view("out");
  await draw();
}

function outbox(rows) {
  const box = $("[data-outbox]");
  box.hidden = !rows.length;
  const waiting = rows.filter(({ state: is }) => is === "queued" || is === "sending").length;
  box.dataset.waiting = waiting;
  $("[data-slot=waiting]", box).textContent = String(waiting);
  $("[data-slot=why]", box).textContent = WHY[why]?.() ?? "";
  const odd = rows.filter(({ state: is }) => is === "asked" || is === "refused");
  $("ul", box).replaceChildren(...odd.map(oddLine));
  harga.get("kept", "last").then((last) => {
    $("[data-last]").hidden = !last;
    if (last) $("[data-last]").textContent = `${either("Terakhir terkirim", "Last sent")} ${clock(last.at)}`;
  });
}

/** The server asked or refused: said, confirmed or taken away; nothing leaves silently. */
function oddLine(row) {
  const item = made("li");
  const text = made("span", "", {});
  text.append(made("b", `${row.values.label} ${rupiah(row.values.price)}`), made("br"), row.question ?? row.why ?? "");
  const acts = made("span", "", { class: "op-grid" });
  if (row.state === "asked") acts.append(act(either("Ya, benar", "Yes, it is"), () => harga.add({ ...row.values, confirmed: true }, row.who)));
  acts.append(act(either("Hapus", "Remove"), () => harga.drop("outbox", row.id)));
  item.append(text, acts);
  return item;
}

function act(words, work) {
  const button = made("button", words, { class: "op-btn", type: "button" });
  button.addEventListener("click", async () => {
    await work();
    await draw();
    send();
  });
  return button;
}

const network = () => ($("[data-offline]").hidden = navigator.onLine);
for (const event of ["online", "offline"]) addEventListener(event, network);
addEventListener("online", () => {
  tries = 0;
  send();
});
document.addEventListener("harga:changed", draw);
harga.wire?.addEventListener("message", draw);
document.addEventListener("visibilitychange", () => !document.hidden && load().then(send));
$("[data-do=send]").addEventListener("click", send);
$("[data-market]").addEventListener("change", () => {
  localStorage.setItem("harga-pasar", $("[data-market]").value);
  draw();
});
network();
navigator.serviceWorker?.register(`/harga/sw.js?lang=${document.documentElement.lang}`, { scope: "/harga/" }).catch(() => {});
await load();
await send();
document.body.dataset.ready = "yes";
