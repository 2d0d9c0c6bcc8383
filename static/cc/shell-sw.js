// What the workers of both apps do with their shell: keep one page that is nobody's and its files, and show them without a
// network. commandcenter/city/phoneapp.py puts this before an app's own worker. No answer to anybody is ever kept.
const THEME = "/theme.css";
const HASHED = /\.[0-9a-f]{12}\.\w+$/;
const LANG = new URL(self.location.href).searchParams.get("lang") === "en" ? "en" : "id";

/**
 * Keeps a shell. `name` begins the names of its stores, `page` is the page that is kept, `lists` come from the server,
 * `patience` (ms) is how long a network may take, `mine(pathname)` says for which pages it stands in; `after(event)` runs
 * when the network answered. Gives `open()`, its store, and `keep(store)`, the page anew.
 */
function keepShell({ name, page, lists: { files, version }, patience, mine, after = () => {} }) {
  const own = `${name}-${version}-${LANG}`;
  const open = () => caches.open(own);

  /** The page as it is now, asked for without cookies: there is no session in it. */
  async function keep(store) {
    const answers = await Promise.all([page, THEME].map((path) => fetch(path, { credentials: "omit", cache: "no-store" })));
    if (answers.some((answer) => !answer.ok || answer.redirected)) throw new Error("the shell is not there");
    const headers = new Headers({ "Content-Type": "text/html; charset=utf-8", "X-Kept": String(Date.now()) });
    headers.set("Content-Security-Policy", answers[0].headers.get("Content-Security-Policy") ?? "default-src 'self'");
    await store.put(page, new Response(await answers[0].blob(), { headers }));
    await store.put(THEME, answers[1]);
  }

  async function install() {
    const store = await open();
    await store.addAll(files.map((path) => new Request(path, { credentials: "omit" })));
    await keep(store);
    await self.skipWaiting();
  }

  async function activate() {
    for (const one of await caches.keys()) if (one.startsWith(`${name}-`) && one !== own) await caches.delete(one);
    await self.clients.claim();
  }

  /** A page: from the network, always. Without one, the kept page. */
  async function visit(event) {
    try {
      const answer = await Promise.race([fetch(event.request), new Promise((done) => setTimeout(done, patience))]);
      if (answer && (answer.status < 502 || answer.status > 504)) {
        after(event);
        return answer;
      }
    } catch {
      // no network, or one that does not answer
    }
    return (await caches.match(page)) ?? Response.error();
  }

  async function part(request, path) {
    const store = await open();
    if (HASHED.test(path)) return (await store.match(path)) ?? fetch(request);
    return fetch(request).catch(async () => (await store.match(path)) ?? Response.error());
  }

  self.addEventListener("install", (event) => event.waitUntil(install()));
  self.addEventListener("activate", (event) => event.waitUntil(activate()));
  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== self.location.origin) return;
    if (request.mode === "navigate" && mine(pathname)) event.respondWith(visit(event));
    else if (pathname === THEME || files.includes(pathname)) event.respondWith(part(request, pathname));
  });
  return { open, keep };
}
