"use strict";
// The charts of studies: a figure has a message, a key and panels of few kinds; sim/studies/charts.py says what is in them.
(() => {
  const { el, chart, axis, tooltip, format } = evacsim;
  const NEVER = "never";
  const SHAPES = ["circle", "rect", "diamond", "pin", "roundRect", "arrow"];
  const HOURS = [1, 2, 3, 6, 12, 24, 48, 72, 96, 168, 336, 672, 1344, 2688];
  const WRITE = { people: format.people, h: (x) => (x === 0 ? "0" : format.hours(x)), "": format.share, points: (x) => `${Math.round(1000 * x) / 10}` };
  const PATTERNS = [
    null,
    { dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: Math.PI / 4, symbolSize: 1 },
    { symbol: "circle", dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbolSize: 0.5 },
    { dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: -Math.PI / 4, symbolSize: 1 },
    { dashArrayX: [1, 0], dashArrayY: [2, 5], symbolSize: 1 },
    { dashArrayX: [[6, 6], [0, 6, 6, 0]], dashArrayY: [6, 0], symbol: "rect", symbolSize: 0.6 },
  ];
  const decal = (k, palette) => (PATTERNS[k % 6] ? { ...PATTERNS[k % 6], color: palette.paper } : null);
  // On an axis up to last hours: all of it in one unit.
  const hours = (h, last) => (h === 0 ? "0" : Math.abs(last) > 72 ? `${Math.round(10 * h / 24) / 10} d` : format.hours(h));
  const signed = (write) => (x) => (x > 0 ? `+${write(x)}` : x < 0 ? `−${write(-x)}` : "0");
  const unsigned = (write) => (x) => (x < 0 ? `−${write(-x)}` : write(x));
  const font = () => getComputedStyle(document.body).fontFamily;
  const wide = (text, size = 12) => 0.56 * size * text.length; // about
  const hourStep = (span, most) => HOURS.find((hours) => span / hours <= most) || 5376;
  const halo = (palette) => ({ stroke: palette.paper, lineWidth: 3, lineJoin: "round" });
  const stretch = (from, to, share = 0.05) => { const room = (to - from || 1) * share; return [from - room, to + room]; };

  evacsim.figure = (node, made) => {
    const panels = el("div", { class: made.panels.length > 1 ? "panels" : null });
    const key = made.names.length > 1 || made.about ? evacsim.key(made.names.map((name) => [name, ""]), made.key === "bar" ? "bar" : "line") : null;
    node.append(el("figure", {}, made.title ? el("h4", {}, made.title) : null,
      key && made.about ? el("p", { class: "note" }, `${made.about}:`) : null, key, panels, el("figcaption", { class: "note" }, made.note)));
    for (const panel of made.panels) {
      const box = el("div", {}, panel.title ? el("p", { class: "panel" }, panel.title) : null);
      panels.append(box);
      evacsim.panels[panel.kind](box, panel, made.names);
    }
  };
  evacsim.panels = {};

  // -- lines with the bands of their intervals ---------------------------------------------------------------------

  evacsim.panels.lines = (node, made, names) => {
    const { x, y } = made;
    const write = WRITE[y.unit || ""];
    const points = made.series.flatMap((one) => one.points.map(([at, value, low, high, text]) => ({ at, value, low, high, text, one })));
    const numbers = [...points.flatMap(({ value, low, high }) => [value, low, high]), ...made.levels.map(([level]) => level)].filter((v) => typeof v === "number");
    const top = y.most || 1.06 * Math.max(...numbers, 0) || 1;
    const beyond = (look) => (1.07 + 0.05 * look) * top; // one below the other where several are there
    const end = y.never ? beyond(Math.max(...made.series.map((one) => one.look), 1)) + 0.05 * top : y.most === 1 ? 1.04 : top;
    const up = (value, look) => (value === NEVER ? beyond(look) : value);
    const labels = new Map(x.values || []);
    const xs = points.map(({ at }) => at);
    const [from, to] = x.most ? [0, x.most] : stretch(Math.min(...xs), Math.max(...xs));
    const label = (at) => labels.get(at) ?? (x.unit === "h" ? format.hours(at) : at.toLocaleString("en", { maximumSignificantDigits: 4 }));
    chart(node, (palette, width) => {
      const bottom = 58;
      const grid = { left: Math.max(y.label ? 72 : 54, 14 + wide(y.never || "")), right: 18, top: 10, bottom };
      const many = Math.max(2, (width - 90) / 80);
      const colour = (one) => palette.series[one.look % 6];
      const xAxis = axis({
        type: "value", min: from, max: to, inverse: Boolean(x.falls), name: x.label, nameLocation: "middle", nameGap: 28, splitLine: { show: false },
        nameTextStyle: { color: palette.muted, width: width - 80, overflow: "break" },
        ...(labels.size ? { axisTick: { customValues: [...labels.keys()] } } : x.unit === "h" ? { interval: hourStep(to - from, many) } : { splitNumber: Math.min(6, many) }),
        axisLabel: labels.size ? { customValues: [...labels.keys()], formatter: (at) => label(at), width: Math.max(40, (width - 90) / labels.size), overflow: "break" }
          : { formatter: (at) => (x.unit === "h" ? hours(at, to) : label(at)), showMinLabel: x.most ? undefined : false, showMaxLabel: false },
      });
      const yAxis = axis({
        type: "value", min: 0, max: end, name: y.label || "", nameLocation: "middle", nameGap: 54,
        ...(y.unit === "h" ? { interval: hourStep(top, 6) } : {}),
        axisLabel: { formatter: (v) => (v > top * 1.0001 || !numbers.length ? "" : y.unit === "h" ? hours(v, top) : write(v)), showMaxLabel: y.most === 1 ? undefined : false },
      });
      const bands = made.series.flatMap((one) => runs(one.points).map((run) => ({ one, run })));
      const band = ({ one, run }) => (api) => ({
        type: "polygon", silent: true,
        shape: { points: [...run.map(([at, , low]) => api.coord([at, up(low, one.look)])), ...[...run].reverse().map(([at, , , high]) => api.coord([at, up(high, one.look)]))] },
        style: { fill: colour(one), opacity: 0.16, stroke: colour(one), lineWidth: 0.6 },
      });
      const shaded = bands.map(band);
      return {
        grid,
        tooltip: tooltip((params) => {
          const at = params[0].axisValue;
          const nearest = xs.reduce((best, one) => (Math.abs(one - at) < Math.abs(best - at) ? one : best), xs[0]);
          return [label(nearest), ...points.filter((p) => p.at === nearest && p.value !== null).slice(0, 12).map(({ one, text }) => [names.length > 1 ? one.name : made.title, text])];
        }, { trigger: "axis" }),
        xAxis, yAxis,
        series: [
          ...(y.never ? [strip(palette)] : []),
          { type: "custom", silent: true, clip: true, z: 1, data: bands.map(({ run }) => [run[0][0], 0]), tooltip: { show: false }, renderItem: (params, api) => shaded[params.dataIndex](api) },
          ...made.series.flatMap((one) => [
            ...(made.joined ? [{ name: one.name, type: "line", showSymbol: false, silent: true, z: 3, data: one.points.map(([at, value]) => [at, value === NEVER ? null : value]), lineStyle: { width: 2.5, color: colour(one), type: palette.dashes[one.look % 6] }, itemStyle: { color: colour(one) } }] : []),
            { name: `${one.name} points`, type: "line", showSymbol: true, z: 4, symbolSize: made.joined ? 7 : 6, lineStyle: { opacity: 0, width: 0 }, itemStyle: { color: colour(one), opacity: made.joined ? 1 : 0.65 },
              data: one.points.map(([at, value]) => ({ value: [at, value === null ? null : up(value, one.look)], symbol: value === NEVER ? "triangle" : SHAPES[one.look % 6], symbolSize: value === NEVER ? 11 : undefined })) },
          ]),
          { type: "line", silent: true, data: [], markLine: { silent: true, symbol: "none", data: made.levels.map(([level, text]) => ({ yAxis: level, lineStyle: { color: palette.ink, type: "dotted", width: 1.5 }, label: { formatter: text, position: level > 0.8 * end ? "insideEndBottom" : "insideEndTop", color: palette.ink, textBorderColor: palette.paper, textBorderWidth: 3 } })) } },
          marks(palette),
        ],
      };
    }, `${made.title ? `${made.title}. ` : ""}${made.words}`, { height: "340px" });

    // What is beyond all numbers has a strip of its own.
    function strip(palette) {
      return { type: "custom", silent: true, z: 0, data: [[from, 0]], tooltip: { show: false }, renderItem: (params, api) => {
        const { x: left, y: above, width } = params.coordSys;
        const low = api.coord([from, 1.03 * top])[1];
        return { type: "group", children: [
          { type: "rect", shape: { x: left, y: above, width, height: low - above }, style: { fill: palette.grid } },
          { type: "text", style: { text: y.never, x: left - 8, y: (above + low) / 2, align: "right", verticalAlign: "middle", fill: palette.ink, fontSize: 12, fontFamily: font() } },
        ] };
      } };
    }
    function marks(palette) {
      return { type: "custom", silent: true, z: 5, data: made.marks.map((mark) => [mark.x, mark.y]), tooltip: { show: false }, renderItem: (params, api) => {
        const mark = made.marks[params.dataIndex];
        const [cx, cy] = api.coord([mark.x, mark.y]);
        const fill = palette.series[mark.look % 6];
        if (mark.ring) return { type: "circle", shape: { cx, cy, r: 9 }, style: { fill: "none", stroke: palette.ink, lineWidth: 2.5 } };
        const foot = params.coordSys.y + params.coordSys.height;
        const children = [{ type: "line", shape: { x1: cx, y1: cy, x2: cx, y2: foot }, style: { stroke: fill, lineWidth: 1, lineDash: [3, 3] } }];
        if (mark.low !== null) children.push({ type: "line", shape: { x1: api.coord([mark.low, 0])[0], x2: api.coord([mark.high, 0])[0], y1: cy, y2: cy }, style: { stroke: fill, lineWidth: 7, opacity: 0.45 } });
        children.push({ type: "circle", shape: { cx, cy, r: 6 }, style: { fill, stroke: palette.paper, lineWidth: 1.5 } });
        const right = cx + 5 + wide(mark.text) > api.getWidth();
        children.push({ type: "text", style: { text: mark.text, x: right ? cx - 5 : cx + 5, y: foot - 16 - 15 * mark.look, align: right ? "right" : "left", fill, fontSize: 12, fontWeight: "bold", fontFamily: font(), ...halo(palette) } });
        return { type: "group", children };
      } };
    }
  };
  // The points of a line that have intervals, cut where they haven't.
  function runs(points) {
    const made = [[]];
    for (const point of points) {
      if (point[2] !== null && point[3] !== null) made[made.length - 1].push(point);
      else made.push([]);
    }
    return made.filter((run) => run.length > 1);
  }

  // -- bars with intervals -----------------------------------------------------------------------------------------

  evacsim.panels.bars = (node, made, names) => {
    const write = (made.plain ? unsigned : signed)(WRITE[made.unit]);
    const many = Math.max(...made.rows.map((row) => row.bars.length));
    const marks = made.rows.flatMap((row, y) => row.bars.map((bar, k) => ({ row, y, k, bar })).filter(({ bar }) => bar));
    const numbers = marks.flatMap(({ row, bar }) => [bar.value, bar.low, bar.high, row.floor]).filter((x) => x !== null);
    const [least, most] = made.ends || [Math.min(0, ...numbers), Math.max(0, ...numbers)];
    const inside = (x) => Math.min(most, Math.max(least, x));
    const reach = (bar) => [bar.value, bar.low, bar.high].filter((x) => x !== null).map(inside);
    const left = (bar) => bar.value !== null && bar.value < 0;
    const narrow = (width) => width < 520;
    const names_at = (width) => (narrow(width) ? 8 : Math.min(270, Math.round(width * 0.38)));
    const lines = (width) => { const room = narrow(width) ? width - 16 : names_at(width) - 14; return Math.max(...made.rows.map((row) => Math.ceil(wide(row.label, 12.5) / room))); };
    const band = (width) => (narrow(width) ? 16 * lines(width) + 19 * many + 12 : Math.max(16 * lines(width), 19 * many) + 12);
    chart(node, (palette, width) => {
      const start = names_at(width);
      const room = width - start - 16;
      const beside = (side) => Math.min(0.42 * room, Math.max(8, ...marks.filter(({ bar }) => (bar.value === null ? bar.text && !side : left(bar) === side)).map(({ bar }) => 10 + wide(bar.text))));
      const [before, after] = [least < 0 ? beside(true) : 0, beside(false)];
      const each = (most - least || 1) / (room - before - after);
      const [from, to] = [least - before * each, most + after * each];
      const fontFamily = font();
      const span = to - from;
      const ticks = Math.max(2, Math.min(7, room / 80));
      return {
        grid: { left: start, right: 16, top: 6, bottom: 52 },
        tooltip: tooltip((p) => { const { row, k, bar } = marks[p.dataIndex]; return [row.label, [names.length > 1 && bar.value !== null ? names[k] : "", bar.says || bar.text]]; }, { trigger: "item" }),
        xAxis: axis({ type: "value", min: from, max: to, ...(made.unit === "h" ? { interval: undefined } : { splitNumber: Math.round(ticks) }), name: made.axis, nameLocation: "middle", nameGap: 26,
          nameTextStyle: { color: palette.muted, width: Math.max(room, 200), overflow: "break" },
          axisTick: tickmarks(from, to, ticks, palette), axisLabel: { ...tickmarks(from, to, ticks, palette), formatter: write } }),
        yAxis: axis({ type: "category", inverse: true, data: made.rows.map((row) => row.label), splitLine: { show: false }, axisTick: { show: false }, axisLine: { show: false },
          axisLabel: { show: !narrow(width), width: start - 14, overflow: "break", lineHeight: 15, interval: 0, formatter: (text, k) => `{${made.rows[k].sure ? "sure" : "unsure"}|${text}}`, rich: rich(palette, start) } }),
        series: [
          { type: "line", silent: true, data: [], markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: palette.ink, type: "solid", width: 1 }, data: [{ xAxis: 0 }] } },
          {
            type: "custom", clip: false,
            data: marks.map(({ y, bar }) => [inside(bar.value ?? 0), y]),
            renderItem: (params, api) => {
              const { row, y, k, bar } = marks[params.dataIndex];
              const at = (x) => api.coord([inside(x), y])[0];
              const high = api.size([0, 1])[1];
              const first = api.coord([0, y])[1] - high / 2;
              const above = narrow(width) ? 16 * lines(width) : (high - 12 - 19 * many) / 2;
              const middle = first + 6 + above + 19 * k + 9.5;
              const look = bar.worse ? 1 : k;
              const colour = bar.sure ? palette.series[look % 6] : palette.muted;
              const zero = at(0);
              const children = [{ type: "rect", shape: { x: params.coordSys.x, y: middle - 9.5, width: params.coordSys.width, height: 19 }, style: { fill: palette.paper, opacity: 0.01 } }];
              if (y && !k) children.push({ type: "line", shape: { x1: narrow(width) ? 0 : 8, x2: width - 16, y1: first, y2: first }, style: { stroke: palette.grid, lineWidth: 1 } });
              if (narrow(width) && row.bars.findIndex(Boolean) === k) children.push({ type: "text", style: { text: row.label, x: 8, y: first + 5, width: width - 16, overflow: "break", lineHeight: 16, fill: row.sure ? palette.ink : palette.muted, fontSize: 12.5, fontWeight: row.sure ? "bold" : "normal", fontFamily, ...halo(palette) } });
              if (bar.value !== null) {
                children.push({ type: "rect", shape: { x: Math.min(zero, at(bar.value)), y: middle - 7.5, width: Math.max(1, Math.abs(at(bar.value) - zero)), height: 15 }, style: { fill: colour, decal: bar.worse ? decal(1, palette) : decal(k, palette), opacity: bar.sure ? 1 : 0.6 } });
                if (bar.low !== null && bar.high !== null) children.push(...whisker(at(bar.low), at(bar.high), middle, bar.sure ? palette.ink : palette.muted, palette));
                for (const [end, edge, arrow] of [[bar.low, least, "◂"], [bar.high, most, "▸"]]) {
                  if (end !== null && (edge === least ? end < least : end > most)) children.push({ type: "text", style: { text: arrow, x: at(edge), y: middle, align: edge === least ? "right" : "left", verticalAlign: "middle", fill: palette.muted, fontSize: 12, fontFamily } });
                }
              }
              if (row.floor !== null && !k) children.push({ type: "line", shape: { x1: at(row.floor), x2: at(row.floor), y1: middle - 9.5, y2: middle + 9.5 }, style: { stroke: palette.series[1], lineWidth: 2.5 } });
              children.push(beside_bar(bar, middle, at, params, palette, fontFamily, row.floor));
              return { type: "group", children };
            },
          },
        ],
      };
    }, `${made.title ? `${made.title}. ` : ""}${made.words}`, { height: (width) => `${58 + band(width) * made.rows.length}px` });

    function rich(palette, start) {
      const plain = { width: start - 14, fontSize: 12.5, lineHeight: 15, align: "right" };
      return { sure: { ...plain, color: palette.ink, fontWeight: "bold" }, unsure: { ...plain, color: palette.muted } };
    }
    function whisker(low, high, middle, ink, palette) {
      const line = (x1, y1, x2, y2, stroke, lineWidth) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke, lineWidth } });
      return [line(low, middle, high, middle, palette.paper, 4), line(low, middle, high, middle, ink, 1.8),
        line(low, middle - 4, low, middle + 4, ink, 1.8), line(high, middle - 4, high, middle + 4, ink, 1.8)];
    }
    function beside_bar(bar, middle, at, params, palette, fontFamily, floor) {
      const ends = bar.value === null ? [0] : [...reach(bar), ...(floor === null ? [] : [inside(floor)])];
      const to_left = left(bar);
      const size = wide(bar.text);
      const [edge, end] = [params.coordSys.x, params.coordSys.x + params.coordSys.width + 12];
      const x = to_left ? Math.max(edge, at(Math.min(...ends)) - 6 - size) : Math.min(at(Math.max(...ends)) + 6, end - size);
      return { type: "text", style: { text: bar.text, x, y: middle, verticalAlign: "middle", fill: bar.value === null || bar.sure ? palette.ink : palette.muted, fontSize: 12, fontFamily, ...halo(palette) } };
    }
    // Round numbers on the axis, zero among them.
    function tickmarks(from, to, most_of) {
      const span = to - from;
      let step;
      if (made.unit === "h") step = [1 / 60, 1 / 12, 0.25, 0.5, ...HOURS].find((hours) => span / hours <= most_of) || span;
      else {
        const rough = span / most_of;
        const ten = 10 ** Math.floor(Math.log10(rough));
        step = [1, 2, 5, 10].map((x) => x * ten).find((x) => x >= rough * 0.999);
      }
      const first = Math.ceil(from / step);
      return { customValues: Array.from({ length: Math.floor(to / step) - first + 1 }, (_, k) => (first + k) * step) };
    }
  };

  // -- heat maps: cells in shades, with what stands in them ----------------------------------------------------------

  // Cells are [x, y, shade, text, says, ring]: a shade of 1 to 5, 0 for one colour of all, "never" or "none" for patterns.
  evacsim.panels.heat = (node, made) => {
    const { across, up } = made;
    const row = Math.max(26, Math.min(44, 300 / up.values.length));
    chart(node, (palette, width) => {
      const left = Math.min(made.down ? 180 : 150, Math.max(60, 24 + Math.max(...up.values.map((text) => wide(text)))), width * (made.down ? 0.44 : 0.35));
      const cell = (width - left - 12) / across.values.length;
      const every = Math.ceil(Math.max(...across.values.map((text) => wide(text) + 8)) / cell);
      const dark = (shade) => { const [r, g, b] = [1, 3, 5].map((at) => parseInt(palette.shades[shade].slice(at, at + 2), 16)); return 0.299 * r + 0.587 * g + 0.114 * b < 140; };
      const fontFamily = font();
      return {
        grid: { left, right: 12, top: 6, bottom: across.label ? 52 : 30 },
        tooltip: tooltip((p) => [...(across.label ? [[across.label, across.values[p.value[0]]]] : [across.values[p.value[0]]]), ...(up.label ? [[up.label, up.values[p.value[1]]]] : []), made.cells[p.dataIndex][4]], { trigger: "item" }),
        xAxis: axis({ type: "category", data: across.values, name: across.label, nameLocation: "middle", nameGap: 28, nameTextStyle: { color: palette.muted, width: width - left, overflow: "break" }, axisLabel: { interval: every - 1 }, splitLine: { show: false }, axisTick: { show: false } }),
        yAxis: axis({ type: "category", data: up.values, inverse: Boolean(made.down), axisLabel: { interval: 0, width: left - 14, overflow: made.down ? "truncate" : "break" }, splitLine: { show: false }, axisTick: { show: false } }),
        series: [{
          type: "custom", data: made.cells.map(([x, y]) => [x, y]),
          renderItem: (params, api) => {
            const [x, y, shade, text, , ring] = made.cells[params.dataIndex];
            const [cx, cy] = api.coord([x, y]);
            const [w, h] = api.size([1, 1]);
            const box = (off) => ({ x: cx - w / 2 + off, y: cy - h / 2 + off, width: Math.max(1, w - 2 * off), height: Math.max(1, h - 2 * off) });
            const edge = made.joined ? { x: cx - w / 2, y: cy - h / 2 + 1, width: w + 0.5, height: h - 2 } : box(1);
            const pattern = { never: { ...PATTERNS[1], dashArrayY: [1.5, 9], color: palette.bad }, none: { ...PATTERNS[3], dashArrayY: [1, 6], color: palette.muted } }[shade];
            const children = [{ type: "rect", shape: edge, style: pattern ? { fill: palette.card, decal: pattern, stroke: palette.muted, lineWidth: 0.5 } : { fill: shade ? palette.shades[shade] : palette.grid } }];
            if (ring) for (const [colour, lineWidth] of [[palette.paper, 4.5], [palette.ink, 2.2]]) children.push({ type: "rect", shape: box(3), style: { fill: "none", stroke: colour, lineWidth } });
            if (text && wide(text) < w - 8) children.push({ type: "text", style: { text, x: cx, y: cy, align: "center", verticalAlign: "middle", fontSize: 12, fontFamily, fill: pattern || !shade ? palette.ink : dark(shade) ? "#ffffff" : "#14171c", ...(pattern ? halo(palette) : {}) } });
            return { type: "group", children };
          },
        }],
      };
    }, `${made.title ? `${made.title}. ` : ""}${made.words}`, { height: `${row * up.values.length + (across.label ? 60 : 40)}px` });
    if (up.label) node.append(el("p", { class: "note" }, `Upwards: ${up.label}.`));
    if (made.key.length) node.append(shades(made.what, made.key));
  };

  // A strip for each scenario, of cells whose shades are steps of a share.
  evacsim.panels.strips = (node, made, names, heading = "p") => {
    const each = el("div", { class: made.strips.length > 1 ? "panels" : null });
    node.append(each);
    const steps = [...made.steps, 1.0001];
    const shade = (share) => steps.findIndex((least, k) => share < steps[k + 1]);
    const hour = (x) => Math.min(x * made.width, made.last);
    for (const strip of made.strips) {
      const figure = el("figure", {}, made.strips.length > 1 ? el(heading, { class: "panel" }, strip.label) : null);
      each.append(figure);
      const cells = strip.shares.flatMap((row, y) => row.map((mille, x) => [x, y, shade(mille / 1000), "", [made.causes[y], format.share(mille / 1000)]])).filter((cell) => cell[2]);
      evacsim.panels.heat(figure, {
        title: "", words: strip.words, cells, key: [], joined: true, down: true, up: { label: "", values: made.causes },
        across: { label: "", values: strip.shares[0].map((_, x) => (made.width < 24 ? format.when(hour(x), strip) : format.day(hour(x), strip))) },
      });
    }
    node.append(shades("Share of the replications, at least", made.steps.slice(1).map((least, k) => [k + 1, format.share(least)])));
  };
  const shades = (what, steps) => el("p", { class: "key" }, `${what}: `, steps.map(([shade, text]) => [el("span", {}, el("i", { class: `shade-${shade + 1}`, "aria-hidden": "true" }), text), " "]));

  // -- rows of dots ------------------------------------------------------------------------------------------------

  // Rows of dots: a dot with its 95 % interval, and the bar of nine in ten outcomes; series by colour and by shape.
  evacsim.panels.dots = (node, made, names) => {
    const many = Math.max(1, names.length);
    const write = WRITE[made.unit];
    const SHAPES = ["circle", "rect", "triangle", "diamond", "pin", "arrow"];
    const marks = made.rows.flatMap((row, y) => row.marks.map((mark, k) => ({ row, y, k, mark })).filter(({ mark }) => mark));
    const most = made.last || 1.05 * Math.max(...marks.flatMap(({ mark }) => mark.slice(0, 5).filter((x) => x !== null)), 0) || 1;
    chart(node, (palette, width) => {
      const narrow = width < 560;
      const left = narrow ? 110 : width < 760 ? 190 : 240;
      const steps = made.unit === "h" ? [1, 2, 3, 6, 12, 24, 48, 96, 168, 336, 672] : []; // whole days where it is long
      const interval = steps.find((hours) => most / hours <= Math.max(3, (width - left) / 80));
      const fontFamily = getComputedStyle(document.body).fontFamily;
      return {
        grid: { left, right: narrow ? 16 : 40, top: 8, bottom: 32 },
        tooltip: tooltip((p) => {
          const { row, k, mark } = marks[p.dataIndex];
          return [row.label, ...(names.length ? [names[k]] : []), mark[5], ...(mark[1] === null ? [] : [["95 % interval", `${write(mark[1])} to ${write(mark[2])}`]]), ...(mark[3] === null ? [] : [["nine of ten", `${write(mark[3])} to ${write(mark[4])}`]])];
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
            const [value, low, high, least, top, text, open] = mark;
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
            const edge = open === NEVER ? most : open ?? 0; // where what has no value is, open
            if (open === NEVER) children.push({ type: "polygon", shape: { points: [[at(edge) - 11, y - 6], [at(edge) - 1, y], [at(edge) - 11, y + 6]] }, style: { fill: colour } });
            else if (value === null && open !== undefined) children.push({ type: "circle", shape: { cx: at(edge), cy: y, r: 5 }, style: { fill: palette.paper, stroke: colour, lineWidth: 2 } });
            const start = Math.max(left, Math.min(at(value ?? edge) - 6, api.getWidth() - (row.bold ? 7.8 : 6.8) * text.length)); // within the picture
            children.push({ type: "text", style: { text, x: start, y: y - 11, textAlign: "left", textVerticalAlign: "bottom", fill: palette.ink, fontSize: 12, fontFamily, fontWeight: row.bold ? "bold" : "normal" } });
            return { type: "group", children };
          },
        }],
      };
    }, `${made.title ? `${made.title}. ` : ""}${made.words}`, { height: `${48 + made.rows.length * Math.max(52, 34 * many)}px` });
  };
})();
