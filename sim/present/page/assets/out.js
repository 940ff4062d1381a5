"use strict";
// People out over time: the means of all scenarios, and each with its bands.
evacsim.section("out", (node, data) => {
  const { el, chart, axis, timeAxis, key, tooltip, format } = evacsim;
  const part = data.out;
  const several = part.lines.length > 1;
  const top = Math.max(...part.lines.map((line) => Math.max(line.to_move, line.high90[line.high90.length - 1])));
  node.append(el("p", { class: "message" }, part.title));
  if (part.before) node.append(el("p", { class: "note" }, part.before));
  const last = part.hours[part.hours.length - 1];
  const time = (width) => timeAxis(last, width);
  const people = () => axis({ type: "value", min: 0, max: Math.ceil(top), axisLabel: { formatter: (x) => format.people(x), showMaxLabel: false } });
  const points = (values) => values.map((x, k) => [part.hours[k], x]);
  const at = (params) => `${format.when(params[0].axisValue)}, ${format.hours(params[0].axisValue)} after the start`;

  if (several && part.lines.length <= 4) {
    const figure = el("figure", {}, key(part.lines.map((line) => [line.label, `${format.people(Math.round(line.in_the_end))} out on average`])));
    node.append(figure);
    chart(figure, (palette, width) => ({
      grid: { left: 60, right: 16, top: 16, bottom: 30 },
      tooltip: tooltip((params) => [at(params), ...params.map((p) => [p.seriesName, format.people(Math.round(p.value[1]))])], { trigger: "axis" }),
      xAxis: time(width), yAxis: people(),
      series: part.lines.map((line, k) => ({
        name: line.label, type: "line", showSymbol: false, data: points(line.mean), lineStyle: { width: 3, type: palette.dashes[k % 6], color: palette.series[k % 6] },
        itemStyle: { color: palette.series[k % 6] },
      })),
    }), `Mean people out over time. ${part.title}. ${part.lines.map((line) => line.words).join(" ")}`, { height: "380px" });
    figure.append(el("figcaption", { class: "note" }, `People out, means over the replications, ${format.zone()}.`));
  }

  const each = el("div", { class: several ? "panels" : "" });
  if (several) node.append(el("h3", {}, "Each with its bands"));
  node.append(each);
  part.lines.forEach((line, k) => {
    const figure = el("figure", {}, several ? el("h4", {}, line.label) : null); // bands that lie over each other can't be read
    each.append(figure);
    chart(figure, (palette, width) => {
      const colour = palette.series[k % 6];
      const band = (low, high, name, opacity) => [
        { name: `${name} low`, type: "line", stack: name, showSymbol: false, silent: true, lineStyle: { opacity: 0 }, data: points(low), tooltip: { show: false } },
        { name, type: "line", stack: name, showSymbol: false, silent: true, lineStyle: { opacity: 0 }, data: points(high.map((x, i) => x - low[i])), areaStyle: { color: colour, opacity } },
      ];
      return {
        grid: { left: 60, right: 16, top: 16, bottom: 30 },
        tooltip: tooltip((params) => {
          const i = params[0].dataIndex;
          return [at(params), ["middle case", format.people(line.median[i])], ["half of the cases", `${format.people(line.low50[i])} to ${format.people(line.high50[i])}`],
            ["nine of ten", `${format.people(line.low90[i])} to ${format.people(line.high90[i])}`]];
        }, { trigger: "axis" }),
        xAxis: time(width), yAxis: people(),
        series: [
          ...band(line.low90, line.high90, "nine of ten", 0.18), ...band(line.low50, line.high50, "half", 0.3),
          { name: "middle case", type: "line", showSymbol: false, data: points(line.median), lineStyle: { width: 3, color: colour }, itemStyle: { color: colour },
            markLine: { silent: true, symbol: "none", data: [
              { yAxis: line.to_move, lineStyle: { color: palette.muted, type: "dotted" }, label: { formatter: "to be moved", position: "insideEndTop", color: palette.muted } },
              ...line.marks.map((mark) => ({ xAxis: mark.median, lineStyle: { color: palette.ink, type: "dashed" }, label: { show: false } })),
            ] } },
        ],
      };
    }, line.words, { height: "280px" });
    figure.append(el("figcaption", { class: "note" },
      "Line: the middle case; dark: half of the cases; pale: nine of ten. ",
      line.before ? `${format.people(Math.round(line.before))} out before the start, on average. ` : "",
      line.marks.map((mark) => `${mark.what}${mark.share === "100 %" ? "" : ` in ${mark.share} of the cases`}: ${format.when(mark.median)} (${format.day(mark.low)} to ${format.day(mark.high)}). `),
      line.marks.length ? "Dashed: the middle case of each." : "",
    ));
  });
});
