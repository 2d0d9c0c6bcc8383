// The queue that an officer sees: what waits, what was refused and why; sending with patience, nothing lost on reload.
import { $, ago, clock, either, made, press, toast } from "./officer-words.js";

const { petugas } = globalThis;
const LEAST_MS = 5000;
const MOST_MS = 300_000;
let tries = 0;
let timer = 0;
let why = "";

/** Tries now; while something is left it comes again, each time later. */
export async function send() {
  clearTimeout(timer);
  const registration = await navigator.serviceWorker?.getRegistration("/petugas/");
  await registration?.sync?.register("petugas-kirim").catch(() => {});
  const done = await petugas.flush().catch(() => ({ left: 1, why: "store" }));
  why = done.left ? done.why : "";
  tries = done.left ? tries + 1 : 0;
  if (done.left) {
    const wait = Math.min(MOST_MS, LEAST_MS * 2 ** Math.min(tries - 1, 8));
    timer = setTimeout(send, wait * (0.75 + Math.random() / 2));
  }
  if (done.why === "sign_in") document.dispatchEvent(new CustomEvent("petugas:signed-out"));
  await draw();
  return done;
}

/** Into the queue and on its way. */
export async function keep(row) {
  const state = await petugas.get("kept", "state");
  await petugas.add({ who: state?.value?.who?.code ?? "", ...row });
  navigator.storage?.persist?.().catch(() => {});
  toast(navigator.onLine ? either("Tersimpan, sedang dikirim …", "Kept, being sent …") : either("Tersimpan di ponsel. Dikirim saat ada jaringan.", "Kept on the phone. It goes when there is a network."));
  return send();
}

const WHY = {
  network: () => either("tidak ada jaringan", "no network"),
  sign_in: () => either("masuk dahulu", "sign in first"),
  room: () => either("foto tidak muat di server; dikirim tanpa foto", "no room for the photo; it goes without"),
};

function line(row) {
  const item = made("li", "", { "data-state": row.state });
  const text = made("span");
  text.append(made("b", row.label), ` · ${clock(row.at)} (${ago(row.at)})`);
  if (row.state === "refused") text.append(made("br"), made("span", `${either("Ditolak", "Refused")}: ${row.why}`, { class: "op-bad" }));
  else if (row.tries) text.append(made("br"), made("span", `${either("dicoba", "tried")} ${row.tries}×`, { class: "op-quiet" }));
  item.append(text);
  if (row.state === "refused") {
    const away = made("button", either("Hapus", "Remove"), { type: "button", class: "op-btn" });
    press(away, async () => {
      await petugas.drop("outbox", row.id);
      petugas.tell();
    });
    item.append(away);
  }
  return item;
}

let turn = 0;
export async function draw() {
  const mine = ++turn;
  const [rows, last] = await Promise.all([petugas.all("outbox"), petugas.get("kept", "last")]);
  if (mine !== turn) return;
  rows.sort((a, b) => a.order - b.order);
  const waiting = rows.filter(({ state }) => state === "queued").length;
  const box = $("[data-outbox]");
  box.hidden = !rows.length;
  box.dataset.waiting = waiting;
  $("[data-slot=waiting]", box).textContent = String(waiting);
  $("[data-slot=why]", box).textContent = WHY[why]?.() ?? "";
  $("ul", box).replaceChildren(...rows.map(line));
  const sent = $("[data-last]");
  sent.hidden = !last;
  if (last) sent.textContent = `${either("Terkirim", "Sent")}: ${last.label}${last.number ? ` (${last.number})` : ""} · ${ago(new Date(last.at).toISOString())}`;
}

press($("[data-outbox] [data-do=send]"), send);
document.addEventListener("petugas:changed", draw);
petugas.wire?.addEventListener("message", draw);
addEventListener("online", () => {
  tries = 0;
  send();
});
document.addEventListener("visibilitychange", () => !document.hidden && send());
