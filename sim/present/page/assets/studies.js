"use strict";
// Answers of studies: their sentences, and as on a terminal their tables, with their pictures.
evacsim.studies = (node, many) => {
  const { el } = evacsim;
  for (const one of many || []) {
    const box = el("div", { class: "part study" }, el("h3", {}, one.title), one.headlines.map((text, k) => el("p", { class: k ? null : "message" }, text)));
    const small = (part) => el("p", { class: part.small ? "note" : null }, part.text);
    const table = (part) => el("div", { class: "table", role: "region", tabindex: "0", "aria-label": one.title },
      el("table", {}, el("caption", { class: "hidden" }, one.title),
        el("thead", {}, el("tr", {}, part.head.map(([text, numbers]) => el("th", { scope: "col", class: numbers ? "number" : null }, text)))),
        el("tbody", {}, part.rows.map(([bold, cells]) => el("tr", { class: bold ? "bold" : null }, cells.map(([text, under], k) =>
          el(k ? "td" : "th", { scope: k ? null : "row", class: part.head[k][1] ? "number" : null }, text, under ? el("small", {}, under) : null)))))));
    box.append(...one.parts.map((part) => (part.head ? table(part) : small(part))));
    for (const made of one.charts || []) evacsim.rowsChart(box, made);
    box.append(...one.pictures.map((picture) => el("figure", {}, el("img", { src: picture.source, alt: picture.alt, loading: "lazy" }))));
    if (one.command) box.append(el("p", { class: "note" }, el("code", {}, one.command)));
    node.append(box);
  }
};
// Rows with marks: a dot with its 95 % interval, and the bar of nine in ten outcomes; series by colour and by shape.
evacsim.rowsChart = (node, made) => {
  const { el, chart, axis, tooltip, format } = evacsim;
  const SHAPES = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
  const many = Math.max(1, made.series.length);
  const write = (x) => ({ people: format.people, h: format.hours, "": format.share })[made.unit](x);
  const marks = made.rows.flatMap((row, y) => row.marks.map((mark, k) => ({ row, y, k, mark })).filter(({ mark }) => mark));
  const most = made.last || 1.05 * Math.max(...marks.flatMap(({ mark }) => mark.slice(0, 5).filter((x) => x !== null)));
  const figure = el("figure", {}, made.series.length ? evacsim.key(made.series.map((name) => [name, ""])) : null);
  node.append(figure);
  chart(figure, (palette, width) => {
    const narrow = width < 560;
    const left = narrow ? 110 : 240;
    const steps = made.unit === "h" ? [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672] : []; // whole days where it is long
    const interval = steps.find((hours) => most / hours <= Math.max(3, (width - left) / 80));
    const fontFamily = getComputedStyle(document.body).fontFamily;
    return {
      grid: { left, right: narrow ? 16 : 40, top: 8, bottom: 32 },
      tooltip: tooltip((p) => {
        const { row, k, mark } = marks[p.dataIndex];
        return [row.label, ...(made.series.length ? [made.series[k]] : []), mark[5], ...(mark[1] === null ? [] : [["95 % interval", `${write(mark[1])} to ${write(mark[2])}`]]), ...(mark[3] === null ? [] : [["nine of ten", `${write(mark[3])} to ${write(mark[4])}`]])];
      }, { trigger: "item" }),
      xAxis: axis({ type: "value", min: 0, max: most, interval, axisLabel: { formatter: write, showMaxLabel: false } }),
      yAxis: axis({ type: "category", inverse: true, data: made.rows.map((row) => row.label), splitLine: { show: false }, axisTick: { show: false },
        axisLabel: { width: left - 14, overflow: "break", lineHeight: 14, interval: 0, formatter: (text, k) => (made.rows[k].bold ? `{bold|${text}}` : text), rich: { bold: { fontWeight: "bold", fontSize: 12, color: palette.ink } } } }),
      series: [{
        type: "custom",
        data: marks.map(({ y, mark }) => [mark[0] ?? 0, y]),
        renderItem: (params, api) => {
          const { row, k, mark } = marks[params.dataIndex];
          const colour = palette.series[k % 6];
          const [value, low, high, least, top, text] = mark;
          const at = (x) => api.coord([x, marks[params.dataIndex].y])[0];
          const band = api.size([0, 1])[1];
          const y = api.coord([0, marks[params.dataIndex].y])[1] + (k - (many - 1) / 2) * (band / (many + 0.4)) + 7;
          const children = [];
          if (least !== null) children.push({ type: "rect", shape: { x: at(least), y: y - 10, width: at(top) - at(least), height: 20 }, style: { fill: colour, opacity: row.bold || many > 1 ? 0.3 : 0.16 } });
          if (low !== null) children.push({ type: "line", shape: { x1: at(low), x2: at(high), y1: y, y2: y }, style: { stroke: colour, lineWidth: 3 } });
          if (value !== null) children.push(
            SHAPES[k % 6] === "circle" ? { type: "circle", shape: { cx: at(value), cy: y, r: 6 }, style: { fill: colour, stroke: palette.card, lineWidth: 1 } }
              : SHAPES[k % 6] === "rect" ? { type: "rect", shape: { x: at(value) - 5, y: y - 5, width: 10, height: 10 }, style: { fill: colour, stroke: palette.card, lineWidth: 1 } }
              : { type: "polygon", shape: { points: [[at(value), y - 7], [at(value) + 7, y + (k % 2 ? 0 : 5)], [at(value), y + (k % 2 ? 7 : 5)], [at(value) - 7, y + (k % 2 ? 0 : 5)]] }, style: { fill: colour, stroke: palette.card, lineWidth: 1 } });
          const start = Math.max(left, Math.min(at(value ?? 0) - 6, api.getWidth() - (row.bold ? 7.8 : 6.8) * text.length)); // within the picture
          children.push({ type: "text", style: { text, x: start, y: y - 11, textAlign: "left", textVerticalAlign: "bottom", fill: palette.ink, fontSize: 12, fontFamily, fontWeight: row.bold ? "bold" : "normal" } });
          return { type: "group", children };
        },
      }],
    };
  }, made.words, { height: `${48 + made.rows.length * Math.max(52, 34 * many)}px` });
  figure.append(el("figcaption", { class: "note" }, made.note));
};
evacsim.section("decisions", (node, data) => evacsim.studies(node, data.decisions.studies));
evacsim.section("checks", (node, data) => evacsim.studies(node, data.checks.studies));
