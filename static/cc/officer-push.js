// "Tell me on this phone": new orders as notifications, sealed for this browser. Asked for by a tap, never by itself.
import { $, either, press, toast } from "./officer-words.js";

const { petugas } = globalThis;
const PATH = "/petugas/kabari/";

function bytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0));
}

async function post(path, body) {
  const { csrf } = await petugas.permit();
  return fetch(path, { method: "POST", headers: { "Content-Type": "application/json", "X-CSRFToken": csrf }, body: JSON.stringify(body) });
}

const same = (one, other) => {
  const [a, b] = [new Uint8Array(one ?? 0), new Uint8Array(other)];
  return a.length === b.length && a.every((byte, n) => byte === b[n]);
};

/** Subscribes with the city's present key, and tells the city where. */
async function subscribe(manager) {
  const { key } = await (await fetch(PATH)).json();
  const wanted = bytes(key);
  let found = await manager.getSubscription();
  if (found && !same(found.options.applicationServerKey, wanted)) {
    await found.unsubscribe();
    found = null;
  }
  found ??= await manager.subscribe({ userVisibleOnly: true, applicationServerKey: wanted });
  const answer = await post(PATH, { ...found.toJSON(), device: navigator.platform ?? "" });
  if (answer.status !== 201) throw new Error(`push ${answer.status}`);
}

async function leave(manager) {
  const found = await manager.getSubscription();
  if (!found) return;
  await post(`${PATH}berhenti/`, { endpoint: found.endpoint });
  await found.unsubscribe();
}

async function draw(manager) {
  const told = Boolean(await manager.getSubscription()) && Notification.permission === "granted";
  $("[data-push]").dataset.told = told ? "yes" : "no";
  $("[data-do=push-on]").hidden = told;
  $("[data-do=push-off]").hidden = !told;
  $("[data-push-denied]").hidden = Notification.permission !== "denied";
  return told;
}

export async function start(registered) {
  const manager = (await registered)?.pushManager;
  const here = Boolean(manager) && "Notification" in globalThis;
  $("[data-push-none]").hidden = here;
  if (!here) return;
  const turn = (button, work, words) =>
    press($(button), async () => {
      try {
        await work();
        toast(words());
      } catch {
        toast(either("Belum bisa diatur. Perlu jaringan dan izin pemberitahuan.", "Not set. A network and the permission to notify are needed."));
      }
      await draw(manager);
    });
  turn("[data-do=push-on]", async () => {
    if ((await Notification.requestPermission()) !== "granted") throw new Error("denied");
    await subscribe(manager);
  }, () => either("Tugas baru akan diberitahukan di ponsel ini.", "New tasks are told on this phone."));
  turn("[data-do=push-off]", () => leave(manager), () => either("Ponsel ini tidak diberi tahu lagi.", "This phone is no longer told."));
  // The city's key or the browser's address may have changed since.
  const again = () => subscribe(manager).catch(() => {});
  navigator.serviceWorker.addEventListener("message", ({ data }) => data?.type === "push-again" && again());
  if ((await draw(manager)) && navigator.onLine) await again();
}
