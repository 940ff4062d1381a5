"use strict";
// The top of the page: what to do, how sure, and what would happen to whom.
evacsim.section("answer", (node, data) => {
  const { el } = evacsim;
  const part = data.answer;
  const texts = (many) => many.map((text) => el("p", {}, text));
  node.append(
    el(
      "div",
      { class: "tiles" },
      el("div", { class: "tile do" }, el("h3", {}, "What to do"), texts(part.do)),
      el("div", { class: "tile sure" }, el("h3", {}, "How sure"), texts(part.sure)),
    ),
    el("h3", {}, "What would happen to whom"),
    el(
      "div",
      { class: "tiles" },
      part.whom.map((one, k) =>
        el(
          "div",
          { class: `tile whom series-${(k % 6) + 1}` },
          el("h4", {}, one.label),
          el("dl", {}, el("dt", {}, "All are out"), el("dd", {}, one.odds || "–"), el("dt", {}, `Left behind, of ${one.of}`), el("dd", {}, one.left || "–")),
          one.hit ? el("p", {}, one.hit) : null,
        ),
      ),
    ),
    part.warnings.map((text) => el("p", { class: "warn" }, `Warning: ${text}.`)),
    el("details", { open: data.scenarios.length === 1 }, el("summary", {}, "The whole answer in sentences"), texts(part.sentences)),
  );
});
