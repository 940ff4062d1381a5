"use strict";
// Who is left behind and why: bars of people by what held them and by what had cost them most.
evacsim.section("left", (node, data) => {
  const { el, chart, axis, key, tooltip, format } = evacsim;
  const part = data.left;
  node.append(...part.sentences.map((text) => el("p", {}, text)));
  const each = el("div", { class: "panels" });
  node.append(each);
  const label = (x) => (x >= 1 ? format.people(Math.round(x)) : x > 0 ? format.people(x) : "");
  for (const made of part.charts) {
    if (made.bars.length > 4) {
      evacsim.table(each, {
        caption: made.title, first: "Scenario", columns: made.states.map((title) => ({ title, numeric: true, about: "" })),
        rows: made.bars.map((bar) => ({ name: bar.label, mission: null, cells: bar.people.map((x) => [x ? label(x) : "0", "", x]) })),
        notes: ["People on average over the replications."],
      });
      continue;
    }
    const figure = el("figure", {}, el("h3", {}, made.title), made.bars.length > 1 ? key(made.bars.map((bar) => [bar.label]), "bar") : null);
    each.append(figure);
    chart(figure, (palette, width) => {
      const names = Math.min(200, width * 0.4);
      return {
        ...(made.bars.length > 1 ? evacsim.decals : {}),
        grid: { left: names + 8, right: 56, top: 8, bottom: 28 },
        tooltip: tooltip((p) => [made.states[p.dataIndex], [p.seriesName, `${label(p.value) || "nobody"} on average`]], { trigger: "item" }),
        xAxis: axis({ type: "value", axisLabel: { formatter: (x) => format.people(x) } }),
        yAxis: axis({ type: "category", inverse: true, data: made.states, axisLabel: { interval: 0, width: names, overflow: "break", lineHeight: 14 }, splitLine: { show: false }, axisTick: { show: false } }),
        series: made.bars.map((bar, k) => ({
          name: bar.label, type: "bar", data: bar.people, itemStyle: { color: palette.series[k % 6] }, barGap: "10%",
          label: { show: true, position: "right", color: palette.ink, fontSize: 12, formatter: (p) => label(p.value) },
        })),
      };
    }, made.bars.map((bar) => bar.words).join(" "), { height: `${made.states.length * (18 + 18 * made.bars.length) + 60}px` });
    figure.append(el("figcaption", { class: "note" }, "People on average over the replications."));
  }
});
