// Reports kept on this phone until the city has them. The page imports it and the service worker loads it, so it
// exports nothing: everything hangs on globalThis.lapor. kept.js comes before it.
(() => {
  const { Later, ask, post } = globalThis.kept;
  const STORES = { reports: "key", files: "id", receipts: "key" };
  const FILE_S = 600;
  const KEPT_MS = 2.5 * 3600 * 1000;
  const indexed = (deal) => deal.objectStore("files").createIndex("report", "report");
  const { within, all, get, put, drop } = globalThis.kept.open("cc-lapor", STORES, indexed);
  const filesOf = (key) => within(["files"], "readonly", (store) => store.index("report").getAll(key));

  /** Takes a report and its files off this phone; with a receipt in their place where there is one. */
  function forget(key, receipt = null) {
    return within(["reports", "files", "receipts"], "readwrite", (reports, files, receipts) => {
      reports.delete(key);
      files.index("report").openKeyCursor(IDBKeyRange.only(key)).onsuccess = ({ target }) => {
        if (!target.result) return;
        files.delete(target.result.primaryKey);
        target.result.continue();
      };
      if (receipt) receipts.put(receipt);
    });
  }

  /** Closed on this device: the receipt of that number goes, and whatever is still kept of its report. */
  async function forgetNumber(number) {
    for (const { key } of (await all("receipts")).filter((kept) => kept.number === number)) {
      await forget(key);
      await drop("receipts", key);
    }
    tell();
  }

  /** Posts; where the city asks for a proof of work first, it is computed and sent along. */
  async function postProven(path, values, csrf, seconds) {
    const first = await post(path, values, csrf, seconds);
    if (first.status !== 428) return first;
    const again = await post(path, { ...values, proof: await prove(first.said.proof) }, csrf, seconds);
    if (again.status === 428) throw new Later("proof");
    return again;
  }

  /** Everything the city needs before the report itself; a refused file stays behind with its reason. A file that
      went ahead of its report is only kept there for three hours, so an old one is sent again. */
  async function sendFiles(key, csrf) {
    for (const file of await filesOf(key)) {
      if (file.state === "refused" || (file.state === "sent" && Date.now() - file.at < KEPT_MS)) continue;
      const values = { draft: key, file: file.blob, name: file.name };
      const { status, said } = await postProven("/lapor/berkas/", values, csrf, FILE_S);
      if (status === 403) throw new Later("csrf");
      const taken = status < 300;
      if (!(await get("files", file.id))) continue; // taken away meanwhile
      await put("files", { ...file, state: taken ? "sent" : "refused", mark: said.id, problem: said.problem, at: Date.now() });
      tell();
    }
  }

  /** Sends a draft's files ahead; they wait on this phone where that fails. */
  const upload = (key) =>
    alone(async () => {
      const { said } = await ask("/lapor/kirim/");
      await sendFiles(key, said.csrf ?? "");
    }).catch((error) => {
      if (!(error instanceof Later)) throw error;
    });

  /** Looks for the number that the city asks for; in pieces, so that the page stays alive. */
  async function prove({ salt, challenge, signature, most }) {
    if (!globalThis.crypto?.subtle) throw new Later("proof");
    const encoder = new TextEncoder();
    const fits = async (number) => {
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(`${salt}${number}`)));
      return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("") === challenge;
    };
    for (let from = 0; from <= most; from += 500) {
      const tried = await Promise.all(Array.from({ length: 500 }, (_, index) => fits(from + index)));
      const found = tried.indexOf(true);
      if (found >= 0) return JSON.stringify({ salt, challenge, signature, number: from + found });
    }
    throw new Later("proof");
  }

  /** One report: "sent" or "refused"; Later where it has to wait. */
  async function deliver(report) {
    const { said: permit } = await ask("/lapor/kirim/");
    if (!permit.csrf) throw new Later("permit");
    await sendFiles(report.key, permit.csrf);
    const sent = (await filesOf(report.key)).filter((file) => file.state === "sent");
    const values = { ...report.fields, key: report.key, files: sent.map((file) => file.mark).join(",") };
    const { status, said } = await postProven("/lapor/kirim/", values, permit.csrf);
    if (status === 200 || status === 201) {
      const lost = (await filesOf(report.key)).filter((file) => file.state === "refused");
      const refused = lost.map(({ name, problem }) => ({ name, problem }));
      const unchecked = sent.map(({ name, mark }) => ({ name, mark }));
      await forget(report.key, { key: report.key, ...said, refused, unchecked, at: Date.now() });
      return "sent";
    }
    if (status !== 400) throw new Later(`server ${status}`);
    await put("reports", { ...report, state: "refused", errors: said.errors ?? {} });
    return "refused";
  }

  async function run() {
    const done = { sent: [], refused: [], left: 0, why: "" };
    for (const report of await all("reports")) {
      if (report.state !== "queued") continue;
      try {
        done[await deliver(report)].push(report.key);
      } catch (error) {
        if (!(error instanceof Later)) throw error;
        done.left += 1;
        done.why = error.message;
      }
      tell();
    }
    return done;
  }

  /** Sends all that waits, one sender at a time: page and worker never do it together. */
  const alone = (work) => globalThis.kept.alone("cc-lapor", work);
  const flush = () => alone(run);

  const wire = globalThis.BroadcastChannel ? new BroadcastChannel("cc-lapor") : null;
  const tell = () => wire?.postMessage("changed");

  globalThis.lapor = { prove, all, get, put, drop, filesOf, forget, forgetNumber, flush, upload, tell, wire };
})();
