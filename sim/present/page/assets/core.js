"use strict";
// The page's own: data, elements, charts and sections.  Text goes into the page as text, never as markup.
const evacsim = (() => {
  const data = unpacked(JSON.parse(document.getElementById("data").textContent));
  const state = { mission: null, theme: null, printing: false };
  const listeners = new Map();
  const lasting = [];
  const sections = new Map();
  const charts = new Set();
  const SVG = new Set(["svg", "g", "path", "line", "circle", "rect", "text", "polyline", "polygon", "defs", "pattern", "title"]);

  // -- elements ----------------------------------------------------------------------------------------------------

  // el("p", {class: "note", onclick: f, style: {width: "3em"}}, "text", node, [more], null)
  function el(tag, attrs, ...children) {
    const node = SVG.has(tag) && tag !== "title" ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [name, value] of Object.entries(attrs || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
      else if (name === "style") Object.assign(node.style, value); // CSSOM, which the policy allows
      else if (name === "href" && !String(value).startsWith("#")) throw new Error("a link out of the page");
      else if (name === "src" && !String(value).startsWith("data:image/png;base64,")) throw new Error("a picture from elsewhere");
      else node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat(Infinity)) {
      if (child !== null && child !== undefined && child !== false) node.append(child instanceof Node ? child : unbroken(String(child)));
    }
    return node;
  }

  // What to do, each line large and small, and how sure that is: of everybody, or of one mission.
  function whatToDo(level, title, lines) {
    const large = (main) => el(main.length > 190 ? "span" : "strong", {}, main);
    const told = ([main, beside]) => (main ? el("p", {}, large(main), beside ? el("small", {}, beside) : null) : el("p", { class: "why" }, beside));
    return el("div", { class: "tile do" }, el(level, {}, title), lines.map(told));
  }
  const howSure = (level, texts) => el("div", { class: "tile sure" }, el(level, {}, "How sure"), texts.map((text) => el("p", {}, text)));

  // Shows the whole page from its title on if that leaves room for a node, else the node.
  function showOnTop(node) {
    if (node.getBoundingClientRect().top + window.scrollY < window.innerHeight * 0.5) window.scrollTo({ top: 0, behavior: "instant" });
    else node.scrollIntoView({ behavior: "instant" });
  }

  // A number stays on the line of its unit.
  function unbroken(text) {
    return text.replace(/([0-9]) (?=(?:%|h|d|min)(?![A-Za-z]))/g, "$1\u00a0");
  }

  // -- numbers as they are written elsewhere -----------------------------------------------------------------------

  // As Python rounds: a number halfway between two goes to the even one.
  const decimals = (x, digits) => {
    const scale = 10 ** digits;
    const near = Math.abs((x * scale) % 1) === 0.5 ? (2 * Math.round((x * scale) / 2)) / scale : x;
    return near.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits });
  };
  const format = {
    people: (x) => (x === 0 || Math.abs(x) >= 10 || Number.isInteger(x) ? decimals(x, 0) : Math.abs(x) >= 0.05 ? decimals(x, 1) : "< 0.1"),
    share: (p) => (p > 0 && p <= 0.005 ? "< 1 %" : p >= 0.995 && p < 1 ? "> 99 %" : `${decimals(100 * p, 0)} %`),
    hours: (h) => {
      if (h === null || h === undefined) return "never";
      if (h > 0 && Math.round(h * 60) < 60) return `${decimals(h * 60, 0)} min`;
      const [size, unit] = Math.abs(h) < 72 ? [h, "h"] : [h / 24, "d"];
      const whole = Math.round(size * 10) / 10 === Math.round(size);
      return `${decimals(size, !whole && (unit === "d" || Math.abs(size) < 10) ? 1 : 0)} ${unit}`;
    },
    // Local time h hours after the start of a scenario: "21 Sep 17:05".
    when: (h, scenario) => {
      const at = moment(h, scenario);
      const two = (n) => String(n).padStart(2, "0");
      return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;
    },
    day: (h, scenario) => {
      const at = moment(h, scenario);
      return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}`;
    },
    zone: (scenario) => {
      const offset = (scenario || data.scenarios[0]).utc_offset_h;
      const minutes = Math.round(Math.abs(offset) * 60);
      const two = (n) => String(n).padStart(2, "0");
      return `local time, UTC${offset < 0 ? "−" : "+"}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
    },
  };
  const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

  // The scenario's local clock, kept in the UTC fields of a date so that the reader's own zone has no part in it.
  function moment(h, scenario) {
    return new Date(Date.parse(`${(scenario || data.scenarios[0]).start}Z`) + Math.round(h * 60) * 60000);
  }

  // -- theme -------------------------------------------------------------------------------------------------------

  const prefers = window.matchMedia("(prefers-color-scheme: dark)");
  const palette = {};
  function readPalette() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    for (const name of ["paper", "card", "ink", "muted", "line", "grid", "warn", "good", "bad"]) palette[name] = read(name);
    palette.series = [1, 2, 3, 4, 5, 6].map((k) => read(`series-${k}`));
    palette.shades = [1, 2, 3, 4, 5, 6].map((k) => read(`shade-${k}`));
    palette.dashes = ["solid", [8, 4], [2, 3], [10, 3, 2, 3], [1, 2], [14, 4]];
    palette.dark = document.documentElement.dataset.theme === "dark";
  }
  function showTheme(theme) {
    document.documentElement.dataset.theme = theme;
    state.theme = theme;
    readPalette();
    charts.forEach((one) => one.draw());
    emit("theme", theme);
  }
  const wantedTheme = () => stored("theme") || (prefers.matches ? "dark" : "light");
  prefers.addEventListener("change", () => showTheme(wantedTheme()));
  // On paper all is light, and what is folded is open, but for the inputs (forty pages) and what is for the screen alone.
  let unfolded = [];
  window.addEventListener("beforeprint", () => {
    state.printing = true;
    unfolded = [...document.querySelectorAll("details:not([open], .screen, #_inputs details)")];
    for (const details of unfolded) details.open = true;
    showTheme("light");
  });
  window.addEventListener("afterprint", () => {
    state.printing = false;
    for (const details of unfolded.splice(0)) details.open = false;
    showTheme(wantedTheme());
  });

  // What the browser keeps of this page, where it keeps anything for files.
  function stored(name, value) {
    try {
      if (value !== undefined) localStorage.setItem(`evacsim-${name}`, value);
      return localStorage.getItem(`evacsim-${name}`);
    } catch {
      return null;
    }
  }
  function toggleTheme() {
    const theme = state.theme === "dark" ? "light" : "dark";
    stored("theme", theme);
    showTheme(theme);
  }

  // -- charts ------------------------------------------------------------------------------------------------------

  // Draws into node what option (an object, or a function of the palette) says; description: the picture in words, for whoever
  // can't see it.  Gives {instance(), draw(), dispose()}; it is drawn again when the theme or its width changes.
  // how: {height: "320px", or a function of the width that says it, on: {event: handler}}
  function chart(node, option, description, how = {}) {
    const holder = el("div", { class: "chart", role: "img", "aria-label": description, style: { height: typeof how.height === "function" ? null : how.height || "320px" } });
    node.append(holder);
    let instance = null;
    const one = {
      holder,
      instance: () => instance,
      draw() {
        if (!holder.clientWidth) return;
        if (typeof how.height === "function") holder.style.height = how.height(holder.clientWidth);
        if (instance === null) {
          instance = echarts.init(holder, null, { renderer: "svg" });
          for (const [event, handler] of Object.entries(how.on || {})) instance.on(event, handler);
        } else if (typeof how.height === "function") instance.resize();
        const made = typeof option === "function" ? option(palette, holder.clientWidth) : option;
        instance.setOption({ ...common(), ...made }, { notMerge: true });
        if (state.printing) instance.getZr().flush(); // now, not with the next frame
        const drawn = holder.querySelector("svg"); // which paper scales
        if (drawn) drawn.setAttribute("viewBox", `0 0 ${instance.getWidth()} ${instance.getHeight()}`);
      },
      dispose() {
        charts.delete(one);
        watcher.disconnect();
        if (instance !== null) instance.dispose();
        holder.remove();
      },
    };
    let width = 0;
    const watcher = new ResizeObserver(() => {
      if (state.printing || holder.clientWidth === width) return;
      width = holder.clientWidth;
      if (instance !== null) instance.resize();
      one.draw();
    });
    watcher.observe(holder);
    charts.add(one);
    one.draw();
    width = holder.clientWidth;
    return one;
  }
  function common() {
    const still = state.printing || window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    return {
      animation: !still,
      animationDuration: 200,
      backgroundColor: "transparent",
      textStyle: { color: palette.ink, fontFamily: getComputedStyle(document.body).fontFamily, fontSize: 13 },
      aria: { enabled: false }, // the holder says in words what is drawn
      color: palette.series,
    };
  }
  // Patterns on bars beside their colours, for who can't tell these apart.
  const decals = { aria: { enabled: true, label: { enabled: false }, decal: { show: true } } };
  // An axis as all charts have it.
  function axis(more = {}) {
    const { axisLabel, ...rest } = more;
    return {
      axisLine: { lineStyle: { color: palette.muted } },
      axisTick: { lineStyle: { color: palette.muted } },
      splitLine: { lineStyle: { color: palette.grid } },
      nameTextStyle: { color: palette.muted },
      axisLabel: { color: palette.ink, fontSize: 12, hideOverlap: true, ...axisLabel },
      ...rest,
    };
  }
  // Days or hours below a time axis from 0 to last hours after the start: whole steps, at most most of them.
  function timeAxis(last, width, scenario, more = {}) {
    const most = Math.max(3, Math.floor(width / 90));
    const step = [1, 2, 3, 6, 12, 24, 48, 72, 96, 168, 336, 672, 1344].find((hours) => last / hours <= most) || 2688;
    return axis({
      type: "value", min: 0, max: last, interval: step, splitLine: { show: false },
      axisLabel: { formatter: (h) => (step < 24 ? format.when(h, scenario) : format.day(h, scenario)), showMaxLabel: false },
      ...more,
    });
  }
  // The key of lines or bars: [[name, text beside it], …], in the order of the series.
  function key(rows, kind = "line") {
    return el("ul", { class: "legend" }, rows.map(([name, text], k) => el("li", {},
      kind === "line"
        ? el("svg", { width: 36, height: 12, "aria-hidden": "true" }, el("line", { x1: 0, y1: 6, x2: 36, y2: 6, class: `stroke-${(k % 6) + 1}` }))
        : el("i", { class: `swatch fill-${(k % 6) + 1}`, "aria-hidden": "true" }),
      el("span", {}, name, text ? [" ", el("b", {}, text)] : null))));
  }
  // A tooltip whose content is made of elements: lines(params) gives [[label, text], …] or texts.
  function tooltip(lines, more = {}) {
    return {
      appendTo: "body",
      confine: true,
      backgroundColor: palette.card,
      borderColor: palette.muted,
      textStyle: { color: palette.ink, fontSize: 13 },
      formatter: (params) => {
        const rows = lines(params);
        return rows && el("div", { class: "tip" }, rows.map((row) => (Array.isArray(row) ? el("div", {}, el("span", {}, row[0]), el("b", {}, row[1])) : el("div", {}, row))));
      },
      ...more,
    };
  }

  // -- events, missions, sections ----------------------------------------------------------------------------------

  // Events: "mission" (name or null), "theme" (dark or light), "update" (the data, once all of it is drawn again).
  // What a section listens to ends with it, as it is drawn again; what is said with always lasts as long as the page.
  function always(name, fn) {
    lasting.push([name, fn]);
    on(name, fn);
  }
  function on(name, fn) {
    if (!listeners.has(name)) listeners.set(name, []);
    listeners.get(name).push(fn);
  }
  function emit(name, value) {
    for (const fn of listeners.get(name) || []) fn(value);
  }
  // Selects a mission (null: none) as a link to it does.
  function select(mission) {
    if (mission === state.mission) return;
    state.mission = mission;
    emit("mission", mission);
  }
  function section(id, fn) {
    sections.set(id, fn);
  }
  function start() {
    showTheme(wantedTheme());
    for (const { id } of data.sections) {
      if (!data.live || id in data) draw(id);
    }
  }
  function draw(id) {
    const node = document.getElementById(`_${id}`);
    const fn = sections.get(id);
    if (!fn || !node) return;
    try {
      fn(node, data);
    } catch (error) {
      node.append(el("p", { class: "warn" }, `This part cannot be shown: ${error.message}`));
      console.error(error);
    }
  }

  // Shows other data in the page of a server: all sections are drawn again, but for those named in keep; those without data are
  // hidden.  The reader stays where he is.
  function update(other, keep) {
    const [top, focus] = [window.scrollY, document.activeElement];
    for (const name of Object.keys(data)) if (!keep.includes(name)) delete data[name];
    Object.assign(data, other);
    const kept = keep.map((id) => document.getElementById(`_${id}`));
    for (const one of [...charts]) if (!kept.some((node) => node && node.contains(one.holder))) one.dispose();
    listeners.clear();
    for (const [name, fn] of lasting) on(name, fn);
    const there = new Set([...keep, ...data.sections.map((one) => one.id)]);
    for (const node of document.querySelectorAll("main > section")) {
      const id = node.id.slice(1);
      node.hidden = !there.has(id);
      for (const link of document.querySelectorAll(`nav a[href="#${node.id}"]`)) link.parentElement.hidden = node.hidden;
      if (keep.includes(id)) continue;
      while (node.lastElementChild && node.lastElementChild.tagName !== "H2") node.lastElementChild.remove();
      if (!node.hidden) draw(id);
    }
    state.mission = null;
    emit("update", data); // which selects the mission of the address again
    if (focus && focus !== document.activeElement && focus.isConnected) focus.focus({ preventScroll: true });
    window.scrollTo({ top, behavior: "instant" });
  }

  return { data, el, whatToDo, howSure, showOnTop, chart, decals, axis, timeAxis, key, tooltip, palette, format, state, on, always, emit, select, section, start, update, toggleTheme, moment };
})();
