"use strict";
// All missions in a table that can be sorted; one of them on its own by a link to its name.
evacsim.section("missions", (node, data) => {
  const { el, table, chart, axis, timeAxis, key, tooltip, format } = evacsim;
  const part = data.missions;
  const own = el("div", { class: "mission", hidden: true });
  let shown = [];
  document.querySelector("main > .mission")?.remove();
  document.querySelector("main").prepend(own); // its reader need look no further down
  part.tables.forEach((made, k) => {
    const holder = el("details", { open: k === 0 || (window.innerWidth > 900 && part.tables.length < 4) }, el("summary", {}, made.caption));
    node.append(part.tables.length > 1 ? holder : "");
    table(part.tables.length > 1 ? holder : node, made);
  });

  function show(name) {
    shown.forEach((one) => one.dispose());
    shown = [];
    own.replaceChildren();
    own.hidden = name === null;
    if (name === null) return;
    const page = part.pages[name];
    const heading = el("h2", { id: name, tabindex: "-1" }, part.titles[name]);
    own.append(heading);
    if (page.do.length) {
      const sure = page.sure.length ? page.sure : ["Which leaves fewer behind can't be told from these runs."];
      own.append(el("div", { class: "tiles" }, evacsim.whatToDo("h3", `What to do for ${part.titles[name]}`, page.do), evacsim.howSure("h3", sure)));
    }
    table(own, rows(name), { sortable: false });
    own.append(...page.differences.map((text) => el("p", {}, text)));
    if (page.chances) curve(page.chances, part.titles[name]);
    own.append(...page.sentences.map((text) => el("p", {}, text)));
    const waits = page.waited.filter(([, list]) => list.length);
    if (waits.length) {
      own.append(el("h3", {}, "What its people wait for after the order, hours for each of them"));
      own.append(el("ul", {}, waits.map(([label, list]) => el("li", {}, `${label}: ${list.map(([cause, , text]) => `${cause} ${text}`).join(", ")}.`))));
    }
    own.append(el("p", {}, el("a", { href: "#_missions" }, "All missions")));
    heading.focus({ preventScroll: true });
    evacsim.showOnTop(own);
  }

  // The mission's row of each scenario.
  function rows(name) {
    const of = part.tables.map((made) => [made, made.rows.find((row) => row.mission === name)]).filter(([, row]) => row);
    return {
      caption: `${part.titles[name]} in each scenario`, first: "Scenario", columns: part.tables[0].columns,
      rows: of.map(([made, row]) => ({ name: made.caption, mission: null, cells: row.cells })),
      notes: [`${part.tables[0].columns.filter((column) => column.about).map((column) => `${column.title}: ${column.about}`).join("; ")}. Below a number its 95 % interval.`],
    };
  }

  function curve(chances, title) {
    const words = `${title}: chance that all are out by when. ${chances.lines.map((line) => line.words).join(" ")}`;
    const figure = el("figure", {}, el("h3", {}, "Chance that all are out by"), key(chances.lines.map((line) => [line.label, `${line.end} in the end`])));
    own.append(figure);
    const points = (values) => values.map((x, k) => [chances.hours[k], x]);
    shown.push(chart(figure, (palette, width) => ({
      grid: { left: 52, right: 16, top: 12, bottom: 30 },
      tooltip: tooltip((params) => [format.when(params[0].axisValue), ...params.map((p) => [p.seriesName, `${Math.round(p.value[1])} %`])], { trigger: "axis" }),
      xAxis: timeAxis(chances.hours[chances.hours.length - 1], width),
      yAxis: axis({ type: "value", min: 0, max: 100, axisLabel: { formatter: (x) => `${x} %` } }),
      series: chances.lines.flatMap((line, k) => {
        const colour = palette.series[k % 6];
        return [
          { name: line.label, type: "line", step: "end", showSymbol: false, data: points(line.all), lineStyle: { width: 3, color: colour, type: palette.dashes[k % 6] }, itemStyle: { color: colour } },
          { name: `${line.label}: half of them`, type: "line", step: "end", showSymbol: false, data: points(line.half), lineStyle: { width: 1, color: colour, opacity: 0.7 }, itemStyle: { color: colour } },
        ];
      }),
    }), words, { height: "320px" }));
    const ends = chances.lines.map((line) => `${line.label} ${line.end}${line.between ? ` (95 % interval ${line.between})` : ""}`);
    const falls = chances.lines.filter((line) => line.fall !== null).map((line) => `${line.label} ${format.when(line.fall)}`);
    figure.append(el("figcaption", { class: "note" }, `Thick: all are out; thin: half of them. In the end: ${ends.join("; ")}. `,
      falls.length ? `The capital falls in the middle case: ${falls.join("; ")}. ` : "", `Dates in ${format.zone()}.`));
  }
  evacsim.on("mission", show);
});
