// The sheet to type one price into: yesterday's by one tap, up to three traders, a question where it moved far.
import { $, amount, dayName, either, made, middle, rupiah } from "./price-words.js";

const sheet = $("[data-sheet]");
const form = $("form", sheet);
const slot = (name) => $(`[data-slot=${name}]`, sheet);
const MOST = 3;
let now = null; // { good, last, done, asked }

function field(value = "") {
  const number = $("[data-quotes]", sheet).children.length + 1;
  const label = made("label", `${either("Pedagang", "Trader")} ${number}`, { class: "op-field" });
  const input = made("input", "", { inputmode: "numeric", autocomplete: "off", maxlength: "14", name: "quote", enterkeyhint: "done" });
  input.value = value;
  input.placeholder = now.last ? String(now.last[1]) : "";
  label.append(input);
  $("[data-quotes]", sheet).append(label);
  $("[data-do=more]", sheet).hidden = number >= MOST;
  return input;
}

const typed = () => [...sheet.querySelectorAll("[name=quote]")].map((input) => input.value).filter((text) => text.trim());

/** The quotes as numbers, or null where one cannot be read. */
function quotes() {
  const found = typed().map(amount);
  return found.length && !found.includes(null) ? found : null;
}

function calm() {
  slot("problem").textContent = "";
  slot("question").hidden = true;
  now.asked = false;
  $("[data-do=keep]", sheet).textContent = either("Simpan", "Keep");
  const found = quotes();
  slot("middle").textContent = found && found.length > 1 ? `${either("Harga tengah", "Median")}: ${rupiah(middle(found))}` : "";
}

/** Why a price wants a second look; empty where it does not. The server asks the same. */
function question(price) {
  const { good, last } = now;
  const parts = [];
  if ((good.low && price < good.low) || (good.high && price > good.high)) {
    parts.push(either(`${rupiah(price)} di luar kewajaran ${good.name}.`, `${rupiah(price)} is beyond what ${good.name} costs.`));
  }
  if (last) {
    const change = price / last[1] - 1;
    if (Math.abs(change) > good.ask) {
      const share = `${change > 0 ? "+" : "−"}${Math.round(Math.abs(change) * 100)} %`;
      parts.push(either(`${share} dari ${rupiah(last[1])} (${dayName(last[0])}).`, `${share} from ${rupiah(last[1])} (${dayName(last[0])}).`));
    }
  }
  return parts.join(" ");
}

/** Opens the sheet; `keep(quotes, price, confirmed)` gets what was typed. */
export function open(good, last, kept, keep) {
  now = { good, last, keep, asked: false };
  slot("name").textContent = `${good.name} (${good.unit})`;
  slot("hint").textContent = last ? `${either("Terakhir", "Last")}: ${rupiah(last[1])}, ${dayName(last[0])}` : either("Belum pernah dicatat di sini.", "Never written here yet.");
  const same = $("[data-do=same]", sheet);
  same.hidden = !last;
  if (last) same.textContent = either(`Tetap ${rupiah(last[1])}`, `Still ${rupiah(last[1])}`);
  $("[data-quotes]", sheet).replaceChildren();
  const first = field(kept ? String(kept) : "");
  calm();
  sheet.showModal();
  first.focus();
}

function finish(found, confirmed) {
  sheet.close();
  now.keep(found, middle(found), confirmed);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  const found = quotes();
  if (!found) {
    slot("problem").textContent = either("Tulis rupiah bulat, misalnya 13600.", "Write whole rupiah, for example 13600.");
    return;
  }
  const doubt = now.asked ? "" : question(middle(found));
  if (!doubt) return finish(found, now.asked);
  now.asked = true;
  slot("question").textContent = `${doubt} ${either("Benar demikian?", "Is it so?")}`;
  slot("question").hidden = false;
  $("[data-do=keep]", sheet).textContent = either("Ya, benar", "Yes, it is");
});
sheet.addEventListener("input", calm);
$("[data-do=same]", sheet).addEventListener("click", () => finish([now.last[1]], false));
$("[data-do=more]", sheet).addEventListener("click", () => field().focus());
$("[data-do=close]", sheet).addEventListener("click", () => sheet.close());
