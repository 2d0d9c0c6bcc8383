// The citizen's form: the place where he stands, reports that may be the same, and a draft that survives a lost network.
const form = document.querySelector("[data-report]");
const DRAFT = "cc-report-draft";
const KEPT = ["text", "category", "address", "lat", "lng", "name", "phone", "email", "key"];
const said = document.querySelector("[data-draft-said]");
const english = document.documentElement.lang === "en";
const either = (id, en) => (english ? en : id);

function keep() {
  const draft = Object.fromEntries(KEPT.map((name) => [name, form.elements[name]?.value ?? ""]));
  if (draft.text.trim()) localStorage.setItem(DRAFT, JSON.stringify(draft));
  else localStorage.removeItem(DRAFT);
}

function restore() {
  const draft = JSON.parse(localStorage.getItem(DRAFT) ?? "null");
  if (!draft || form.elements.text.value) return;
  for (const name of KEPT) if (form.elements[name]) form.elements[name].value = draft[name] ?? "";
  said.textContent = either("Draf Anda yang belum terkirim dipulihkan.", "Your unsent draft was restored.");
}

async function send(event) {
  if (!navigator.onLine) {
    event?.preventDefault();
    keep();
    said.textContent = either(
      "Tidak ada jaringan. Laporan disimpan di ponsel ini dan dikirim begitu jaringan kembali.",
      "No network. The report is kept on this phone and sent when the network is back.",
    );
    addEventListener("online", () => form.requestSubmit(), { once: true });
    return;
  }
  keep(); // the receipt page clears it: a send that fails on the way loses nothing
}

function here() {
  const word = document.querySelector("[data-here-said]");
  word.textContent = "…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      form.elements.lat.value = coords.latitude.toFixed(6);
      form.elements.lng.value = coords.longitude.toFixed(6);
      word.textContent = either(`Tempat dipakai (± ${Math.round(coords.accuracy)} m).`, `Place taken (± ${Math.round(coords.accuracy)} m).`);
      alike();
    },
    () => {
      word.textContent = either("Tempat tidak diketahui. Tulis alamatnya.", "The place is unknown. Write the address.");
    },
    { enableHighAccuracy: true, timeout: 15000 },
  );
}

let asked = 0;
async function alike() {
  const { lat, lng, category, text } = form.elements;
  if (!lat.value) return;
  const mine = ++asked;
  const query = new URLSearchParams({ lat: lat.value, lng: lng.value, category: category.value, text: text.value.slice(0, 300) });
  const answer = await fetch(`/lapor/mirip.json?${query}`).catch(() => null);
  if (!answer?.ok || mine !== asked) return;
  const { reports } = await answer.json();
  const box = document.querySelector("[data-alike]");
  box.hidden = !reports.length;
  box.querySelector("ul").replaceChildren(
    ...reports.map((row) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `/lapor/${row.number}/`;
      link.textContent = `${row.text} (${row.status}, ${row.metres} m)`;
      item.append(link);
      return item;
    }),
  );
}

async function photos(input) {
  const list = document.querySelector("[data-photos] ul");
  for (const file of input.files) {
    const item = document.createElement("li");
    item.textContent = `${file.name} …`;
    list.append(item);
    const body = new FormData();
    body.append("file", file);
    body.append("draft", form.elements.key.value);
    body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
    const answer = await fetch("/lapor/berkas/", { method: "POST", body }).catch(() => null);
    const said = answer?.ok ? either("terkirim", "sent") : ((await answer?.json().catch(() => null))?.problem ?? either("gagal, coba lagi", "failed, try again"));
    item.textContent = `${file.name}: ${said}`;
  }
  input.value = "";
}

if (form) {
  const chooser = document.querySelector("[data-photos]");
  chooser.hidden = false;
  chooser.querySelector("input").addEventListener("change", ({ target }) => photos(target));
  restore();
  form.addEventListener("input", keep);
  form.addEventListener("submit", send);
  for (const name of ["text", "category"]) form.elements[name].addEventListener("change", alike);
  if (navigator.geolocation) {
    const button = document.querySelector("[data-here]");
    button.hidden = false;
    button.addEventListener("click", here);
  }
}
