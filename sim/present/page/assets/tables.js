"use strict";
// A table of the data: {caption, first, columns: [{title, numeric, about}], rows: [{name, mission, cells: [[text, under, key]]}], notes}
// sortable by its headings; the last row stays last where it is that of everybody.
evacsim.table = (node, made, { sortable = true, folded = false, heading = "h3" } = {}) => {
  const { el } = evacsim;
  const last = (row) => row.mission === null && row.name === "all together";
  const keyOf = (row, k) => {
    if (k < 0) return row.name;
    const cell = row.cells[k];
    return made.columns[k].numeric ? (cell.length > 2 ? cell[2] : null) : cell[0];
  };
  const before = (a, b) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b), "en");
  };
  let rows = made.rows;
  const body = el("tbody");
  const heads = [{ title: made.first, numeric: false, about: "" }, ...made.columns];
  const cells = heads.map((head, k) => {
    const attrs = { scope: "col", class: head.numeric ? "number" : null, title: head.about || null };
    if (!sortable) return el("th", attrs, head.title);
    return el("th", { ...attrs, "aria-sort": "none" }, el("button", { type: "button", class: "sort", onclick: () => sort(k - 1) }, head.title));
  });
  function sort(k) {
    const cell = cells[k + 1];
    const down = cell.getAttribute("aria-sort") === "none" ? k >= 0 && made.columns[k].numeric : cell.getAttribute("aria-sort") !== "descending";
    for (const other of cells) other.setAttribute("aria-sort", "none");
    cell.setAttribute("aria-sort", down ? "descending" : "ascending");
    rows = [...made.rows].sort((a, b) => {
      if (last(a) || last(b)) return last(a) - last(b);
      const [x, y] = [keyOf(a, k), keyOf(b, k)];
      const order = before(x, y);
      return down && x !== null && y !== null ? -order : order;
    });
    fill();
  }
  function fill() {
    body.replaceChildren(
      ...rows.map((row) =>
        el(
          "tr",
          { class: last(row) ? "together" : null },
          el("th", { scope: "row" }, row.mission ? el("a", { href: `#${row.mission}` }, row.name) : row.name),
          row.cells.map((cell, k) =>
            el("td", { class: made.columns[k].numeric ? "number" : null, "data-title": made.columns[k].title },
              el("span", { class: "value" }, cell[0]), cell[1] ? el("small", {}, cell[1]) : null),
          ),
        ),
      ),
    );
  }
  fill();
  const whole = el(
    "div",
    { class: "table", role: "region", tabindex: "0", "aria-label": made.caption || made.first },
    el("table", {}, made.caption ? el("caption", {}, made.caption) : null, el("thead", {}, el("tr", {}, cells)), body),
  );
  node.append(whole, ...(made.notes || []).map((note) => el("p", { class: "note" }, note)));
  return whole;
};
