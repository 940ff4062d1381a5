"use strict";
// People out over time: the means of all scenarios, and each with its bands.
evacsim.section("out", (node, data) => {
  const { el, chart, axis, tooltip, format } = evacsim;
  const part = data.out;
  const several = part.lines.length > 1;
  const top = Math.max(...part.lines.map((line) => Math.max(line.to_move, line.high90[line.high90.length - 1])));
  node.append(el("p", { class: "message" }, part.title), el("p", { class: "note" }, part.under));
  const time = () => axis({
    type: "value", min: 0, max: part.hours[part.hours.length - 1], splitLine: { show: false },
    axisLabel: { formatter: (h) => format.day(h), showMaxLabel: false },
  });
  const people = () => axis({ type: "value", min: 0, max: Math.ceil(top), axisLabel: { formatter: (x) => format.people(x), showMaxLabel: false } });
  const points = (values) => values.map((x, k) => [part.hours[k], x]);
  const at = (params) => `${format.when(params[0].axisValue)}, ${format.hours(params[0].axisValue)} after the start`;

  if (several) {
    const figure = el("figure", {});
    node.append(figure);
    chart(figure, (palette, width) => ({
      grid: { left: 60, right: width < 600 ? 16 : 190, top: width < 600 ? 16 + 22 * part.lines.length : 16, bottom: 30 },
      legend: width < 600 ? { orient: "vertical", left: 0, top: 0, textStyle: { color: palette.ink }, itemWidth: 36 } : { show: false },
      tooltip: tooltip((params) => [at(params), ...params.map((p) => [p.seriesName, format.people(Math.round(p.value[1]))])], { trigger: "axis" }),
      xAxis: time(), yAxis: people(),
      series: part.lines.map((line, k) => ({
        name: line.label, type: "line", showSymbol: false, data: points(line.mean), lineStyle: { width: 3, type: palette.dashes[k % 6], color: palette.series[k % 6] },
        itemStyle: { color: palette.series[k % 6] },
        endLabel: { show: width >= 600, formatter: () => `${line.label}\n${format.people(Math.round(line.mean[line.mean.length - 1]))}`, color: palette.series[k % 6], fontWeight: "bold", width: 180, overflow: "break" },
        labelLayout: { moveOverlap: "shiftY" },
      })),
    }), `Mean people out over time. ${part.title}. ${part.lines.map((line) => line.words).join(" ")}`, { height: "380px" });
    figure.append(el("figcaption", { class: "note" }, `People out, means over the replications, ${format.zone()}.`));
  }

  const each = el("div", { class: several ? "panels" : "" });
  node.append(several ? el("h3", {}, "Each with its bands") : null, each);
  part.lines.forEach((line, k) => {
    const figure = el("figure", {}, several ? el("h4", {}, line.label) : null);
    each.append(figure);
    chart(figure, (palette) => {
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
        xAxis: time(), yAxis: people(),
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
