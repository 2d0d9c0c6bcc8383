// One small socket: the city says that something of mine changed, never what. Without it the pages ask by themselves.
const FIRST_MS = 1000;
const LAST_MS = 60_000;
const SILENT_MS = 12_000; // two ticks of 5 s missed

/** Calls fn() after a change of one of these topics, and after each time the connection came back. */
export function live(topics, fn) {
  let socket = null;
  let tries = 0;
  let timer = 0;
  let heard = 0;

  function connect() {
    clearTimeout(timer);
    if (socket || document.hidden || !navigator.onLine || document.body.dataset.view === "out") return;
    heard = performance.now();
    socket = new WebSocket(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/petugas/ws/`);
    const mine = socket;
    mine.onopen = () => mine.send(JSON.stringify({ t: "join", topics }));
    mine.onmessage = ({ data }) => {
      heard = performance.now();
      const { t } = JSON.parse(data);
      if (t === "hello") {
        tries = 0;
        document.documentElement.dataset.live = "yes";
      }
      if (t === "hello" || t === "event") fn();
    };
    mine.onclose = () => mine === socket && lost();
  }

  function lost() {
    const old = socket;
    socket = null;
    delete document.documentElement.dataset.live;
    if (old) {
      old.onclose = null;
      old.close();
    }
    clearTimeout(timer);
    timer = setTimeout(connect, Math.min(LAST_MS, FIRST_MS * 2 ** tries) * (0.5 + Math.random() / 2));
    tries = Math.min(tries + 1, 8);
  }

  setInterval(() => {
    if (socket && performance.now() - heard > SILENT_MS) lost();
  }, 3000);
  document.addEventListener("visibilitychange", () => (document.hidden ? socket && lost() : connect()));
  addEventListener("online", connect);
  return connect;
}
