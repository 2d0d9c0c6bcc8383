// A receipt's buttons: number and PIN to the clipboard, the link to whom the citizen likes. The PIN is never shared.
const english = document.documentElement.lang === "en";

/** Shows the buttons that this browser can serve, and lets them work. */
export function handOn(card, { number, pin, link }) {
  const row = card.querySelector("[data-hand-on]");
  if (!row) return;
  const [copy, share, said] = [row.querySelector("[data-hand=copy]"), row.querySelector("[data-hand=share]"), row.querySelector("[role=status]")];
  const address = link ? new URL(link, location.origin).href : "";
  const name = english ? "Report" : "Laporan";
  row.hidden = !navigator.clipboard && !(navigator.share && address);
  copy.hidden = !navigator.clipboard;
  share.hidden = !navigator.share || !address;
  copy.addEventListener("click", async () => {
    const words = [`${name} ${number}`, pin && `PIN ${pin}`, address].filter(Boolean).join("\n");
    said.textContent = await navigator.clipboard.writeText(words).then(() => copy.dataset.said, () => copy.dataset.failed);
  });
  share.addEventListener("click", () => navigator.share({ title: `${name} ${number}`, url: address }).catch(() => {}));
}

for (const card of document.querySelectorAll(".cp-receipt[data-number]")) {
  handOn(card, { number: card.dataset.number, pin: card.dataset.pinWords, link: card.dataset.link });
}
