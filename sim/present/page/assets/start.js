"use strict";
// Tools, the link to a mission, and then all sections.
(() => {
  const { el, data } = evacsim;
  const tools = document.getElementById("_tools");
  const find = el(
    "select",
    { id: "_find", onchange: () => (location.hash = find.value ? `#${find.value}` : "#_missions") },
  );
  function names() {
    const chosen = evacsim.state.mission || "";
    find.replaceChildren(
      el("option", { value: "" }, "Find your mission …"),
      ...Object.entries(data.titles).sort((a, b) => a[1].localeCompare(b[1], "en")).map(([name, title]) => el("option", { value: name }, title)),
    );
    find.value = chosen;
  }
  names();
  evacsim.always("update", names);
  const theme = el("button", { type: "button", id: "_theme", onclick: () => evacsim.toggleTheme() });
  evacsim.always("theme", (now) => (theme.textContent = now === "dark" ? "Light colours" : "Dark colours"));
  if (data.live || Object.keys(data.titles).length) tools.append(el("label", { for: "_find" }, "Your mission: "), find);
  tools.append(theme);

  // The mission of the address; without one that which the command asked for.
  function follow() {
    let name = "";
    try {
      name = decodeURIComponent(location.hash.slice(1)) || data.mission;
    } catch {
      return; // no name of ours
    }
    const mission = Object.hasOwn(data.titles, name) ? name : null;
    find.value = mission || "";
    evacsim.select(mission);
  }
  // A link to a section leaves the mission where it is, but for that to all missions.
  window.addEventListener("hashchange", () => {
    const section = document.getElementById(location.hash.slice(1));
    if (!section || !section.matches("main > section")) follow();
    else if (section.id === "_missions") {
      follow();
      section.scrollIntoView({ behavior: "instant" }); // what stood above it has gone
    }
  });
  evacsim.always("update", follow);
  evacsim.start();
  follow();
  // A page that is loaded again is scrolled to where it was, after its scripts: to the mission all the same.
  window.addEventListener("load", () => {
    const heading = evacsim.state.mission && document.getElementById(evacsim.state.mission);
    if (heading) setTimeout(() => evacsim.showOnTop(heading.parentElement));
  });
  document.getElementById("_foot").append(
    el("p", {}, `evacsim ${data.version}. ${data.scenarios.length ? `Times are ${evacsim.format.zone()}.` : ""} Nothing on this page is loaded over the network.`),
  );
  document.documentElement.dataset.ready = "yes";
})();
