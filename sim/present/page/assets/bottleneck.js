"use strict";
// Which cause is the bottleneck, by the day: causes down in travel order, time to the right, shade the share of the replications.
evacsim.section("bottleneck", (node, data) => {
  const { el } = evacsim;
  const part = data.bottleneck;
  if (part.strips) {
    node.append(el("p", { class: "message" }, part.title), el("p", { class: "note" }, part.under));
    evacsim.panels.strips(node, part, [], "h3");
  }
  evacsim.studies(node, part.studies);
});
