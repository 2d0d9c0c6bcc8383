// The worker of the citizens' pages. It keeps one thing to show: the form without a network (/lapor/luring/), made
// for nobody in particular. No page of a report, no list, no answer to anybody is ever kept.
importScripts(...self.LAPOR.senders);
const FORM = `/lapor/luring/?lang=${LANG}`;
const OLD_MS = 6 * 3600 * 1000;

const shell = keepShell({
  name: "lapor",
  page: FORM,
  lists: self.LAPOR,
  patience: 10_000,
  mine: (pathname) => pathname.startsWith("/lapor/") && !pathname.endsWith(".json"),
  after: (event) => event.waitUntil(freshen().catch(() => {})),
});

/** The kept form says since when it was kept; an old one is brought anew. */
async function freshen() {
  const store = await shell.open();
  const kept = await store.match(FORM);
  if (!(Date.now() - Number(kept?.headers.get("X-Kept")) < OLD_MS)) await shell.keep(store);
}

async function sendAll() {
  const done = await self.lapor.flush();
  if (done.sent.length && self.Notification?.permission === "granted") await shout(done.sent);
  if (done.left) throw new Error(done.why); // the browser tries again later
}

/** No PIN on a lock screen: the number only. */
async function shout(keys) {
  for (const key of keys) {
    const receipt = await self.lapor.get("receipts", key);
    if (!receipt) continue;
    const title = LANG === "en" ? "Your report has arrived" : "Laporan Anda sudah terkirim";
    await self.registration.showNotification(title, { body: receipt.number, tag: key, icon: "/lapor/ikon-192.png", data: "/lapor/" });
  }
}

self.addEventListener("sync", (event) => {
  if (event.tag === "lapor-kirim") event.waitUntil(sendAll());
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
