// SOS: held for two seconds, repeated every ten until somebody has it, taken back with a PIN only.
import { $, ago, clock, either, place, press, toast } from "./officer-words.js";
import { onState, refresh } from "./officer-duty.js";

const { petugas } = globalThis;
const { newKey } = globalThis.kept;
const HOLD_MS = 2000;
const AGAIN_MS = 10_000;
let hold = 0;
let timer = 0;
let begun = 0;

const open = async () => (await petugas.all("calls")).filter(({ ended }) => !ended).sort((a, b) => b.begun - a.begun)[0];

/** First without the place: nothing may delay it; the repeats bring the place. */
async function callForHelp() {
  const state = (await petugas.get("kept", "state"))?.value;
  const silent = $("[data-silent]").checked;
  const at = new Date().toISOString();
  const call = { id: newKey(), at, mono: petugas.steady(), begun: Date.now(), silent, who: state?.who?.code ?? "" };
  await petugas.put("calls", call);
  if (!silent) navigator.vibrate?.([300, 100, 300]);
  await draw();
  locate(call.id);
  await again();
}

async function locate(id) {
  const where = await place(10);
  const call = await petugas.get("calls", id);
  if (!call || where.lat === undefined) return;
  await petugas.put("calls", { ...call, ...where });
  // The first place does not wait for its turn: without it nobody at the centre knows who and what is near.
  if (call.lat === undefined) await again(true);
}

let busy = false;
let wanted = false;
/** ``soon``: while one is on its way, another follows it at once. */
async function again(soon = false) {
  clearTimeout(timer);
  const call = await open();
  if (!call) return;
  timer = setTimeout(again, AGAIN_MS);
  if (busy) {
    wanted ||= soon;
    return;
  }
  busy = true;
  await petugas.call().catch(() => {});
  busy = false;
  await draw();
  const now = await petugas.get("calls", call.id);
  if (now?.acknowledged && !call.acknowledged && !call.silent) navigator.vibrate?.(800);
  locate(call.id);
  if (wanted) {
    wanted = false;
    await again();
  }
}

function words(call) {
  if (call.ended) return either(`Selesai pukul ${clock(call.ended)}`, `Over at ${clock(call.ended)}`);
  if (call.acknowledged) return either(`Diterima oleh ${call.by || "posko"} pukul ${clock(call.acknowledged)}`, `Received by ${call.by || "the centre"} at ${clock(call.acknowledged)}`);
  if (call.heard) return either(`Sampai di server pukul ${clock(call.heard)}, menunggu petugas posko`, `On the server at ${clock(call.heard)}, waiting for the centre`);
  return either("Belum terkirim, dicoba terus tiap 10 detik", "Not sent yet, tried every 10 seconds");
}

async function draw() {
  const call = await open();
  const panel = $("[data-call]");
  $("[data-no-call]").hidden = Boolean(call);
  panel.hidden = !call;
  document.body.toggleAttribute("data-sos", Boolean(call) && !call.silent);
  $("[data-sos-dot]").hidden = !call;
  if (!call) return;
  panel.dataset.state = call.acknowledged ? "good" : "crit";
  panel.toggleAttribute("data-silent-call", call.silent);
  $("[data-slot=call]", panel).textContent = words(call);
  $("[data-slot=call-at]", panel).textContent = either(`Dipanggil pukul ${clock(call.at)} (${ago(call.at)})`, `Called at ${clock(call.at)} (${ago(call.at)})`);
  $("[data-call-failed]", panel).hidden = !call.failed;
}

async function over(outcome) {
  const call = await open();
  const pin = $("[data-end-pin]").value;
  const said = $("[data-end-problem]");
  const { csrf } = await petugas.permit();
  const answer = await petugas.post(`/petugas/sos/${call.id}/selesai/`, { pin, outcome }, csrf, 30);
  said.textContent = Object.values(answer.said.errors ?? {}).flat().join(" ");
  if (answer.status !== 200) return;
  $("[data-end-pin]").value = "";
  await petugas.put("calls", { ...call, ended: answer.said.ended || answer.said.cancelled, outcome });
  toast(either("Panggilan ditarik. Posko tetap memastikan Anda aman.", "The call is taken back. The centre still makes sure that you are safe."));
  await draw();
}

async function choosePin(event) {
  event.preventDefault();
  const form = event.target;
  const said = $("[data-pin-problem]");
  try {
    const { csrf } = await petugas.permit();
    const values = { pin: form.elements.pin.value, old: form.elements.old.value };
    const answer = await petugas.post("/petugas/pin/", values, csrf, 30);
    said.textContent = Object.values(answer.said.errors ?? {}).flat().join(" ");
    if (answer.status !== 201) return;
    form.reset();
    form.closest("details").open = false;
    toast(either("PIN tersimpan.", "The PIN is kept."));
    await refresh();
  } catch {
    said.textContent = either("Perlu jaringan untuk menyimpan PIN.", "A network is needed to keep the PIN.");
  }
}

function holding(button) {
  const stop = () => {
    cancelAnimationFrame(hold);
    button.style.removeProperty("--held");
    begun = 0;
  };
  const step = () => {
    const share = Math.min(1, (performance.now() - begun) / HOLD_MS);
    button.style.setProperty("--held", String(share));
    if (share < 1) hold = requestAnimationFrame(step);
    else {
      stop();
      callForHelp();
    }
  };
  const go = () => {
    if (begun) return;
    begun = performance.now();
    step();
  };
  button.addEventListener("pointerdown", go);
  for (const name of ["pointerup", "pointerleave", "pointercancel", "blur"]) button.addEventListener(name, stop);
  button.addEventListener("keydown", (event) => [" ", "Enter"].includes(event.key) && (event.preventDefault(), go()));
  button.addEventListener("keyup", stop);
  button.addEventListener("contextmenu", (event) => event.preventDefault());
}

export function start() {
  holding($("[data-hold]"));
  for (const button of document.querySelectorAll("[data-outcome]")) {
    press(button, () => over(button.dataset.outcome).catch(() => ($("[data-end-problem]").textContent = either("Perlu jaringan untuk mengakhiri. Panggilan tetap jalan.", "A network is needed to end it. The call goes on."))));
  }
  $("[data-pin-form]").addEventListener("submit", choosePin);
  document.addEventListener("petugas:changed", draw);
  addEventListener("online", () => again());
  onState(({ who }) => ($("[data-pin-old]").hidden = !who.pin));
  draw();
  again();
}
