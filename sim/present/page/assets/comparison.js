"use strict";
// What differs: the matrix, and from the first scenario the differences by mission, drawn and as a table.
evacsim.section("comparison", (node, data) => {
  const { el, chart, axis, tooltip, table, format } = evacsim;
  const part = data.comparison;
  if (part.matrix) node.append(matrix(part.matrix));
  for (const one of part.parts) {
    const folded = part.parts.length > 4;
    const box = folded ? el("details", { class: "part" }, el("summary", {}, one.title)) : el("div", { class: "part" }, el("h3", {}, one.title));
    box.append(el("p", {}, one.sentence));
    node.append(box);
    if (one.bars.length) bars(box, one);
    const details = el("details", {}, el("summary", {}, "Differences by mission, with intervals"));
    box.append(details);
    table(details, one.table);
  }
  if (part.hint) node.append(el("p", { class: "note" }, part.hint));

  function matrix(made) {
    return el("div", { class: "table", role: "region", tabindex: "0", "aria-label": "Who secures the airport, and the threat" },
      el("table", { class: "matrix" },
        el("caption", {}, "Who secures the airport (down) and the threat (across): the share in which all are out, and times from the start"),
        el("thead", {}, el("tr", {}, el("td", {}), made.threats.map((threat) => el("th", { scope: "col" }, threat)))),
        el("tbody", {}, made.rows.map(([provider, cells]) =>
          el("tr", {}, el("th", { scope: "row" }, provider), cells.map((cell) =>
            cell === null ? el("td", {}, "–")
              : el("td", {}, el("div", { class: "meter", "aria-hidden": "true" }, el("div", { style: { width: `${100 * (cell.p || 0)}%` } })),
                  el("strong", {}, cell.lines[0]), cell.lines.slice(1).map((line) => el("div", {}, line))))))),
      ));
  }

  // People left behind, other minus base: a mark with its interval for each mission; the largest on top.
  function bars(box, one) {
    const rows = one.bars.filter((bar) => bar[0] !== "all together");
    const words = `${one.title}: difference in people left behind by mission, with 95 % intervals. ` +
      one.bars.slice(-1).concat(rows.slice(0, 5)).map((bar) => `${bar[0]} ${bar[5]}`).join("; ") + ".";
    const figure = el("figure", {});
    box.append(figure);
    chart(figure, (palette, width) => {
      const names = Math.min(170, width * 0.34);
      return {
        grid: { left: names + 8, right: 16, top: 8, bottom: 44 },
        tooltip: tooltip((p) => [[rows[p.dataIndex][0], rows[p.dataIndex][5]]], { trigger: "item" }),
        xAxis: axis({ type: "value", name: width < 600 ? "people left behind" : `fewer left behind: ← ${one.sides[1]} | ${one.sides[0]} →`, nameLocation: "middle", nameGap: 28,
          axisLabel: { formatter: (x) => (x > 0 ? "+" : x < 0 ? "−" : "") + format.people(Math.abs(x)) } }),
        yAxis: axis({ type: "category", inverse: true, data: rows.map((bar) => bar[0]), axisLabel: { width: names, overflow: "truncate", interval: 0 },
          splitLine: { show: false }, axisTick: { show: false } }),
        series: [{
          type: "custom", encode: { x: [1, 2, 3], y: 0 },
          data: rows.map((bar, k) => [k, bar[1], bar[2] ?? bar[1], bar[3] ?? bar[1], bar[4] ? 1 : 0]),
          renderItem: (params, api) => {
            const [y, mean, low, high, holds] = [0, 1, 2, 3, 4].map((k) => api.value(k));
            const at = (x) => api.coord([x, y]);
            const colour = palette.series[one.series[mean < 0 ? 1 : 0] % palette.series.length];
            const [middle, left, right] = [at(mean), at(low), at(high)];
            return { type: "group", children: [
              { type: "line", shape: { x1: left[0], y1: left[1], x2: right[0], y2: right[1] }, style: { stroke: colour, lineWidth: 2 } },
              { type: mean < 0 ? "circle" : "rect", shape: mean < 0 ? { cx: middle[0], cy: middle[1], r: 5 } : { x: middle[0] - 5, y: middle[1] - 5, width: 10, height: 10 },
                style: { fill: holds ? colour : palette.paper, stroke: colour, lineWidth: 2 } },
            ] };
          },
          markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: palette.ink, type: "solid" }, data: [{ xAxis: 0 }] },
        }],
      };
    }, words, { height: `${Math.max(140, 22 * rows.length + 60)}px` });
    figure.append(el("figcaption", { class: "note" }, "Mark: the difference; line: its 95 % interval. Filled: it has this sign, and so has every filled one, with 95 % certainty; hollow: among so many it may be chance. " +
      `Round, to the left, in the colour of ${one.sides[1]}: that leaves fewer behind; square, to the right: ${one.sides[0]} does.`));
  }
});
