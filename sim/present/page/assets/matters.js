"use strict";
// What matters among the inputs that nobody knows: bars with intervals, and where it fails.
evacsim.section("matters", (node, data) => {
  const { el, chart, axis, tooltip, format } = evacsim;
  for (const part of data.matters.parts || []) {
    const box = el("div", { class: "part" }, data.matters.parts.length > 1 ? el("h3", {}, part.label) : null, part.sentences.map((text) => el("p", {}, text)));
    node.append(box);
    if (part.bars.length) bars(box, part);
    if (part.box) {
      box.append(el(data.matters.parts.length > 1 ? "h4" : "h3", {}, "Where it fails"), el("ul", {}, part.box.limits.map(([about, path, limit]) => el("li", {}, `${about} (${path}) is ${limit}`))), el("p", {}, part.box.text));
    }
  }
  evacsim.studies(node, data.matters.studies);
  function bars(box, part) {
    const figure = el("figure", {});
    box.append(figure);
    const rows = [...part.bars].reverse(); // so that the largest is on top
    chart(figure, (palette, width) => {
      const names = Math.min(320, width * 0.45);
      return {
        grid: { left: names + 8, right: 48, top: 30, bottom: 28 },
        tooltip: tooltip((p) => { const b = rows[p.dataIndex]; return [b.about, b.factor, ["explains alone", `${format.share(b.share)} (${format.share(b.low)} to ${format.share(b.high)})`]]; }, { trigger: "item" }),
        xAxis: axis({ type: "value", min: 0, max: Math.min(1, 0.05 + Math.max(...rows.map((b) => b.high))), axisLabel: { formatter: (x) => format.share(x), showMaxLabel: false } }),
        yAxis: axis({ type: "category", data: rows.map((b) => b.about), axisLabel: { interval: 0, width: names, overflow: "break", lineHeight: 14 }, splitLine: { show: false }, axisTick: { show: false } }),
        series: [
          { type: "bar", data: rows.map((b) => ({ value: b.share, itemStyle: { color: b.first ? palette.series[0] : palette.muted } })), barMaxWidth: 26,
            label: { show: false },
            markLine: part.floor === null ? undefined : { silent: true, symbol: "none", data: [{ xAxis: part.floor }], lineStyle: { color: palette.series[1], type: "dashed" }, label: { formatter: `noise floor ${format.share(part.floor)}`, color: palette.series[1], position: "end", rotate: 0 } } },
          { type: "custom", silent: true, data: rows.map((b, k) => [b.low, k, b.high]), encode: { x: [0, 2], y: 1 },
            renderItem: (params, api) => {
              const [low, high] = [api.coord([api.value(0), api.value(1)]), api.coord([api.value(2), api.value(1)])];
              return { type: "line", shape: { x1: low[0], y1: low[1], x2: high[0], y2: high[1] }, style: { stroke: palette.ink, lineWidth: 2 } };
            } },
        ],
      };
    }, part.words, { height: `${70 + 46 * Math.max(rows.length, 2)}px` });
    figure.append(el("figcaption", { class: "note" }, part.under));
  }
});
