// The officers' app: four places by the hash, one queue, own state. Each place has its own module.
import { $ } from "./officer-words.js";
import "./officer-outbox.js";
import { start as days } from "./officer-days.js";
import { start as duty } from "./officer-duty.js";
import { start as push } from "./officer-push.js";
import { start as report } from "./officer-report.js";
import { start as sos } from "./officer-sos.js";
import { start as tasks } from "./officer-tasks.js";

const TABS = ["tugas", "lapor", "hadir", "sos"];

function go() {
  const wanted = location.hash.slice(1);
  const tab = TABS.includes(wanted) ? wanted : TABS[0];
  for (const part of document.querySelectorAll("[data-tab]")) part.hidden = part.dataset.tab !== tab;
  for (const link of document.querySelectorAll(".op-nav a")) {
    if (link.hash === `#${tab}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  scrollTo(0, 0);
}

const network = () => ($("[data-offline]").hidden = navigator.onLine);
for (const event of ["online", "offline"]) addEventListener(event, network);
addEventListener("hashchange", go);
network();
go();
report();
sos();
tasks();
days();
const worker = navigator.serviceWorker?.register(`/petugas/sw.js?lang=${document.documentElement.lang}`, { scope: "/petugas/" }).catch(() => {});
push(worker);
await duty();
document.body.dataset.ready = "yes";
