// One reading over HTTP beside the socket. A connection that died unheard (cable, switch, forgotten translation) gives no
// answer and no error, and the browser keeps several of them for later use: after the link was lost none of them is trusted.
const PATIENCE_MS = 15000; // so long an answer may take; the browser itself would wait for minutes
const DOUBT_MS = 2500; // the same on a connection that may be a dead one of before
const WARY_MS = 10000;

const asking = new Set();
let wary = 0;

document.addEventListener("cc-refetch", (event) => {
  if (!event.detail?.lost) return;
  wary = performance.now() + WARY_MS;
  for (const one of asking) one.abort(); // who asked hears an AbortError and asks again
});

async function once(src, headers, patience) {
  const control = new AbortController();
  // Runs on while the body comes, which can stop as well; after the end it does nothing.
  setTimeout(() => control.abort(new DOMException("no answer", "TimeoutError")), patience);
  asking.add(control);
  try {
    return await fetch(src, { headers, signal: control.signal });
  } finally {
    asking.delete(control);
  }
}

/** fetch() that gives up: the answer, or TypeError, TimeoutError, or AbortError where the link is back and all is read anew. */
export async function ask(src, headers) {
  if (performance.now() < wary) {
    try {
      return await once(src, headers, DOUBT_MS);
    } catch (problem) {
      if (problem.name !== "TimeoutError") throw problem;
    }
  }
  return once(src, headers, PATIENCE_MS);
}

/** Whether this reading failed by its connection alone and is worth another try. */
export const unheard = (problem) => problem.name === "TimeoutError" || problem.name === "AbortError";
