// What a phone keeps until the city has it: one small database an app, and requests that wait instead of failing.
// Pages import it and service workers load it, so it exports nothing: everything hangs on globalThis.kept.
(() => {
  /** An app's own store. `stores` is name → key path; `made` sees the upgrade's transaction (for indexes). */
  function open(name, stores, made = () => {}) {
    let opened = null;

    function base() {
      opened ??= new Promise((done, failed) => {
        const asked = indexedDB.open(name, 1);
        asked.onupgradeneeded = () => {
          for (const [store, keyPath] of Object.entries(stores)) asked.result.createObjectStore(store, { keyPath });
          made(asked.transaction);
        };
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
      });
      opened.catch(() => (opened = null));
      return opened;
    }

    /** Runs `work(store…)` in one transaction; resolves with the result of the request it returns. */
    async function within(names, mode, work) {
      const database = await base();
      return new Promise((done, failed) => {
        const deal = database.transaction(names, mode);
        const asked = work(...names.map((store) => deal.objectStore(store)));
        deal.oncomplete = () => done(asked?.result);
        deal.onabort = deal.onerror = () => failed(deal.error);
      });
    }

    return {
      within,
      all: (store) => within([store], "readonly", (rows) => rows.getAll()),
      get: (store, key) => within([store], "readonly", (rows) => rows.get(key)),
      put: (store, row) => within([store], "readwrite", (rows) => rows.put(row)),
      drop: (store, key) => within([store], "readwrite", (rows) => rows.delete(key)),
    };
  }

  /** The network or the server is not there: nothing is wrong with what is sent, it waits. */
  class Later extends Error {}

  async function ask(path, options = {}, seconds = 60) {
    const wait = { signal: AbortSignal.timeout(seconds * 1000), credentials: "same-origin", cache: "no-store" };
    const answer = await fetch(path, { ...wait, ...options }).catch(() => {
      throw new Later("network");
    });
    const full = answer.status === 507; // no room for a file: the words go without it, and the receipt says so
    if ((answer.status >= 500 && !full) || answer.status === 408 || answer.status === 429) throw new Later(`server ${answer.status}`);
    return { status: answer.status, said: await answer.json().catch(() => ({})) };
  }

  async function post(path, values, csrf, seconds) {
    const body = new FormData();
    for (const [name, value] of Object.entries(values)) {
      if (value instanceof Blob) body.append(name, value, value.name || values.name || "foto");
      else body.append(name, value);
    }
    return ask(path, { method: "POST", body, headers: { "X-CSRFToken": csrf } }, seconds);
  }

  /** One sender at a time: page and worker never do it together. */
  const alone = (name, work) => (globalThis.navigator?.locks ? navigator.locks.request(name, work) : work());

  /** A name that only this phone knows: sent twice, it is still one thing (also where there is no TLS). */
  function newKey() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const b = crypto.getRandomValues(new Uint8Array(16));
    b[6] = (b[6] & 15) | 64;
    b[8] = (b[8] & 63) | 128;
    const hex = [...b].map((n) => n.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }

  globalThis.kept = { open, Later, ask, post, alone, newKey };
})();
