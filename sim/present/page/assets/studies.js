"use strict";
// Answers of studies: their sentences, their charts, and as on a terminal their tables, with pictures where no chart is drawn.
evacsim.studies = (node, many) => {
  const { el } = evacsim;
  for (const one of many || []) {
    const box = el("div", { class: "part study" }, el("h3", {}, one.title), one.headlines.map((text, k) => el("p", { class: k ? null : "message" }, text)));
    const small = (part) => el("p", { class: part.small ? "note" : null }, part.text);
    const table = (part) => el("div", { class: "table", role: "region", tabindex: "0", "aria-label": one.title },
      el("table", {}, el("caption", { class: "hidden" }, one.title),
        el("thead", {}, el("tr", {}, part.head.map(([text, numbers]) => el("th", { scope: "col", class: numbers ? "number" : null }, text)))),
        el("tbody", {}, part.rows.map(([bold, cells]) => el("tr", { class: bold ? "bold" : null }, cells.map(([text, under], k) =>
          el(k ? "td" : "th", { scope: k ? null : "row", class: part.head[k][1] ? "number" : null }, text, under ? el("small", {}, under) : null)))))));
    node.append(box);
    for (const made of one.charts || []) evacsim.figure(box, made);
    box.append(...one.parts.map((part) => (part.head ? table(part) : small(part))));
    box.append(...one.pictures.map((picture) => el("figure", {}, el("img", { src: picture.source, alt: picture.alt, loading: "lazy" }))));
    if (one.command) box.append(el("p", { class: "note" }, el("code", {}, one.command)));
  }
};
evacsim.section("decisions", (node, data) => evacsim.studies(node, data.decisions.studies));
evacsim.section("checks", (node, data) => evacsim.studies(node, data.checks.studies));
