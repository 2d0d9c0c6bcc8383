// The 112 desk: what was chosen by a digit or a click is followed by the caller's words, without the mouse.
const text = document.getElementById("text");
let arrow = false;

document.addEventListener("keydown", ({ key, target }) => {
  arrow = key.startsWith("Arrow"); // walks between the choices and stays there
  if (key === "Escape" && target.matches("#call input")) target.blur(); // so that P and S close the call again
}, true);
document.addEventListener("pointerdown", () => (arrow = false), true);
document.getElementById("call").addEventListener("click", ({ target }) => {
  if (target.matches("[name=category]") && !arrow) text.focus();
});
