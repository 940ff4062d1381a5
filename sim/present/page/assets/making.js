"use strict";
// How it was made, and the scenarios to copy.
evacsim.section("making", (node, data) => {
  const { el } = evacsim;
  const part = data.making;
  node.append(el("dl", { class: "facts" }, part.facts.map(([name, texts]) => [el("dt", {}, name), texts.map((text) => el("dd", {}, name === "Commands" || name === "This page" ? el("code", {}, text) : text))])));
  for (const file of part.files) {
    const text = () => `${file.lines.map((k) => part.lines[k]).join("\n")}\n`;
    const area = el("textarea", { readonly: true, rows: "16", spellcheck: "false", "aria-label": `The scenario ${file.name}` });
    const said = el("span", { role: "status" });
    const copy = el("button", { type: "button", onclick: async () => {
      area.value = text();
      area.focus();
      area.select();
      try {
        await navigator.clipboard.writeText(area.value);
        said.textContent = " copied";
      } catch {
        said.textContent = document.execCommand("copy") ? " copied" : " selected: copy it with the keyboard";
      }
    } }, "Copy");
    node.append(el("details", { class: "screen", ontoggle: () => { if (!area.value) area.value = text(); } }, el("summary", {}, `The scenario ${file.name}, ${file.lines.length.toLocaleString("en")} lines`), el("p", {}, copy, said), area));
  }
});
