"use strict";
// One run, replayed: controls, the schematic, who is where, people out beside the band of all runs, hubs on a map.
evacsim.section("replay", (node, data) => {
  const { el } = evacsim;
  const { Run, City, HubMap, STAGES, NEVER, svg, set, write, words, capital, secures } = evacsim.replay;
  const part = data.replay;
  const STEP = 1; // hours
  const SPEEDS = [1, 3, 6, 12, 24];
  const NAMES = {
    mission: "at the mission", readying: "get ready", transport: "wait for transport", road: "on the way or turned back",
    gate: "wait before the gates", screening: "searched and checked", holding: "wait inside", aboard: "aboard", out: "out",
    gave_up: "have given up", staying: "stay, as planned",
  };
  const SHOWN = ["out", "aboard", "holding", "screening", "gate", "road", "transport", "readying", "mission", "gave_up", "staying"];
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const notes = [part.rule, ...part.notes].map((text) => el("p", {}, text));
  node.append(...notes);
  if (!part.scenarios.length) return;

  let run = null;
  let city = null;
  let hubs = null;
  let time = 0;
  let playing = null;
  let mission = null;
  let width = 0;

  // -- what there is to press --------------------------------------------------------------------------------------

  const which = el("div", { class: "choices" });
  const runs = el("div", { class: "choices" });
  const find = el("select", { id: "_replay-mission", onchange: () => highlight(find.value || null) });
  const speed = el("select", { id: "_replay-speed" }, SPEEDS.map((n) => el("option", { value: n, selected: n === 6 }, `${n} h a second`)));
  const play = el("button", { type: "button", class: "play", onclick: () => toggle() }, "▶ Play");
  const button = (text, label, fn) => el("button", { type: "button", "aria-label": label, title: label, onclick: fn }, text);
  const slider = el("input", { type: "range", id: "_replay-time", min: 0, step: 0.25, value: 0, "aria-label": "Time of the replay" });
  const calendar = svg("svg", { class: "calendar", height: 34, "aria-hidden": "true" });
  const jumps = el("div", { class: "jumps", role: "group", "aria-label": "Jump to" });
  const clock = el("p", { class: "clock" });
  const chips = el("ul", { class: "chips", "aria-label": "What holds now" });
  const live = el("p", { class: "hidden", role: "status", "aria-live": "polite" });
  const stage = el("div", { class: "stage" });
  const stages = el("div", { class: "stages" });
  const curve = el("figure", { class: "curve" });
  const map = el("figure", { class: "hubmap" });
  const table = el("div", { class: "hubtable" });
  const controls = el(
    "div",
    { class: "controls", role: "group", "aria-label": "Replay" },
    button("Start", "To the start", () => go(0)), button("−1 h", "An hour back", () => step(-STEP)), play,
    button("+1 h", "An hour on", () => step(STEP)), button("End", "To the end", () => go(run.end)),
    el("label", { for: "_replay-speed", class: "hidden" }, "Speed"), speed,
    el("label", { for: "_replay-mission", class: "hidden" }, "Show one mission"), find,
  );
  const screen = el(
    "div",
    { class: "replay", tabindex: "0", role: "group", "aria-label": "Replay of one run; space plays and pauses, arrow keys go an hour back and on" },
    which, runs, clock, chips, controls, el("div", { class: "time" }, slider, calendar), jumps,
    el("div", { class: "scene" }, stage, el("div", { class: "beside" }, stages, curve)),
    map, table, live,
  );
  node.append(screen);
  slider.addEventListener("input", () => show(Number(slider.value)));
  slider.addEventListener("change", () => tell());
  screen.addEventListener("keydown", pressed);

  function pressed(event) {
    const tag = event.target.tagName;
    if (event.ctrlKey || event.altKey || event.metaKey || tag === "SELECT") return;
    if (event.key === " " && (tag === "BUTTON" || tag === "SUMMARY")) return;
    const back = event.shiftKey ? -6 : -STEP;
    const keys = { " ": toggle, ArrowLeft: () => step(back), ArrowRight: () => step(-back), Home: () => go(0), End: () => go(run.end) };
    if (tag === "INPUT" && event.key !== " ") return; // the slider has keys of its own
    if (!keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  }

  // -- going through time ------------------------------------------------------------------------------------------

  function toggle() {
    if (playing !== null) return pause();
    if (time >= run.end) time = 0;
    play.textContent = "⏸ Pause";
    let last = null;
    playing = requestAnimationFrame(function frame(now) {
      const passed = last === null ? 0 : Math.min(0.25, (now - last) / 1000);
      // Whoever wants less motion sees the hours one after the other, without anything that moves between them.
      if (!still.matches || last === null || now - last > 500) {
        const on = still.matches ? STEP * Math.max(1, Number(speed.value) / 2) : passed * Number(speed.value);
        show(Math.min(run.end, time + (last === null ? 0 : on)));
        last = now;
      }
      if (time >= run.end) return pause();
      playing = requestAnimationFrame(frame);
    });
  }
  function pause() {
    if (playing !== null) cancelAnimationFrame(playing);
    playing = null;
    play.textContent = "▶ Play";
    tell();
  }
  function go(hours) {
    if (playing !== null) pause();
    show(Math.max(0, Math.min(run.end, hours)));
    tell();
  }
  const step = (by) => go(by > 0 ? Math.floor(time + by + 1e-9) : Math.ceil(time + by - 1e-9));

  // -- one run -----------------------------------------------------------------------------------------------------

  function open(scenario, number) {
    if (playing !== null) pause();
    run = new Run(scenario, scenario.runs[number]);
    const kept = Math.min(time, run.end);
    slider.max = run.end;
    which.replaceChildren(...(part.scenarios.length > 1 ? part.scenarios.map((one) => choice(labelOf(one), one === scenario, () => open(one, Math.min(number, one.runs.length - 1)))) : []));
    runs.replaceChildren(...scenario.runs.map((raw, k) => choice(runText(raw), k === number, () => open(scenario, k))));
    find.replaceChildren(el("option", { value: "" }, "All missions"), ...byName(scenario).map(([name, title]) => el("option", { value: name, selected: name === mission }, title)));
    if (mission !== null && !scenario.missions.includes(mission)) mission = null;
    marks();
    width = 0;
    fit();
    show(kept);
  }
  const choice = (text, chosen, fn) => el("button", { type: "button", "aria-pressed": String(chosen), onclick: fn }, text);
  const labelOf = (scenario) => data.scenarios[scenario.scenario].label;
  const titleOf = (scenario, name) => scenario.titles[name] || words(name); // its own: another's may be of another mission
  const byName = (scenario) => scenario.missions.map((name) => [name, titleOf(scenario, name)]).sort((a, b) => a[1].localeCompare(b[1], "en"));
  function runText(raw) {
    const kinds = raw.stands_for.map(([kind]) => capital(kind));
    const names = kinds.length > 1 ? `${kinds.slice(0, -1).join(", ")} and ${kinds[kinds.length - 1]}` : kinds[0];
    return `${names}: ${evacsim.format.people(raw.left_behind)} left behind (run ${raw.replication})`;
  }
  const clockOf = () => data.scenarios[run.scenario.scenario];

  function marks() {
    const all = run.marks();
    jumps.replaceChildren(
      ...all.map(([hours, text]) => el("button", { type: "button", class: "jump", onclick: () => go(hours) }, capital(text), el("small", {}, evacsim.format.when(hours, clockOf())))),
    );
  }
  function drawCalendar() {
    const w = slider.clientWidth;
    if (!w || !run.end) return;
    const x = (hours) => 8 + ((w - 16) * hours) / run.end; // where the middle of the thumb is
    set(calendar, { width: w, viewBox: `0 0 ${w} 34` });
    const start = evacsim.moment(0, clockOf());
    const clock = start.getUTCHours() + start.getUTCMinutes() / 60;
    const apart = [1, 3, 6, 12, 24].find((n) => (run.end / n) * 56 <= w) || 24 * Math.ceil((run.end / 24) * (56 / w)); // hours
    const ticks = [];
    for (let hour = (24 - clock) % 24 - 24; hour <= run.end; hour += Math.min(apart, 24)) {
      if (hour < 0) continue;
      const day = Math.round((hour + clock) / 24);
      const at = x(hour);
      const labelled = (apart <= 24 || day % (apart / 24) === 0) && at < w - 24;
      ticks.push(svg("line", { class: "day", x1: at, x2: at, y1: 0, y2: labelled ? 8 : 5 }));
      const midnight = (hour + clock) % 24 < 1e-6;
      const text = midnight ? evacsim.format.day(hour, clockOf()) : evacsim.format.when(hour, clockOf()).slice(-5);
      if (labelled) ticks.push(svg("text", { class: "small", x: at, y: 20, "text-anchor": at < 20 ? "start" : "middle" }, text));
    }
    const lines = run.marks().map(([hours, text]) => svg("path", { class: /lost|falls/.test(text) ? "mark bad" : "mark", d: `M${x(hours) - 4} 34L${x(hours)} 26L${x(hours) + 4} 34Z` }));
    calendar.replaceChildren(...ticks, ...lines);
  }

  function fit() {
    const wide = stage.clientWidth;
    if (!wide || wide === width) return;
    width = wide;
    city = new City(run, run.scenario.titles, wide);
    stage.replaceChildren(city.node);
    hubs = HubMap.of(run, part.world, map.clientWidth || wide);
    map.hidden = hubs === null;
    map.replaceChildren(...(hubs === null ? [] : [el("figcaption", {}, "Hubs and aircraft on their way"), hubs.node, el("p", { class: "note" }, `Land: ${part.world.source}.`)]));
    curve.replaceChildren(el("figcaption", {}, "People out: this run, and where nine of ten runs are"), drawCurve());
    drawCalendar();
    show(time);
  }
  new ResizeObserver(() => run !== null && fit()).observe(stage);

  // -- people out, beside the band of all runs -----------------------------------------------------------------------

  let cursor = null;
  let across = null;
  function drawCurve() {
    const out = run.scenario.out;
    const undo = (differences) => {
      let sum = 0;
      return differences.map((d) => (sum += d));
    };
    const [low, median, high] = [out.low, out.median, out.high].map(undo);
    const last = Math.max(run.end, 1);
    const hours = Math.min(Math.max(low.length - 1, Math.ceil(last)), Math.max(Math.ceil(last), settled(median, low, high)));
    const at = (values, h) => (values.length ? values[Math.min(h, values.length - 1)] : 0);
    const own = Array.from({ length: hours + 1 }, (_, h) => run.total(h).out);
    const most = Math.max(1, ...own, at(high, hours));
    const [w, h, left, bottom] = [Math.max(240, curve.clientWidth || 300), 190, 52, 24];
    const x = (hour) => left + ((w - left - 8) * hour) / hours;
    const y = (n) => 8 + (h - 8 - bottom) * (1 - n / most);
    const line = (values) => Array.from({ length: hours + 1 }, (_, k) => `${x(k).toFixed(1)},${y(at(values, k)).toFixed(1)}`);
    const labels = [0, 0.5, 1].map((share) => svg("text", { class: "small", x: left - 6, y: y(most * share) + 4, "text-anchor": "end" }, evacsim.format.people(Math.round(most * share))));
    cursor = svg("line", { class: "cursor", y1: 4, y2: h - bottom });
    across = x;
    const ends = [0, hours / 2].map((hour) => svg("text", { class: "small", x: x(hour), y: h - 6, "text-anchor": hour ? "middle" : "start" }, hours < 96 ? evacsim.format.when(hour, clockOf()) : evacsim.format.day(hour, clockOf())));
    const text = `People out over time. This run ends with ${evacsim.format.people(own[own.length - 1])}; nine of ten runs end between ${evacsim.format.people(at(low, hours))} and ${evacsim.format.people(at(high, hours))}.`;
    const picture = svg("svg", { width: w, height: h, viewBox: `0 0 ${w} ${h}`, role: "img", "aria-label": text });
    picture.append(
      ...[0, 0.5, 1].map((share) => svg("line", { class: "grid", x1: left, x2: w - 8, y1: y(most * share), y2: y(most * share) })),
      svg("polygon", { class: "band", points: [...line(low), ...line(high).reverse()].join(" ") }),
      svg("polyline", { class: "middle", points: line(median).join(" ") }),
      svg("polyline", { class: "own", points: line(own).join(" ") }),
      ...labels, ...ends, cursor,
    );
    const key = el("p", { class: "note" }, el("span", { class: "key own" }), " this run ", el("span", { class: "key middle" }), " median of all ", el("span", { class: "key band" }), ` nine of ten of ${evacsim.format.people(run.scenario.replications)} runs`);
    return el("div", {}, picture, key);
  }
  // The hour after which none of these curves rises any more.
  function settled(...curves) {
    let hour = 1;
    for (const values of curves) {
      const end = values[values.length - 1];
      let k = values.length - 1;
      while (k > 0 && values[k - 1] === end) k--;
      hour = Math.max(hour, k + 6);
    }
    return hour;
  }

  // -- a moment ------------------------------------------------------------------------------------------------------

  const rows = new Map();
  const bar = el("div", { class: "bar", "aria-hidden": "true" });
  const whose = el("h3", {});
  const list = el("dl", { class: "who" });
  stages.append(whose, bar, list);
  for (const name of SHOWN) {
    const count = el("dd", {});
    const row = el("div", { class: `is-${name}` }, el("dt", {}, el("span", { class: "swatch" }), NAMES[name]), count);
    const piece = el("span", { class: `is-${name}` });
    bar.append(piece);
    list.append(row);
    rows.set(name, { row, count, piece });
  }

  function show(hours) {
    time = hours;
    slider.value = hours;
    slider.setAttribute("aria-valuetext", evacsim.format.when(hours, clockOf()));
    write(clock, `${evacsim.format.when(hours, clockOf())} · hour ${Math.floor(hours + 1e-6)} of ${Math.ceil(run.end)}`);
    const state = run.state(hours);
    drawChips(state);
    drawStages(run.total(hours, mission === null ? null : run.scenario.missions.indexOf(mission)));
    if (cursor) set(cursor, { x1: across(hours).toFixed(1), x2: across(hours).toFixed(1) });
    if (city) city.draw(hours, mission);
    if (hubs) hubs.draw(hours);
    drawHubs(run.tick(hours));
  }
  let chipText = "";
  function drawChips(state) {
    const who = secures(state, run.scenario);
    const levels = run.scenario.levels;
    const grade = state.level === null ? 0 : Math.round((3 * levels.indexOf(state.level)) / Math.max(1, levels.length - 1));
    const chipsNow = [
      state.level === null ? null : [`level-${grade}`, `Threat: ${words(state.level)}`],
      state.fallen && state.level !== run.scenario.fallen ? ["level-3", "The capital has fallen"] : null,
      run.scenario.phases || state.lost ? [who.kind, `${who.text}, ${who.more}`] : null,
      ...state.closures.filter((c) => c.what.length).map((c) => ["shut", `${c.name === "crowd" ? "Crowd on the runway" : capital(words(c.name))}: ${c.what.map(words).join(", ")} closed${c.whom.length ? " to some" : ""}`]),
      state.gates.length && state.gates.every((g) => g.closed) ? ["shut", "All gates closed"] : null,
      state.over ? ["over", { out: "Everybody is out", gave_up: "All are out or have given up", lost: "The airport is lost: nobody else gets out", horizon: "The horizon of the simulation" }[run.raw.reason]] : null,
    ].filter((chip) => chip !== null);
    const text = JSON.stringify(chipsNow);
    if (text === chipText) return;
    chipText = text;
    chips.replaceChildren(...chipsNow.map(([kind, words]) => el("li", { class: kind }, words)));
  }
  function drawStages(counts) {
    const all = SHOWN.reduce((sum, name) => sum + counts[name], 0);
    write(whose, `${mission === null ? "Everybody" : titleOf(run.scenario, mission)}: ${evacsim.format.people(all)} people`);
    for (const [name, { row, count, piece }] of rows) {
      row.classList.toggle("none", counts[name] === 0);
      write(count, evacsim.format.people(counts[name]));
      piece.style.width = `${all ? (100 * counts[name]) / all : 0}%`;
    }
  }
  let cells = [];
  function drawHubs(tick) {
    if (table.dataset.of !== runKey()) startHubs();
    for (const { h, arrived, coming } of cells) {
      const there = run.arrived[h].at(tick);
      write(arrived, evacsim.format.people(there));
      write(coming, evacsim.format.people(run.flown[h].at(tick) - there));
    }
  }
  const runKey = () => `${run.scenario.scenario}/${run.raw.replication}`;
  function startHubs() {
    table.dataset.of = runKey();
    const used = run.scenario.hubs.map((_, h) => h).filter((h) => run.flown[h].at(run.endTick) > 0);
    cells = used.map((h) => ({ h, arrived: el("td", { class: "number" }), coming: el("td", { class: "number" }) }));
    const head = el("tr", {}, el("th", { scope: "col" }, "Hub"), el("th", { scope: "col", class: "number" }, "Arrived"), el("th", { scope: "col", class: "number" }, "On the way"));
    const body = cells.map(({ h, arrived, coming }) => el("tr", {}, el("th", { scope: "row" }, run.scenario.hubs[h]), arrived, coming));
    table.replaceChildren(...(used.length ? [el("details", {}, el("summary", {}, "Hubs as a table"), el("table", {}, el("caption", {}, "People at and on their way to each hub"), el("thead", {}, head), el("tbody", {}, body)))] : []));
  }

  // Said on pausing, stepping and jumping, and not while it plays.
  function tell() {
    const counts = run.total(time, mission === null ? null : run.scenario.missions.indexOf(mission));
    const people = SHOWN.filter((name) => counts[name]).map((name) => `${evacsim.format.people(counts[name])} ${NAMES[name]}`);
    live.textContent = `${evacsim.format.when(time, clockOf())}. ${[...chips.children].map((chip) => chip.textContent).join(". ")}. ${people.join(", ")}.`;
  }
  function highlight(name) {
    mission = name !== null && run.scenario.missions.includes(name) ? name : null;
    find.value = mission || "";
    show(time);
    tell();
  }
  evacsim.on("mission", (name) => highlight(name));

  Object.assign(evacsim.replay, {
    counts: (hours = time) => run.counts(hours),
    time: () => time,
    go,
    toggle,
    playing: () => playing !== null,
    open: (scenario, number = 0) => open(part.scenarios[scenario], number),
    run: () => run,
    drawn: () => city.drawn,
  });
  open(part.scenarios[0], 0);
});
