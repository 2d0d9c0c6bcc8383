// The worker of the officers' app. It keeps the shell, which is nobody's, and sends what waits when no page is open.
// No answer to an officer is ever kept here: what he may read offline lies in the page's own store.
importScripts(...self.PETUGAS.senders);
const { files, version } = self.PETUGAS;
const LANG = new URL(self.location.href).searchParams.get("lang") === "en" ? "en" : "id";
const SHELL = `/petugas/?lang=${LANG}`;
const STORE = `petugas-${version}-${LANG}`;
const THEME = "/theme.css";
const PATIENCE_MS = 6000;
const HASHED = /\.[0-9a-f]{12}\.\w+$/;

/** The shell as it is now, asked for without cookies. */
async function keepShell(store) {
  const answers = await Promise.all([SHELL, THEME].map((path) => fetch(path, { credentials: "omit", cache: "no-store" })));
  if (answers.some((answer) => !answer.ok || answer.redirected)) throw new Error("the shell is not there");
  const headers = new Headers({ "Content-Type": "text/html; charset=utf-8" });
  headers.set("Content-Security-Policy", answers[0].headers.get("Content-Security-Policy") ?? "default-src 'self'");
  await store.put(SHELL, new Response(await answers[0].blob(), { headers }));
  await store.put(THEME, answers[1]);
}

self.addEventListener("install", (event) => {
  event.waitUntil(
    (async () => {
      const store = await caches.open(STORE);
      await store.addAll(files.map((path) => new Request(path, { credentials: "omit" })));
      await keepShell(store);
      await self.skipWaiting();
    })(),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    (async () => {
      for (const name of await caches.keys()) if (name.startsWith("petugas-") && name !== STORE) await caches.delete(name);
      await self.clients.claim();
    })(),
  );
});

async function page(request) {
  try {
    const answer = await Promise.race([fetch(request), new Promise((done) => setTimeout(done, PATIENCE_MS))]);
    if (answer && (answer.status < 502 || answer.status > 504)) return answer;
  } catch {
    // no network, or one that does not answer
  }
  return (await caches.match(SHELL)) ?? Response.error();
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
  if (request.mode === "navigate" && pathname === "/petugas/") event.respondWith(page(request));
  else if (pathname === THEME || files.includes(pathname)) event.respondWith(part(request, pathname));
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "petugas-kirim") return;
  event.waitUntil(
    self.petugas.flush().then((done) => {
      if (done.left) throw new Error(done.why); // the browser tries again later
    }),
  );
});
