// What the officers' service worker does with a notification; it imports this by importScripts.
// The text came sealed to this browser: {"id", "title", "body", "url", "tag"}.
const SEEN = "/fieldstaff/api/v1/push/seen";

self.addEventListener("push", (event) => {
  let told = {};
  try {
    told = event.data?.json() ?? {};
  } catch {
    // Not ours, or empty: a browser demands that something is shown all the same.
  }
  event.waitUntil(
    self.registration.showNotification(told.title || "Pusat kendali", {
      body: told.body ?? "",
      tag: told.tag || told.id || undefined,
      renotify: Boolean(told.tag),
      requireInteraction: told.urgent === true,
      data: { id: told.id, url: told.url },
    }),
  );
});

/** Only an address of ours: whoever could write the text must not lead anybody elsewhere. */
function ours(url) {
  try {
    const found = new URL(url ?? "/", self.location.origin);
    return found.origin === self.location.origin ? found.href : self.location.origin;
  } catch {
    return self.location.origin;
  }
}

self.addEventListener("notificationclick", (event) => {
  const { id, url } = event.notification.data ?? {};
  event.notification.close();
  const said = id
    ? fetch(SEEN, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ id }) }).catch(() => {})
    : Promise.resolve();
  event.waitUntil(Promise.all([said, show(ours(url))]));
});

/** The open window, or a new one. */
async function show(href) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const open = windows.find((one) => one.url === href) ?? windows[0];
  if (!open) return self.clients.openWindow(href);
  await open.focus();
  return open.url === href ? open : open.navigate(href).catch(() => self.clients.openWindow(href));
}

// The push service gave the browser another address: open pages subscribe again, with their login or token.
self.addEventListener("pushsubscriptionchange", (event) => {
  event.waitUntil(
    self.clients.matchAll({ type: "window" }).then((windows) => {
      for (const one of windows) one.postMessage({ type: "push-again" });
    }),
  );
});
