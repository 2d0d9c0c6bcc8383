// The month grid by keyboard: arrows walk, Home and End go to the ends of a row, Page keys ten rows, Enter opens.
const table = document.querySelector("[data-month-grid]");
document.querySelector("[data-print]")?.addEventListener("click", () => print());

if (table) {
  const rows = [...table.tBodies[0].rows];
  const link = (row, column) => rows[row]?.cells[column]?.querySelector("a");
  let current = null;

  for (const one of table.tBodies[0].querySelectorAll("a")) one.tabIndex = -1;

  /** Makes one link the grid's only tab stop. */
  const choose = (one, focus = true) => {
    if (!one) return;
    if (current) current.tabIndex = -1;
    current = one;
    current.tabIndex = 0;
    if (focus) current.focus();
  };
  choose(table.tBodies[0].querySelector("a"), false);

  // A narrow screen begins at today, not at the first of the month.
  const today = table.tHead.querySelector("[aria-current]");
  const wrap = table.closest(".om-wrap");
  if (today) wrap.scrollLeft = today.offsetLeft + today.offsetWidth * 2 - wrap.clientWidth;

  /** The next link from a cell in a direction; empty days are passed over. */
  const walk = (row, column, down, right) => {
    for (let [r, c] = [row + down, column + right]; r >= 0 && r < rows.length && c >= 0 && c < rows[r].cells.length; r += down, c += right) {
      const found = link(r, c);
      if (found) return found;
    }
    return null;
  };

  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest("td, th");
    if (!cell || !table.tBodies[0].contains(cell) || event.ctrlKey || event.altKey || event.metaKey) return;
    const row = rows.indexOf(cell.parentElement);
    const column = cell.cellIndex;
    const last = rows[row].cells.length;
    const to = {
      ArrowLeft: () => walk(row, column, 0, -1),
      ArrowRight: () => walk(row, column, 0, 1),
      ArrowUp: () => walk(row, column, -1, 0),
      ArrowDown: () => walk(row, column, 1, 0),
      Home: () => walk(row, -1, 0, 1),
      End: () => walk(row, last, 0, -1),
      PageUp: () => link(Math.max(0, row - 10), column) ?? walk(Math.max(0, row - 10), column, -1, 0),
      PageDown: () => link(Math.min(rows.length - 1, row + 10), column) ?? walk(Math.min(rows.length - 1, row + 10), column, 1, 0),
    }[event.key];
    if (!to) return;
    event.preventDefault();
    choose(to());
  });
  table.addEventListener("focusin", (event) => event.target.matches("tbody a") && choose(event.target, false));
}
