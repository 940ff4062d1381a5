"use strict";
// The top of the page: what to do, how sure, and what would happen to whom.
evacsim.section("answer", (node, data) => {
  const { el } = evacsim;
  const part = data.answer;
  const few = 3;
  const warning = (text) => el("p", { class: "warn" }, `Warning: ${text}.`);
  node.append(
    el(
      "div",
      { class: "tiles" },
      evacsim.whatToDo("h3", "What to do", part.do),
      evacsim.howSure("h3", part.sure),
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
          el("dl", {}, one.facts.map(([what, main, beside]) => [el("dt", {}, what), el("dd", {}, main, beside ? el("small", {}, beside) : null)])),
          one.hit ? el("p", {}, one.hit) : null,
        ),
      ),
    ),
    part.yours ? el("p", {}, el("label", { class: "yours", for: "_find" }, part.yours)) : "",
    ...part.warnings.slice(0, few).map(warning),
    part.warnings.length > few ? el("details", {}, el("summary", {}, `${part.warnings.length - few} more warnings`), part.warnings.slice(few).map(warning)) : "",
    el("details", { open: data.scenarios.length === 1 }, el("summary", {}, "The whole answer in sentences"), part.sentences.map((text) => el("p", {}, text))),
    part.more ? el("p", { class: "note" }, part.more) : "",
  );
});
