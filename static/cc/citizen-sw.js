// The worker of the citizens' pages. It keeps one thing to show: the form without a network (/lapor/luring/), made
// for nobody in particular. No page of a report, no list, no answer to anybody is ever kept.
importScripts(...self.LAPOR.senders);
const { files, version } = self.LAPOR;
const LANG = new URL(self.location.href).searchParams.get("lang") === "en" ? "en" : "id";
const FORM = `/lapor/luring/?lang=${LANG}`;
const STORE = `lapor-${version}-${LANG}`;
const THEME = "/theme.css";
const OLD_MS = 6 * 3600 * 1000;
const PATIENCE_MS = 10_000;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

/** The form as it is now, asked for without cookies: there is no session in it. */
async function keepForm(store) {
  const answers = await Promise.all(
    [FORM, THEME].map((path) => fetch(path, { credentials: "omit", cache: "no-store" })),
  );
  if (answers.some((answer) => !answer.ok || answer.redirected)) throw new Error("the form is not there");
  const kept = new Headers({ "Content-Type": "text/html; charset=utf-8", "X-Kept": String(Date.now()) });
  kept.set("Content-Security-Policy", answers[0].headers.get("Content-Security-Policy") ?? "default-src 'self'");
  await store.put(FORM, new Response(await answers[0].blob(), { headers: kept }));
  await store.put(THEME, answers[1]);
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const store = await caches.open(STORE);
      await store.addAll(files.map((path) => new Request(path, { credentials: "omit" })));
      await keepForm(store);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("lapor-") && name !== STORE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

async function freshen() {
  const store = await caches.open(STORE);
  const kept = await store.match(FORM);
  if (!(Date.now() - Number(kept?.headers.get("X-Kept")) < OLD_MS)) await keepForm(store);
}

/** A page: from the network, always. Without one, the kept form, which says that it was kept and since when. */
async function page(event) {
  try {
    const answer = await Promise.race([fetch(event.request), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    if (answer && (answer.status < 502 || answer.status > 504)) {
      event.waitUntil(freshen().catch(() => {}));
      return answer;
    }
  } catch {
    // no network, or one that does not answer
  }
  return (await caches.match(FORM)) ?? Response.error();
}

async function part(request, path) {
  const store = await caches.open(STORE);
  if (HASHED.test(path)) return (await store.match(path)) ?? fetch(request);
  return fetch(request).catch(async () => (await store.match(path)) ?? Response.error());
}

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname.startsWith("/lapor/") && !pathname.endsWith(".json")) {
    event.respondWith(page(event));
  } else if (pathname === THEME || files.includes(pathname)) {
    event.respondWith(part(request, pathname));
  }
});

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
