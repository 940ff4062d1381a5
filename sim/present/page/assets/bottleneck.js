"use strict";
// Which cause is the bottleneck, by the day: causes down in travel order, time to the right, shade the share of the replications.
evacsim.section("bottleneck", (node, data) => {
  const { el, chart, axis, tooltip, format } = evacsim;
  const part = data.bottleneck;
  if (part.strips) strips();
  evacsim.studies(node, part.studies);

  function strips() {
  node.append(el("p", { class: "message" }, part.title), el("p", { class: "note" }, part.under));
  const each = el("div", { class: "panels" });
  node.append(each);
  const steps = [...part.steps, 1.0001];
  const step = (share) => steps.findIndex((least, k) => share < steps[k + 1]);
  for (const strip of part.strips) {
    const figure = el("figure", {}, part.strips.length > 1 ? el("h3", {}, strip.label) : null);
    each.append(figure);
    const cells = strip.shares.flatMap((row, y) => row.map((share, x) => [x, y, share / 1000]));
    const hour = (x) => Math.min(x * part.width, part.last);
    chart(figure, (palette, width) => {
      const names = Math.min(180, width * 0.4);
      return {
        grid: { left: names + 8, right: 12, top: 6, bottom: 30 },
        tooltip: tooltip((p) => [`${format.when(hour(p.value[0]))}`, [part.causes[p.value[1]], format.share(p.value[2])]], { trigger: "item" }),
        xAxis: axis({ type: "category", data: strip.shares[0].map((_, x) => x), axisLabel: { formatter: (x) => (part.width < 24 ? format.when(hour(Number(x))) : format.day(hour(Number(x)))), interval: Math.ceil(strip.shares[0].length / Math.max(2, (width - names) / 80)) - 1 }, splitLine: { show: false }, axisTick: { show: false } }),
        yAxis: axis({ type: "category", inverse: true, data: part.causes, axisLabel: { interval: 0, width: names, overflow: "truncate" }, splitLine: { show: false }, axisTick: { show: false } }),
        series: [{
          type: "custom", data: cells, encode: { x: 0, y: 1, tooltip: 2 },
          renderItem: (params, api) => {
            const share = api.value(2);
            const k = step(share);
            const [cx, cy] = api.coord([api.value(0), api.value(1)]);
            const [w, h] = api.size([1, 1]);
            return k < 1 ? null : { type: "rect", shape: { x: cx - w / 2, y: cy - h / 2 + 1, width: w + 0.5, height: h - 2 }, style: { fill: palette.shades[k] } };
          },
        }],
      };
    }, strip.words, { height: `${26 * part.causes.length + 40}px` });
  }
  node.append(el("p", { class: "key" }, "Share of the replications, at least: ",
    part.steps.slice(1).map((least, k) => el("span", {}, el("i", { class: `shade-${k + 2}`, "aria-hidden": "true" }), `${format.share(least)} `))));
  }
});
