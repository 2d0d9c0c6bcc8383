// Prices kept on this phone until the city has them. The page imports it and the service worker loads it, so it
// exports nothing: everything hangs on globalThis.harga. kept.js comes before it.
(() => {
  const { Later, ask, newKey } = globalThis.kept;
  const { all, get, put, drop } = globalThis.kept.open("cc-harga", { outbox: "id", kept: "name" });
  const DOOR = "/harga/kirim/";
  const MOST = 100;
  const WRITTEN = ["added", "corrected", "same", "older"];

  const wire = globalThis.BroadcastChannel ? new BroadcastChannel("cc-harga") : null;
  function tell() {
    wire?.postMessage("changed");
    globalThis.document?.dispatchEvent(new CustomEvent("harga:changed"));
  }

  /** Into the outbox under a name of its own: sent twice, it is one price. A newer word on the same price takes its place. */
  async function add(values, who) {
    for (const row of await all("outbox")) {
      const same = row.who === who && ["market", "good", "day"].every((name) => row.values[name] === values[name]);
      if (same && row.state !== "sending") await drop("outbox", row.id);
    }
    const row = { id: newKey(), at: new Date().toISOString(), order: Date.now(), state: "queued", tries: 0, who, values };
    await put("outbox", row);
    tell();
    return row;
  }

  const queued = async (who) =>
    (await all("outbox")).filter((row) => ["queued", "sending"].includes(row.state) && (who === undefined || row.who === who)).sort((a, b) => a.order - b.order);

  async function permit() {
    const { status, said } = await ask(DOOR, {}, 20);
    if (status === 401) throw new Later("sign_in");
    if (status === 403) throw new Later("no_market");
    if (!said.csrf) throw new Later("permit");
    return said;
  }

  /** One batch. What the answer does not name stays and goes again under the same key. */
  async function deliver(rows, csrf) {
    for (const row of rows) await put("outbox", { ...row, state: "sending" });
    const items = rows.map(({ id, at, values }) => ({ id, at, ...values }));
    const headers = { "X-CSRFToken": csrf, "Content-Type": "application/json" };
    const { status, said } = await ask(DOOR, { method: "POST", body: JSON.stringify({ items }), headers });
    if (status === 401) throw new Later("sign_in");
    if (status !== 200) throw new Later(`server ${status}`);
    for (const { id, result, question, why } of said.items ?? []) {
      const row = rows.find((one) => one.id === id);
      if (!row) continue;
      if (WRITTEN.includes(result)) {
        await drop("outbox", id);
        await put("kept", { name: `sent ${row.values.market} ${row.values.good} ${row.values.day}`, value: row.values.price, at: Date.now() });
        await put("kept", { name: "last", at: Date.now() });
      } else if (result === "asked") await put("outbox", { ...row, state: "asked", question });
      else await put("outbox", { ...row, state: "refused", why: why ?? "" });
    }
    tell();
  }

  async function run() {
    const done = { left: 0, why: "" };
    try {
      if (!(await queued()).length) return done;
      const { csrf, who } = await permit();
      const rows = await queued(who);
      for (let from = 0; from < rows.length; from += MOST) await deliver(rows.slice(from, from + MOST), csrf);
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      done.why = error.message;
      for (const row of await queued()) await put("outbox", { ...row, state: "queued", tries: row.tries + 1 });
    }
    done.left = (await queued()).length;
    tell();
    return done;
  }

  const flush = () => globalThis.kept.alone("cc-harga", run);
  globalThis.harga = { all, get, put, drop, add, flush, tell, wire, ask, Later };
})();
