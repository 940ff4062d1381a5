"use strict";
// All missions in a table that can be sorted; one of them on its own by a link to its name.
evacsim.section("missions", (node, data) => {
  const { el, table } = evacsim;
  const part = data.missions;
  const own = el("div", { class: "mission", hidden: true, "aria-live": "polite" });
  node.append(own);
  part.tables.forEach((made) => table(node, made));

  function show(name) {
    own.replaceChildren();
    own.hidden = name === null;
    if (name === null) return;
    const page = part.pages[name];
    const heading = el("h3", { id: name, tabindex: "-1" }, part.titles[name]);
    own.append(heading, ...page.sentences.map((text) => el("p", {}, text)));
    table(own, { ...page.rows, caption: part.titles[name] }, { sortable: false });
    own.append(el("p", {}, el("a", { href: "#_missions" }, "All missions")));
    heading.focus({ preventScroll: true });
    own.scrollIntoView();
  }
  evacsim.on("mission", show);
});
