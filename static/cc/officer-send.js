// What an officer's phone keeps until the city has it: steps, reports, readings, calls for help. The page imports it and
// the service worker loads it, so it exports nothing: everything hangs on globalThis.petugas. kept.js comes before it.
(() => {
  const { Later, ask, post, newKey } = globalThis.kept;
  const store = globalThis.kept.open("cc-petugas", { outbox: "id", kept: "name", calls: "id" });
  const { all, get, put, drop } = store;
  const DOOR = "/petugas/kirim/";
  const MOST = 50;
  const PHOTO_S = 300;

  const wire = globalThis.BroadcastChannel ? new BroadcastChannel("cc-petugas") : null;
  /** Other pages hear it by the wire, this one by an event. */
  function tell() {
    wire?.postMessage("changed");
    globalThis.document?.dispatchEvent(new CustomEvent("petugas:changed"));
  }

  /** Milliseconds that no change of the phone's clock moves back while the page lives. */
  const steady = () => Math.round(performance.timeOrigin + performance.now());

  /** Into the outbox. `road` is "batch" or a path; `values` are an item's or a form's; `blob` a photo. */
  async function add({ road, label, values, blob = null, who }) {
    const at = new Date().toISOString();
    const row = { id: newKey(), road, label, values, blob, who, at, mono: steady(), order: Date.now(), state: "queued", tries: 0 };
    await put("outbox", row);
    tell();
    return row;
  }

  const byAge = (a, b) => a.order - b.order || a.mono - b.mono;
  const queued = async (who) => (await all("outbox")).filter((row) => row.state === "queued" && row.who === who).sort(byAge);

  /** What a POST needs, and who is signed in. */
  async function permit() {
    const { status, said } = await ask(DOOR, {}, 20);
    if (status === 401) throw new Later("sign_in");
    if (!said.csrf) throw new Later("permit");
    return said;
  }

  async function batch(items, csrf) {
    const body = JSON.stringify({ sent_at: new Date().toISOString(), seq: Date.now() % 1e9, items });
    const headers = { "X-CSRFToken": csrf, "Content-Type": "application/json" };
    const { status, said } = await ask(DOOR, { method: "POST", body, headers });
    if (status !== 200) throw new Later(`batch ${status}`);
    return said.items ?? [];
  }

  async function refuse(row, why) {
    await put("outbox", { ...row, state: "refused", why });
    tell();
  }

  /** Items of the batch door, together; what the answer does not name stays and goes again. */
  async function sendItems(rows, csrf) {
    const items = rows.map((row) => ({ id: row.id, at: row.at, mono_ms: row.mono, ...row.values }));
    for (const { id, result, reason } of await batch(items, csrf)) {
      const row = rows.find((one) => one.id === id);
      if (!row) continue;
      if (result === "quarantined") await refuse(row, reason);
      else await drop("outbox", id);
    }
    tell();
  }

  const words = (said) => [said.problem, ...Object.values(said.errors ?? {}).flat()].filter(Boolean).join(" ");

  /** A form with its photo to its own address. */
  async function sendForm(row, csrf) {
    const values = { id: row.id, at: row.at, sent_at: new Date().toISOString(), ...row.values };
    if (row.blob) values.photo = row.blob;
    const { status, said } = await post(row.road, values, csrf, row.blob ? PHOTO_S : 60);
    if (status === 401) throw new Later("sign_in");
    if (status === 507) {
      await put("outbox", { ...row, blob: null });
      throw new Later("room");
    }
    if (status === 403 && !said.errors) throw new Later("csrf");
    if (status < 300) {
      await drop("outbox", row.id);
      await put("kept", { name: "last", label: row.label, number: said.number ?? "", at: Date.now() });
      tell();
    } else await refuse(row, words(said) || String(status));
  }

  /** Everything that waits, in the order it was made; neighbours of the batch door go together. */
  async function run() {
    const done = { sent: 0, left: 0, why: "" };
    let rows = [];
    try {
      await call();
      if (!(await all("outbox")).some(({ state }) => state === "queued")) return done;
      const { csrf, who } = await permit();
      rows = await queued(who);
      for (let from = 0; from < rows.length; ) {
        let to = from + 1;
        if (rows[from].road === "batch") {
          while (to < rows.length && to - from < MOST && rows[to].road === "batch") to += 1;
          await sendItems(rows.slice(from, to), csrf);
        } else await sendForm(rows[from], csrf);
        done.sent += to - from;
        from = to;
      }
    } catch (error) {
      if (!(error instanceof Later)) throw error;
      done.why = error.message;
      for (const row of await all("outbox")) if (row.state === "queued") await put("outbox", { ...row, tries: row.tries + 1 });
    }
    done.left = (await all("outbox")).filter(({ state }) => state === "queued").length;
    return done;
  }

  /** One open call: sent (again), then asked what became of it. */
  async function callOnce(call) {
    const item = { id: call.id, kind: "sos", at: call.at, mono_ms: call.mono, lat: call.lat, lon: call.lon, acc: call.acc, silent: call.silent ? "1" : undefined };
    const { csrf, who } = await permit();
    if (call.who !== who) throw new Later("sign_in");
    if (!call.acknowledged) await batch([item], csrf);
    const { status, said } = await ask(`/petugas/sos/${call.id}.json`, {}, 20);
    const fresh = await get("calls", call.id);
    if (status !== 200 || !fresh) throw new Later(`sos ${status}`);
    const told = { heard: said.received, acknowledged: said.acknowledged, by: said.by, ended: said.ended, outcome: said.outcome };
    await put("calls", { ...fresh, ...told, failed: "" });
    tell();
  }

  async function callAll() {
    for (const call of await all("calls")) {
      if (call.ended) continue;
      await callOnce(call).catch(async (error) => {
        if (!(error instanceof Later)) throw error;
        const fresh = await get("calls", call.id);
        if (fresh) await put("calls", { ...fresh, failed: error.message });
        tell();
      });
    }
  }

  const alone = (work) => globalThis.kept.alone("cc-petugas", work);
  const flush = () => alone(run);
  const call = () => globalThis.kept.alone("cc-petugas-sos", callAll);

  /** Somebody else signs in, or the phone was taken away: what the last one could read goes. What waits stays his. */
  async function forget() {
    for (const { name } of await all("kept")) await drop("kept", name);
    tell();
  }

  globalThis.petugas = { all, get, put, drop, add, permit, flush, call, forget, tell, wire, steady, Later, ask, post };
})();
