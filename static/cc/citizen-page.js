// Forms of a report's page and of requests: busy while they are sent, and what was written stays when sending fails.
import "./citizen-outbox.js";

const english = document.documentElement.lang === "en";
const either = (id, en) => (english ? en : id);

function line(words) {
  const made = document.createElement("p");
  made.className = "cp-error";
  made.setAttribute("role", "alert");
  made.textContent = words;
  return made;
}

/** Beside the button what went wrong, beside each field what is wrong with it. */
function complain(form, words, errors = {}) {
  if (words) form.append(line(words));
  for (const [name, problems] of Object.entries(errors)) {
    const field = form.elements[name];
    const place = (field?.length ? field[0] : field)?.closest(".cp-field, fieldset");
    const made = line(problems.join(" "));
    if (place?.matches("fieldset")) place.after(made);
    else (place ?? form).append(made);
    field?.setAttribute?.("aria-invalid", "true");
  }
  (form.querySelector("[aria-invalid]") ?? form.querySelector(".cp-error")).scrollIntoView({ block: "center" });
}

function forgive(form) {
  for (const old of form.querySelectorAll(".cp-error")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** Without an answer it may have arrived all the same: the words say no more than is known. */
const LOST = () => either(
  "Tidak ada jawaban dari server. Yang Anda tulis masih di sini: coba lagi.",
  "The server does not answer. What you wrote is still here: try again.",
);

async function post(form, body) {
  const wait = AbortSignal.timeout(30_000);
  const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, signal: wait });
  return { answer, said: await answer.json().catch(() => ({})) };
}

async function send(form, button) {
  const body = new FormData(form);
  if (button?.name) body.append(button.name, button.value);
  forgive(form);
  try {
    let { answer, said } = await post(form, body);
    const proof = answer.status === 428 && said.proof ? await globalThis.lapor.prove(said.proof).catch(() => "") : "";
    if (proof) {
      body.set("proof", proof);
      ({ answer, said } = await post(form, body));
    }
    if (answer.ok) {
      if (said.link) location.assign(said.link);
      else {
        history.scrollRestoration = "manual"; // what came of it is said above
        location.reload();
      }
      return;
    }
    complain(form, said.problem ?? LOST(), said.errors);
  } catch {
    complain(form, LOST());
  }
  for (const one of form.querySelectorAll("button")) {
    one.disabled = false;
    one.removeAttribute("aria-busy");
  }
}

const told = document.querySelector(".cp-msg[data-level]");
if (told) {
  told.tabIndex = -1;
  told.focus({ preventScroll: true });
  told.scrollIntoView({ block: "center" });
}

for (const form of document.querySelectorAll("form[data-stay]")) {
  form.addEventListener("input", ({ target }) => {
    if (!target.value.trim()) return;
    for (const old of target.closest(".cp-field")?.querySelectorAll(".cp-error") ?? []) old.remove();
    target.removeAttribute("aria-invalid");
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const button = event.submitter ?? form.querySelector("button");
    button.setAttribute("aria-busy", "true");
    const sent = send(form, button);
    for (const one of form.querySelectorAll("button")) one.disabled = true;
    return sent;
  });
}
