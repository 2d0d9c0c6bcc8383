// The citizen's form, and a draft that survives whatever comes. Place, files and similar reports have their own modules.
import { alike } from "./citizen-alike.js";
import "./citizen-files.js";
import { forgetPlace, placeKept } from "./citizen-place.js";
import { able, draw, send as sendKept } from "./citizen-outbox.js";

const { lapor } = globalThis;
const { newKey } = globalThis.kept;
const form = document.querySelector("[data-report]");
const FIELDS = ["text", "category", "address", "lat", "lng", "name", "phone", "email"];
const BOXES = ["anonymous", "secret"];
const said = document.querySelector("[data-draft-said]");
const english = document.documentElement.lang === "en";
const either = (id, en) => (english ? en : id);
let key = "";

function values() {
  const fields = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  for (const name of BOXES) if (form.elements[name].checked) fields[name] = "on";
  return fields;
}

let saving = Promise.resolve();
/** Keeps what is written; an empty form leaves nothing behind. Writes follow each other. */
function keep(state = "draft") {
  const row = { key, state, fields: values(), at: Date.now() };
  saving = saving.then(async () => {
    const empty = !row.fields.text.trim() && !(await lapor.filesOf(key)).length;
    await (empty ? lapor.forget(key) : lapor.put("reports", row));
  });
  return saving;
}

async function restore() {
  const drafts = (await lapor.all("reports")).filter(({ state }) => state === "draft");
  const draft = drafts.sort((a, b) => b.at - a.at)[0];
  if (!draft || form.elements.text.value) return;
  key = draft.key;
  for (const name of FIELDS) form.elements[name].value = draft.fields[name] ?? "";
  for (const name of BOXES) form.elements[name].checked = draft.fields[name] === "on";
  if (draft.fields.name || draft.fields.phone || draft.fields.email) form.querySelector("details").open = true;
  for (const [name, problems] of Object.entries(draft.errors ?? {})) blame(name, problems);
  placeKept();
  said.textContent = either("Draf Anda yang belum terkirim dipulihkan.", "Your unsent draft was restored.");
}

/** Says below a field what is wrong with it, or above the form where it has no field. */
function blame(name, problems) {
  const field = form.elements[name];
  const place = field?.closest?.(".cp-field") ?? form;
  for (const problem of problems) {
    const line = document.createElement("p");
    line.className = "cp-error";
    line.setAttribute("role", "alert");
    line.textContent = problem;
    if (place === form) form.prepend(line);
    else place.append(line);
  }
  field?.setAttribute?.("aria-invalid", "true");
}

function forgive() {
  for (const line of form.querySelectorAll(".cp-error")) line.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

/** What was wrong with a field is over once something else is in it. */
function corrected(field) {
  if (field.type === "file" || (field.name === "text" && !field.value.trim())) return;
  for (const line of field.closest(".cp-field")?.querySelectorAll(".cp-error") ?? []) line.remove();
  field.removeAttribute("aria-invalid");
  if (!form.querySelector(".cp-field .cp-error")) form.querySelector("[data-incomplete]")?.remove();
}

/** Into the outbox first, then to the city: what fails on the way is still there. */
async function submit(event) {
  event.preventDefault();
  forgive();
  const text = form.elements.text;
  if (!text.value.trim()) {
    blame("text", [text.dataset.missing]);
    text.focus();
    return;
  }
  const button = form.querySelector("[type=submit]");
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  form.inert = true;
  said.textContent = either("Mengirim …", "Sending …");
  try {
    await keep("queued");
    navigator.storage?.persist?.().catch(() => {});
    await sendKept();
    const row = await lapor.get("reports", key);
    if (row?.state === "refused") await again(row);
    else gone();
  } catch {
    said.textContent = either("Ponsel ini tidak dapat menyimpan laporan. Coba lagi.", "This phone cannot keep the report. Try again.");
  }
  form.inert = false;
  button.disabled = false;
  button.removeAttribute("aria-busy");
}

/** Refused by the city: back into the form, with what is wrong. */
async function again(row) {
  await lapor.put("reports", { ...row, state: "draft" });
  await draw();
  said.textContent = "";
  for (const [name, problems] of Object.entries(row.errors)) blame(name, problems);
  (form.querySelector("[aria-invalid]") ?? form.querySelector(".cp-error"))?.scrollIntoView({ block: "center" });
}

/** Joined another report instead: this one is not needed any more. */
async function clear() {
  const old = key;
  await saving;
  await lapor.forget(old);
  gone();
  said.textContent = either("Formulir dikosongkan.", "The form is empty again.");
}

/** Sent or waiting: the box above says which; the form is empty and new. */
function gone() {
  said.textContent = "";
  form.reset();
  forgetPlace();
  alike();
  key = newKey();
  listFiles();
  document.querySelector("[data-outbox]").scrollIntoView({ block: "start" });
}

async function photos(input) {
  for (const file of input.files) {
    const held = await lapor.filesOf(key);
    if (held.length >= Number(input.closest("[data-limit]").dataset.limit)) break;
    await lapor.put("files", { id: `${key}/${newKey()}`, report: key, name: file.name, size: file.size, blob: file, state: "kept" });
  }
  input.value = "";
  await keep();
  await listFiles();
  await lapor.upload(key);
  await listFiles();
}

const FILE_WORDS = {
  kept: () => (navigator.onLine ? either("menunggu dikirim", "waiting to be sent") : either("disimpan di ponsel", "kept on the phone")),
  sent: () => either("terkirim", "sent"),
  refused: ({ problem }) => problem || either("tidak dapat diterima", "could not be taken"),
};

async function listFiles() {
  const files = await lapor.filesOf(key);
  const list = document.querySelector("[data-photos] ul");
  for (const image of list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
  list.replaceChildren(...files.map(fileRow));
}

function fileRow(file) {
  const item = document.createElement("li");
  item.dataset.file = file.state;
  if (file.mark) item.dataset.mark = file.mark;
  if (file.blob?.type.startsWith("image/")) {
    const image = new Image();
    image.src = URL.createObjectURL(file.blob);
    image.alt = "";
    item.append(image);
  }
  const words = document.createElement("span");
  words.textContent = `${file.name}: ${FILE_WORDS[file.state](file)}`;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "cp-btn";
  away.textContent = either("Hapus", "Remove");
  away.setAttribute("aria-label", `${away.textContent} ${file.name}`);
  away.addEventListener("click", async () => {
    await lapor.drop("files", file.id);
    await keep();
    await listFiles();
  });
  item.append(words, away);
  return item;
}

if (form) {
  const offered = form.elements.key.value;
  for (const name of ["text", "category"]) form.elements[name].addEventListener("change", alike);
  form.addEventListener("lapor:place", alike);
  form.addEventListener("input", ({ target }) => corrected(target));
  if (await able) {
    key = offered || newKey();
    const chooser = document.querySelector("[data-photos]");
    chooser.hidden = false;
    chooser.querySelector("input").addEventListener("change", ({ target }) => photos(target));
    await restore();
    await listFiles();
    form.addEventListener("input", ({ target }) => target.type !== "file" && keep());
    form.addEventListener("lapor:place", () => keep());
    form.addEventListener("lapor:clear", clear);
    form.addEventListener("submit", submit);
    lapor.wire?.addEventListener("message", listFiles);
    addEventListener("online", () => lapor.upload(key).then(listFiles));
    form.dataset.ready = "yes";
  }
}
