// Boxes before the rows of the inbox: what was chosen stays chosen when the list renews itself; the form comes up with it.
const form = document.querySelector("[data-bulk]");
const chosen = new Set();

function show() {
  form.hidden = !chosen.size;
  form.querySelector("[data-bulk-count]").textContent = chosen.size;
  form.querySelector("[data-bulk-numbers]").replaceChildren(
    ...[...chosen].map((number) => {
      const field = document.createElement("input");
      field.type = "hidden";
      field.name = "n";
      field.value = number;
      return field;
    }),
  );
  for (const box of document.querySelectorAll("[data-bulk-box]")) box.checked = chosen.has(box.value);
}

function deed() {
  const wanted = form.querySelector("[name=deed]").value;
  const outcome = form.querySelector("[name=status]").value;
  for (const field of form.querySelectorAll("[data-for]")) {
    field.hidden =
      !field.dataset.for.split(" ").includes(wanted) || !(field.dataset.outcome ?? outcome).includes(outcome);
    for (const input of field.querySelectorAll("input, select, textarea")) input.disabled = field.hidden;
  }
}

if (form) {
  document.addEventListener("change", ({ target }) => {
    if (target.matches("[data-bulk-box]")) {
      if (target.checked) chosen.add(target.value);
      else chosen.delete(target.value);
      show();
    }
    if (target.matches("[data-bulk-all]")) {
      for (const box of document.querySelectorAll("[data-bulk-box]")) {
        if (target.checked) chosen.add(box.value);
        else chosen.delete(box.value);
      }
      show();
    }
    if (target.matches("#bulk-deed, #bulk-status")) deed();
  });
  new MutationObserver(() => {
    for (const box of document.querySelectorAll("[data-bulk-box]")) box.checked = chosen.has(box.value);
  }).observe(document.querySelector("[data-live-part=rows]"), { childList: true, subtree: true });
  deed();
}
