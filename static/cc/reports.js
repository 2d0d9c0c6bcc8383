// The page of a report: canned texts fill the box, the field for the right body comes with its outcome.
document.addEventListener("change", ({ target }) => {
  if (target.dataset.fills && target.value) {
    const box = document.getElementById(target.dataset.fills);
    box.value = box.value ? `${box.value}\n${target.value}` : target.value;
    box.focus();
    target.value = "";
  }
  if (target.name === "status") {
    const form = target.form;
    for (const field of form.querySelectorAll("[data-only]")) {
      field.hidden = field.dataset.only !== target.value;
      field.querySelector("input").required = !field.hidden;
    }
    form.querySelector("[name=text]").required = "needsText" in target.dataset;
  }
});

// A key that unfolds a step puts the cursor into its first box.
document.addEventListener("toggle", ({ target }) => {
  if (target.open) target.querySelector("textarea, select, input:not([type=hidden])")?.focus();
}, true);
