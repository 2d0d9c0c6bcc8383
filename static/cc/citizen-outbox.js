// What this phone still holds: reports that wait for a network, and receipts that nobody has written down yet.
import { handOn } from "./citizen-receipt.js";
import "./kept.js";
import "./citizen-send.js";

const { lapor } = globalThis;
const TAG = "lapor-kirim";
const box = document.querySelector("[data-outbox]");
// Receipts lie in full on the form's page, where they arose; any other page has one line that leads there.
const onForm = Boolean(document.querySelector("[data-report]"));
const lang = document.documentElement.lang === "en" ? "en" : "id";
let worker = null;

/** "3 hours ago" in the page's language. */
export function ago(ms) {
  const words = new Intl.RelativeTimeFormat(lang, { numeric: "auto" });
  const s = Math.round((ms - Date.now()) / 1000);
  if (s > -60) return lang === "en" ? "just now" : "baru saja";
  if (s > -3600) return words.format(Math.round(s / 60), "minute");
  return s > -86400 ? words.format(Math.round(s / 3600), "hour") : words.format(Math.round(s / 86400), "day");
}

/** Tries now, and asks the browser to try again later, even when this page is closed. */
export async function send() {
  const registration = await Promise.race([worker, new Promise((done) => setTimeout(done, 1000))]);
  await registration?.sync?.register(TAG).catch(() => {});
  const done = await lapor.flush();
  await draw();
  return done;
}

function fill(row, values) {
  for (const [slot, value] of Object.entries(values)) {
    for (const place of row.querySelectorAll(`[data-slot=${slot}]`)) place.textContent = value;
  }
}

function press(row, name, work) {
  for (const button of row.querySelectorAll(`[data-do=${name}]`)) {
    button.addEventListener("click", async () => {
      button.disabled = true;
      button.setAttribute("aria-busy", "true");
      await work(button).catch(() => {});
      button.disabled = false;
      button.removeAttribute("aria-busy");
      await draw();
    });
  }
}

async function waiting(report) {
  const row = copy(report.state);
  const files = await lapor.filesOf(report.key);
  fill(row, { text: report.fields.text, since: ago(report.at), files: files.length });
  row.querySelector("[data-files]").hidden = !files.length;
  press(row, "send", send);
  press(row, "drop", async (button) => {
    if (confirm(button.dataset.sure)) await lapor.forget(report.key);
  });
  press(row, "edit", async () => {
    await lapor.put("reports", { ...report, state: "draft" });
    location.assign("/lapor/");
  });
  fill(row, { why: Object.values(report.errors ?? {}).flat().join(" ") });
  return row;
}

function receipt(sent) {
  const row = copy("sent");
  fill(row, { number: sent.number, pin: sent.pin, since: ago(sent.at), answer: sent.answer_by ?? "" });
  row.querySelector("[data-answer]").hidden = !sent.answer_by;
  handOn(row, sent);
  row.querySelector("[data-pin]").hidden = !sent.pin;
  const link = row.querySelector("a");
  link.href = sent.link || "/lapor/cari/"; // a secret one is opened there, by number and PIN
  row.querySelector("[data-secret]").hidden = Boolean(sent.link);
  row.querySelector("[data-checking]").hidden = !sent.unchecked?.length;
  const lost = row.querySelector("[data-lost]");
  lost.hidden = !sent.refused?.length;
  lost.querySelector("ul").replaceChildren(
    ...(sent.refused ?? []).map(({ name, problem }) => {
      const item = document.createElement("li");
      item.textContent = problem ? `${name}: ${problem}` : name;
      return item;
    }),
  );
  press(row, "noted", () => lapor.drop("receipts", sent.key));
  return row;
}

const copy = (kind) => box.querySelector(`template[data-kind=${kind}]`).content.firstElementChild.cloneNode(true);

let turn = 0;
/** Shows what is held; the newest drawing wins where two overlap. */
export async function draw() {
  const mine = ++turn;
  const [reports, receipts] = await Promise.all([lapor.all("reports"), lapor.all("receipts")]);
  const rows = onForm ? receipts.sort((a, b) => b.at - a.at).map(receipt) : [];
  for (const report of reports) if (report.state !== "draft") rows.push(await waiting(report));
  if (mine !== turn) return;
  box.querySelector("ul").replaceChildren(...rows);
  told(receipts.length);
  box.hidden = !rows.length && (onForm || !receipts.length);
  document.dispatchEvent(new CustomEvent("lapor:drawn"));
  follow();
}

/** How many receipts there are: in one line, or in the heading of the form that follows them. */
function told(count) {
  const line = box.querySelector("[data-kept]");
  const link = line.querySelector("a");
  line.hidden = onForm || !count;
  link.textContent = (count === 1 ? link.dataset.one : link.dataset.many).replace("{n}", count);
  const head = document.querySelector("h1[data-other]");
  if (head) head.textContent = count ? head.dataset.other : head.dataset.first;
}

/** The promise of an answer is taken back once it was kept, or the report is closed. */
async function promises() {
  for (const { key, number, answer_by: promised } of await lapor.all("receipts")) {
    const answer = promised && (await fetch(`/lapor/${number}/state.json`, { cache: "no-store" }).catch(() => null));
    const said = answer?.ok ? await answer.json().catch(() => ({})) : {};
    const sent = await lapor.get("receipts", key);
    if (sent && (said.answer_by ?? promised) !== promised) await lapor.put("receipts", { ...sent, answer_by: said.answer_by });
  }
  await draw();
}

/** What the city found in the files of a report that has arrived. */
async function check(sent) {
  const left = [];
  const refused = [...(sent.refused ?? [])];
  for (const file of sent.unchecked) {
    const answer = await fetch(`/lapor/berkas/${file.mark}/state.json`, { cache: "no-store" }).catch(() => null);
    const { state, words } = answer?.ok ? await answer.json().catch(() => ({})) : {};
    if (state === "refused") refused.push({ name: file.name, problem: words });
    else if (answer?.status !== 404 && !["ready", "erased"].includes(state)) left.push(file);
  }
  if (left.length === sent.unchecked.length || !(await lapor.get("receipts", sent.key))) return;
  await lapor.put("receipts", { ...sent, refused, unchecked: left });
  await draw();
}

let following = false;
/** Asks until there is a verdict on every file of every receipt that is still here. */
async function follow() {
  if (following) return;
  following = true;
  for (let wait = 2000; ; wait = Math.min(wait * 2, 60_000)) {
    const open = (await lapor.all("receipts")).filter(({ unchecked }) => unchecked?.length);
    if (!open.length) break;
    for (const sent of open) await check(sent);
    await new Promise((done) => setTimeout(done, wait));
  }
  following = false;
}

function age() {
  for (const place of document.querySelectorAll("[data-made]")) {
    place.querySelector("[data-slot=age]").textContent = ago(Date.parse(place.dataset.made));
  }
}

/** The kept form must not go on saying "no network" when there is one. */
async function network() {
  const place = document.querySelector("[data-no-network]");
  if (!place) return;
  const answer = navigator.onLine && (await fetch("/lapor/kirim/", { cache: "no-store" }).catch(() => null));
  place.hidden = Boolean(answer?.ok);
  document.querySelector("[data-network]").hidden = !answer?.ok;
}

function register() {
  if (!("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register(`/lapor/sw.js?lang=${lang}`, { scope: "/lapor/" }).catch(() => {});
  worker = navigator.serviceWorker.ready;
}

function install() {
  const button = document.querySelector("[data-install]");
  addEventListener("beforeinstallprompt", (event) => {
    event.preventDefault();
    button.hidden = false;
    button.onclick = () => event.prompt().then(() => (button.hidden = true));
  });
}

/** Whether this browser can keep a report at all (some refuse in private windows). */
export const able = globalThis.indexedDB ? lapor.all("reports").then(() => true, () => false) : Promise.resolve(false);

register();
install();
age();
network();
for (const event of ["online", "offline"]) addEventListener(event, network);
setInterval(age, 60_000);
if (await able) {
  lapor.wire?.addEventListener("message", draw);
  addEventListener("online", send);
  addEventListener("pageshow", ({ persisted }) => persisted && send());
  for (const said of document.querySelectorAll("[data-forget]")) await lapor.forgetNumber(said.dataset.forget);
  await draw();
  if (onForm) promises();
  if ((await lapor.all("reports")).some(({ state }) => state === "queued")) send();
}
