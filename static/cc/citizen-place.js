// Where it is: the place where the citizen stands, or a point he chooses on a map that only comes when he asks for it.
const form = document.querySelector("[data-report]");
const said = document.querySelector("[data-here-said]");
const away = document.querySelector("[data-no-place]");
const english = document.documentElement.lang === "en";
const either = (id, en) => (english ? en : id);
let box = null;

/** Says that a place is known, and offers to take it away again. */
function show(words) {
  said.textContent = words;
  away.hidden = !form.elements.lat.value;
}

function set(lat, lng, words) {
  form.elements.lat.value = lat;
  form.elements.lng.value = lng;
  show(words);
  form.dispatchEvent(new CustomEvent("lapor:place"));
}

/** No place, no words and no map: the form is new. */
export function forgetPlace() {
  for (const name of ["lat", "lng"]) form.elements[name].value = "";
  show("");
  close();
}

/** A draft that came back has its place still. */
export function placeKept() {
  if (form.elements.lat.value) show(either("Tempat dari draf dipakai.", "The draft's place is used."));
}

function here() {
  said.textContent = "…";
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      const metres = Math.round(coords.accuracy);
      set(coords.latitude.toFixed(6), coords.longitude.toFixed(6), either(`Tempat dipakai (± ${metres} m).`, `Place taken (± ${metres} m).`));
      // An open map moves its mark.
      for (const name of ["lat", "lng"]) form.elements[name].dispatchEvent(new Event("input", { bubbles: true }));
    },
    () => show(either("Tempat tidak diketahui. Tulis alamatnya.", "The place is unknown. Write the address.")),
    { enableHighAccuracy: true, timeout: 15000 },
  );
}

function close() {
  box?.remove();
  box = null;
  const button = document.querySelector("[data-pick-place]");
  button.textContent = button.dataset.open;
  button.setAttribute("aria-expanded", "false");
  document.querySelector("[data-pick-hint]").hidden = true;
  document.querySelector("[data-pick-outside]").hidden = true;
}

/** The map with its library is nearly 200 kB: it is fetched here and never before. */
async function pick(button) {
  if (box) {
    close();
    return;
  }
  const { leafletJs, leafletCss, tiles, label } = button.dataset;
  box = document.createElement("div");
  box.className = "cp-pick";
  box.style.blockSize = "min(55vh, 24rem)";
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", label);
  Object.assign(box.dataset, { lat: "id_lat", lng: "id_lng", areas: "/lapor/peta/wilayah.geojson", names: "", leafletJs, leafletCss, tiles });
  document.querySelector("[data-pick-hint]").after(box);
  box.addEventListener("cc-point", ({ detail }) => (document.querySelector("[data-pick-outside]").hidden = !detail.outside));
  button.setAttribute("aria-busy", "true");
  const mine = box;
  try {
    const { mount } = await import("./point.js");
    await mount(mine);
    if (box !== mine) return;
    button.textContent = button.dataset.close;
    button.setAttribute("aria-expanded", "true");
    document.querySelector("[data-pick-hint]").hidden = false;
    mine.scrollIntoView({ block: "nearest" });
  } catch {
    close();
    show(either("Peta belum dapat dimuat: perlu jaringan. Tulis alamatnya.", "The map cannot be loaded: it needs a network. Write the address."));
  } finally {
    button.removeAttribute("aria-busy");
  }
}

if (form) {
  const stand = document.querySelector("[data-here]");
  if (navigator.geolocation) {
    stand.hidden = false;
    stand.addEventListener("click", here);
  }
  const map = document.querySelector("[data-pick-place]");
  if (map.dataset.leafletJs) {
    map.hidden = false;
    map.addEventListener("click", () => pick(map));
  }
  form.elements.lng.addEventListener("change", () => {
    set(form.elements.lat.value, form.elements.lng.value, either("Tempat di peta dipakai.", "The place on the map is used."));
  });
  away.addEventListener("click", () => {
    forgetPlace();
    form.dispatchEvent(new CustomEvent("lapor:place"));
  });
}
