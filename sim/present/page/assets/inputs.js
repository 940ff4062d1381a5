"use strict";
// The inputs by grade of evidence; a table of each grade when it is opened, so that a page of a thousand rows opens at once.
evacsim.section("inputs", (node, data) => {
  const { el } = evacsim;
  const part = data.inputs;
  const whole = part.rows.length;
  node.append(el("p", {}, `${whole.toLocaleString("en")} inputs: ${part.grades.map(([grade, , many]) => `${many.toLocaleString("en")} ${grade}`).join(", ")}. Each has its source; values are as the scenario writes them, ranges in base units.`));
  const find = el("input", { type: "search", id: "_input", oninput: () => groups.forEach((one) => one.fill()), placeholder: "path, source …" });
  node.append(el("p", { class: "screen" }, el("label", { for: "_input" }, "Find an input "), find));
  const several = data.scenarios.length > 1;
  const who = part.groups.map((group) => (group.length === data.scenarios.length ? "all" : group.map((k) => data.scenarios[k].label).join(", ")));
  const heads = ["Input", "Value", "Range", "Kind", ...(several ? ["Scenarios"] : []), "Source"];
  const groups = part.grades.map(([grade, text, many]) => {
    const rows = part.rows.filter((row) => (row[5] || "none") === grade);
    const body = el("tbody");
    const note = el("p", { class: "note" });
    const details = el("details", { ontoggle: () => fill() }, el("summary", {}, `${grade}: ${text} (${many.toLocaleString("en")})`),
      el("div", { class: "table", role: "region", tabindex: "0", "aria-label": `Inputs: ${grade}` },
        el("table", { class: "inputs" }, el("caption", { class: "hidden" }, `Inputs: ${grade}`), el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))), body)), note);
    function fill() {
      const wanted = find.value.trim().toLowerCase();
      const some = wanted ? rows.filter((row) => `${row[0]} ${part.abouts[row[1]]} ${part.sources[row[6]]}`.toLowerCase().includes(wanted)) : rows;
      if (wanted && some.length && !details.open) details.open = true;
      if (!details.open) return;
      body.replaceChildren(...some.map((row) => el("tr", {}, el("th", { scope: "row" }, row[0], el("small", {}, part.abouts[row[1]])), el("td", {}, row[2]), el("td", {}, row[3]), el("td", {}, row[4]),
        several ? el("td", {}, who[row[7]]) : null, el("td", {}, part.sources[row[6]]))));
      note.textContent = some.length < rows.length ? `${some.length.toLocaleString("en")} of ${rows.length.toLocaleString("en")} shown.` : "";
    }
    node.append(details);
    return { fill };
  });
});
