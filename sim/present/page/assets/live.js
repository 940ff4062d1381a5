"use strict";
// The live panel: what is set, the answer to it as it becomes more precise, and a pinned one beside it.
evacsim.section("live", (node, data) => {
  const { el, format } = evacsim;
  const live = data.live;
  const KEEP = ["live"];
  const FIRST = 12; // levers that are shown before somebody searches
  const PAUSE = 350; // ms between two questions, and after the last move of a slider
  const SOON = 150; // the same before there is anything to show
  const me = Array.from(crypto.getRandomValues(new Uint32Array(4)), (x) => x.toString(36)).join("");
  const entries = new Map(live.entries.map((one) => [one.name, one]));
  const fresh = (name) => ({ scenario: name, provider: null, levers: {}, set: [] });

  let setting = fresh(live.first);
  let pin = null;
  let levers = new Map();
  let have = 0; // replications of the answer that is shown
  let looks = []; // [{n, entry}] of this setting, as they came
  let pinned = null; // {n, entry} of the pinned one
  let shown = null; // the last answer
  let drawn = ""; // of which setting and look the sections below are
  let turn = 0; // a newer question makes the answers to older ones void
  let timer = null;
  let accepted = null; // the last setting that was

  // -- the server ----------------------------------------------------------------------------------------------------

  // Gives what it says; raises an error with the lines that say what is wrong, or none where nobody answers.
  async function post(route, body) {
    const sent = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
    const reply = await fetch(route, sent);
    const said = await reply.json();
    if (!reply.ok) throw Object.assign(new Error("refused"), { lines: said.error || ["refused"], status: reply.status });
    return said;
  }

  function later(wait, again) {
    clearTimeout(timer);
    timer = setTimeout(() => ask(again), wait);
  }

  async function ask(again = false) {
    const mine = ++turn;
    clearTimeout(timer);
    let said;
    try {
      said = await post("ask", { browser: me, setting, pin, have, again });
    } catch (error) {
      if (mine !== turn) return;
      if (error.lines) return refuse(error.lines, error.status);
      work.textContent = "The server does not answer: it has ended, or is busy. Trying again …";
      return later(2000);
    }
    if (mine !== turn) return;
    accepted = JSON.stringify(setting);
    faults.replaceChildren();
    keep();
    if (said.answer) take(said);
    if (said.pin) takePin(said.pin);
    progress(said);
    const going = (one) => one && (one.state === "working" || one.state === "waiting");
    if (going(said) || going(said.pin)) later(said.replications.shown ? PAUSE : SOON);
  }

  // What was set isn't accepted: the lines are shown, and the answer is no answer to it.
  function refuse(lines, status) {
    faults.replaceChildren(...lines.map((line) => el("li", {}, line)));
    work.textContent = status === 400 ? "Not accepted: change the setting." : "No answer.";
    bar.hidden = true;
    node.classList.add("stale");
    retry.hidden = status === 400;
  }

  // -- what is set ---------------------------------------------------------------------------------------------------

  function change(other, wait = PAUSE) {
    setting = other;
    have = 0;
    looks = [];
    turn += 1;
    node.classList.add("stale");
    work.textContent = "…";
    differs();
    later(wait);
  }

  async function choose(name) {
    const before = setting;
    await known(name);
    const kept = Object.fromEntries(Object.entries(before.levers).filter(([lever]) => levers.has(lever)));
    change({ ...before, scenario: name, provider: null, levers: kept }, 0);
    show();
  }

  async function known(name) {
    try {
      const said = await post("levers", { scenario: name });
      levers = new Map(said.levers.map((one) => [one.name, one]));
      Object.assign(entries.get(name), { title: said.title, providers: said.providers });
    } catch {
      levers = new Map(); // ask says what is wrong
    }
  }

  // The setting is kept in the address, so that a reload, or a copy of the address in another tab, has it.
  function keep() {
    const query = `?q=${encodeURIComponent(JSON.stringify({ setting, pin }))}`;
    if (query !== location.search) history.replaceState(null, "", `${query}${location.hash}`); // browsers allow few of these
  }
  function kept() {
    try {
      const q = JSON.parse(new URLSearchParams(location.search).get("q"));
      if (q && entries.has(q.setting.scenario)) [setting, pin] = [{ ...fresh(live.first), ...q.setting }, q.pin || null];
    } catch {
      // no setting of ours
    }
  }

  // -- the controls --------------------------------------------------------------------------------------------------

  const title = (name) => (name === "none" ? "Nobody" : name.charAt(0).toUpperCase() + name.slice(1).replaceAll("-", " "));
  let groups = 0;
  function buttons(legend, options, chosen, pick) {
    const group = `live-${(groups += 1)}`;
    return el(
      "fieldset",
      { class: "choice" },
      el("legend", {}, legend),
      options.map(([value, text], k) => [
        el("input", { type: "radio", name: group, id: `${group}-${k}`, checked: value === chosen, onchange: () => pick(value) }),
        el("label", { for: `${group}-${k}` }, text),
      ]),
    );
  }
  const choices = el("div", { class: "choices" });
  function scenarios() {
    const here = entries.get(setting.scenario);
    const parts = [];
    if (here.provider !== null) {
      const of = (provider, threat) => live.entries.find((one) => one.provider === provider && one.threat === threat);
      const go = (one) => one && choose(one.name);
      parts.push(buttons("Who secures the airport", live.providers.map((p) => [p, title(p)]), here.provider, (p) => go(of(p, entries.get(setting.scenario).threat))));
      parts.push(buttons("The threat", live.threats.map((t) => [t, title(t)]), here.threat, (t) => go(of(entries.get(setting.scenario).provider, t))));
    } else if (live.entries.length > 1) {
      parts.push(buttons("Scenario", live.entries.map((one) => [one.name, title(one.name)]), here.name, choose));
    }
    if (here.providers && here.providers.length > 1) {
      const all = [[null, "As the scenario says"], ...here.providers.map((p) => [p, `${title(p)}, from the start`])];
      parts.push(buttons("Who secures the airport", all, setting.provider, (p) => change({ ...setting, provider: p }, 0)));
    }
    choices.replaceChildren(...parts, el("p", { class: "note" }, here.title || ""));
  }

  const search = el("input", { type: "search", id: "live-search", oninput: () => list() });
  const more = el("button", { type: "button", onclick: () => { all = !all; list(); } });
  let all = false;
  const sliders = el("div", { class: "sliders" });
  const rows = new Map(); // lever -> its row, made once so that nothing that has the focus is replaced

  function row(one) {
    const id = `live-lever-${rows.size}`;
    const text = el("output", { for: id });
    const low = one.steps[0][1];
    const high = one.steps[one.steps.length - 1][1];
    const input = el("input", { type: "range", id, min: 0, max: one.steps.length - 1, step: 1, "aria-describedby": `${id}-range` });
    const reset = el("button", { type: "button", class: "small", onclick: () => { put(null); input.focus(); } }, "Reset");
    reset.setAttribute("aria-label", `Reset: ${one.about}`);
    function say() {
      const at = setting.levers[one.name];
      const moved = at !== undefined;
      if (moved) input.value = nearest(one, at);
      const written = one.written ? `as written: ${one.written}` : "as written";
      text.textContent = moved ? one.steps[input.value][1] : one.drawn ? `${written}; drawn from its range` : written;
      input.setAttribute("aria-valuetext", text.textContent);
      reset.hidden = !moved;
      node.classList.toggle("moved", moved);
    }
    function put(k) {
      const { [one.name]: _, ...others } = setting.levers;
      change({ ...setting, levers: k === null ? others : { ...others, [one.name]: one.steps[k][0] } });
      if (k === null) input.value = one.start;
      say();
    }
    input.addEventListener("input", () => put(Number(input.value)));
    input.value = one.start;
    const node = el(
      "div",
      { class: "lever", "data-lever": one.name },
      el("label", { for: id }, one.whose ? `${one.about}: ${one.whose}` : one.about, one.paths.length > 1 ? el("small", {}, ` (${one.paths.length} numbers together)`) : null),
      input,
      el("span", { class: "ends", id: `${id}-range` }, el("span", {}, low), el("span", {}, high)),
      el("div", { class: "value" }, text, reset),
    );
    return { one, node, say };
  }
  function nearest(one, at) {
    return one.steps.reduce((best, step, k) => (Math.abs(step[0] - at) < Math.abs(one.steps[best][0] - at) ? k : best), 0);
  }
  function show() {
    rows.clear();
    for (const one of levers.values()) rows.set(one.name, row(one));
    scenarios();
    list();
  }
  // Levers by group: the first ones, those that are moved, and those that are searched for.
  function list() {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = ({ one }) => words.every((word) => `${one.about} ${one.whose} ${one.group} ${one.name} ${one.paths.join(" ")}`.toLowerCase().includes(word));
    const some = [...rows.values()].filter((each, k) => (words.length ? fits(each) : all || k < FIRST || setting.levers[each.one.name] !== undefined));
    const grouped = new Map();
    for (const each of some) {
      each.say();
      if (!grouped.has(each.one.group)) grouped.set(each.one.group, []);
      grouped.get(each.one.group).push(each.node);
    }
    const focus = document.activeElement;
    sliders.replaceChildren(...[...grouped].map(([name, nodes]) => el("div", { role: "group", "aria-label": name }, el("h4", {}, name), nodes)));
    if (!some.length) sliders.append(el("p", { class: "note" }, rows.size ? "No lever has these words." : "This scenario gives no lever a range."));
    if (focus && focus.isConnected && focus !== document.activeElement) focus.focus({ preventScroll: true });
    more.hidden = rows.size <= FIRST || words.length > 0;
    more.textContent = all ? "Fewer levers" : `All ${rows.size} levers`;
  }

  const typed = el("input", { type: "text", id: "live-set", autocomplete: "off", spellcheck: "false", placeholder: "airport.consular.officers=20" });
  const typedFaults = el("ul", { class: "warn faults", role: "alert" });
  async function add(event) {
    event.preventDefault();
    const text = typed.value.trim();
    if (!text) return;
    const other = { ...setting, set: [...setting.set.filter((old) => old.split("=")[0].trim() !== text.split("=")[0].trim()), text] };
    try {
      await post("ask", { browser: `${me}?`, setting: other, pin: null, have: 1e9 });
    } catch (error) {
      typedFaults.replaceChildren(...(error.lines || ["The server does not answer."]).map((line) => el("li", {}, line)));
      return;
    }
    typedFaults.replaceChildren();
    typed.value = "";
    change(other, 0);
  }

  // -- the answer ----------------------------------------------------------------------------------------------------

  const number = el("dd", { class: "headline", id: "live-left" });
  const odds = el("dd", { class: "headline", id: "live-odds" });
  const leftOf = el("dt", {}, "Left behind, on average");
  const rest = el("div", { class: "rest" });
  const work = el("p", { class: "work", id: "live-work" });
  const bar = el("progress", { max: 1, value: 0, "aria-label": "Replications" });
  const retry = el("button", { type: "button", hidden: true, onclick: () => ask(true) }, "Try again");
  const faults = el("ul", { class: "warn faults", role: "alert" });
  const band = el("div", { class: "band" });
  const against = el("div", { class: "against" });
  const versus = el("figure", { class: "versus" });
  const status = el("p", { role: "status", class: "hidden", id: "live-status" });
  const answer = el("div", { class: "answer" });

  const interval = (one) => (one.low === null ? "" : `${format.people(one.low)} to ${format.people(one.high)}`);
  function headline(total) {
    const left = total.left_behind;
    const p = total.p_all_out;
    number.replaceChildren(left.mean === null ? "–" : format.people(left.mean), el("small", {}, interval(left)));
    odds.replaceChildren(p.estimate === null ? "–" : format.share(p.estimate), el("small", {}, p.low === null ? "" : `${format.share(p.low)} to ${format.share(p.high)}`));
    leftOf.textContent = `Left behind, of ${format.people(Math.round(total.to_move))}, on average`;
  }

  function take(said) {
    const [result] = said.answer.results;
    have = said.replications.shown;
    shown = said;
    node.classList.remove("stale");
    if (!result.total) {
      number.replaceChildren("–");
      odds.replaceChildren("–");
      rest.replaceChildren(el("p", { class: "warn" }, said.headline));
      return;
    }
    looks.push({ n: have, entry: result.total.left_behind });
    headline(result.total);
    rest.replaceChildren(
      el("p", {}, said.headline),
      el("p", { class: "note" }, said.words.sure.join(" ")),
      ...[...said.impossible.map((text) => `Cannot get everybody out: ${text}`), ...said.cautions, ...result.warnings].map((text) => el("p", { class: "warn" }, text)),
      result.failed ? el("p", { class: "warn" }, `${result.failed} replications failed: nothing here is final.`) : "",
    );
    draw();
    below(said);
    if (!Object.keys(setting.levers).length && said.most.length) first(said.most);
  }
  // The levers that matter most come first, once a run has said which these are; not under somebody's hand.
  function first(most) {
    const time = (name) => levers.has(name) && !levers.get(name).paths.length; // which stay on top
    const rank = (name) => (time(name) ? -1 : most.includes(name) ? most.indexOf(name) : most.length);
    const sorted = [...rows.entries()].sort(([a], [b]) => rank(a) - rank(b));
    if (sorted.every(([name], k) => name === [...rows.keys()][k]) || sliders.contains(document.activeElement)) return;
    rows.clear();
    for (const [name, each] of sorted) rows.set(name, each);
    list();
  }

  function takePin(said) {
    if (said.answer && said.answer.results[0].total) pinned = { n: said.replications.shown, entry: said.answer.results[0].total.left_behind, words: said.words };
    const other = said.difference && said.difference.total;
    const signed = (x, how) => (x === null || x === undefined ? "–" : `${x > 0 ? "+" : x < 0 ? "−" : ""}${how(Math.abs(x))}`);
    const line = (text, one, how) => [el("dt", {}, text), el("dd", {}, signed(one.difference, how), el("small", {}, one.low === null ? "" : `${signed(one.low, how)} to ${signed(one.high, how)}`))];
    const points = (x) => `${(100 * x).toFixed(0)} points`;
    against.replaceChildren(
      el("h4", {}, "Against the pinned answer"),
      el("p", { class: "note" }, `Pinned: ${pinned ? pinned.words.label : ""}${said.settings.length ? `; ${said.settings.length > 3 ? `${said.settings.length} settings` : said.settings.join("; ")}` : ""}`),
      ...(other
        ? [
            el("dl", {}, line("People left behind", other.left_behind, format.people), line("Chance that all are out", other.p_all_out, points)),
            el("p", {}, said.choice),
            el("p", { class: "note" }, `Over the same ${said.pairs} replications of both.`),
          ]
        : [el("p", {}, same() ? "This is the pinned answer: move something." : said.error || "Not known yet.")]),
    );
    beside(said.out ? said : null);
    draw();
  }
  // People out over time, pinned and now, each with the band of nine in ten; drawn again only where that is another.
  let drawnOut = "";
  let charted = null;
  function beside(said) {
    const key = said ? JSON.stringify([pin, setting, said.pairs]) : "";
    if (key === drawnOut) return;
    drawnOut = key;
    if (charted) charted.dispose();
    charted = null;
    versus.replaceChildren();
    if (!said) return;
    const part = said.out;
    const { chart, axis, timeAxis, tooltip } = evacsim;
    const last = part.hours[part.hours.length - 1];
    const top = Math.max(...part.lines.map((line) => Math.max(line.to_move, line.high90[line.high90.length - 1])));
    const points = (values) => values.map((x, k) => [part.hours[k], x]);
    const when = (h) => (part.clock ? `${format.when(h, part.clock)}, ${format.hours(h)} after the start` : `${format.hours(h)} after the start`);
    const order = [1, 0]; // the colours of the panel: now the first, pinned the second
    versus.append(el("h4", {}, "People out over time"), el("p", { id: "live-versus" }, `${part.title}.`),
      evacsim.key(["now", "pinned"].map((name, k) => [name, `${format.people(Math.round(part.lines[order[k]].mean[part.lines[order[k]].mean.length - 1]))} out on average`])));
    charted = chart(versus, (palette, width) => ({
      grid: { left: 60, right: 16, top: 12, bottom: 30 },
      tooltip: tooltip((params) => {
        const i = params[0].dataIndex;
        return [when(part.hours[i]), ...order.map((k) => [part.lines[k].label, `${format.people(part.lines[k].median[i])} (${format.people(part.lines[k].low90[i])} to ${format.people(part.lines[k].high90[i])})`])];
      }, { trigger: "axis" }),
      xAxis: part.clock ? timeAxis(last, width, part.clock) : axis({ type: "value", min: 0, max: last, axisLabel: { formatter: format.hours } }),
      yAxis: axis({ type: "value", min: 0, max: Math.ceil(top), axisLabel: { formatter: (x) => format.people(x), showMaxLabel: false } }),
      series: order.flatMap((k, at) => {
        const line = part.lines[k];
        const colour = palette.series[at];
        const edge = { color: colour, width: 1, type: palette.dashes[at] };
        return [
          { name: `${line.label} low`, type: "line", stack: line.label, showSymbol: false, silent: true, lineStyle: edge, data: points(line.low90) },
          { name: `${line.label} band`, type: "line", stack: line.label, showSymbol: false, silent: true, lineStyle: edge, data: points(line.high90.map((x, i) => x - line.low90[i])), areaStyle: { color: colour, opacity: 0.16 } },
          { name: line.label, type: "line", showSymbol: false, data: points(line.median), lineStyle: { width: 3, color: colour, type: palette.dashes[at] }, itemStyle: { color: colour } },
        ];
      }),
    }), `${part.title}. ${part.lines.map((line) => line.words).join(" ")}`, { height: "260px" });
    versus.append(el("p", { class: "note" }, `Lines: the middle case; bands: nine of ten. Over the same ${said.pairs} replications of both${part.clock ? `, ${format.zone(part.clock)}` : ""}.`));
  }
  const same = () => pin !== null && JSON.stringify(pin) === JSON.stringify(setting);

  // Intervals of the mean number of people left behind, a line for each look.
  function draw() {
    const lines = looks.map((one) => ({ ...one, text: `${one.n}`, last: false }));
    if (lines.length) lines[lines.length - 1].last = true;
    if (pinned && pin) lines.push({ ...pinned, text: `pinned, ${pinned.n}`, pin: true });
    const most = Math.max(1, ...lines.map((one) => one.entry.high ?? one.entry.mean ?? 0));
    const width = Math.min(Math.max(band.clientWidth, 280), 900); // so that letters have their size
    const [left, right, step] = [100, 20, 28];
    const x = (value) => left + ((width - left - right) * value) / most;
    const height = step * lines.length + 30;
    const words = lines.map((one) => `${one.text} replications: ${format.people(one.entry.mean)}${one.entry.low === null ? "" : ` (${interval(one.entry)})`}`).join("; ");
    band.replaceChildren(
      el("p", { class: "note" }, "People left behind on average, with its 95 % interval, by number of replications"),
      el(
        "svg",
        { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": words },
        lines.map((one, k) => {
          const y = step * k + step / 2;
          const kind = one.pin ? "pin" : one.last ? "now" : "before";
          return [
            el("text", { x: left - 10, y: y + 5, "text-anchor": "end", class: kind }, one.text),
            el("line", { x1: left, x2: width - right, y1: y, y2: y, class: "grid" }),
            one.entry.low === null ? null : el("line", { x1: x(one.entry.low), x2: x(one.entry.high), y1: y, y2: y, class: `interval ${kind}` }),
            el("circle", { cx: x(one.entry.mean), cy: y, r: 6, class: kind }),
          ];
        }),
        [0, most].map((value, k) => el("text", { x: x(value), y: height - 8, "text-anchor": k ? "end" : "start" }, format.people(Math.round(value)))),
      ),
    );
  }

  function progress(said) {
    const { done, of, shown: n } = said.replications;
    const busy = said.state === "working" || said.state === "waiting";
    bar.hidden = !busy;
    bar.max = of;
    bar.value = done;
    retry.hidden = said.state !== "failed";
    const words = {
      working: `${done} of ${of} replications${n ? `; the answer shown is of ${n}` : ""}`,
      waiting: "Another command works in this folder; waiting for it.",
      failed: said.error,
      done: `${of} of ${of} replications: settled`,
    };
    work.textContent = words[said.state];
    work.classList.toggle("warn", said.state === "failed");
    node.dataset.state = said.state;
    node.dataset.shown = n;
    if (said.state === "done" && shown && shown.words.told) status.textContent = `${of} replications. ${shown.words.told}`;
    command.textContent = said.command;
    lines.textContent = said.settings.map((text) => `--set '${text}'`).join("\n") || "Nothing: the scenario as it is written.";

  }

  // -- what differs, and what can be done with it --------------------------------------------------------------------

  const lines = el("pre", { id: "live-sets", tabindex: "0", "aria-label": "Settings that differ" });
  const command = el("pre", { id: "live-command", tabindex: "0", "aria-label": "The command that gives the same answer" });
  const chips = el("ul", { class: "chips" });
  function differs() {
    chips.replaceChildren(
      ...setting.set.map((text) => el("li", {}, el("code", {}, text), " ", el("button", { type: "button", class: "small", "aria-label": `Remove ${text}`, onclick: () => change({ ...setting, set: setting.set.filter((other) => other !== text) }, 0) }, "Remove"))),
    );
    pinButton.disabled = same();
    unpin.hidden = pin === null;
  }
  const pinButton = el("button", { type: "button", onclick: () => { pin = setting; pinned = null; differs(); ask(); } }, "Pin this answer");
  const unpin = el("button", { type: "button", hidden: true, onclick: () => { pin = pinned = null; against.replaceChildren(); beside(null); differs(); keep(); draw(); } }, "Unpin");
  const reset = el("button", { type: "button", onclick: () => { setting = fresh(setting.scenario); search.value = ""; show(); change(setting, 0); } }, "Reset all");
  const save = el("button", { type: "button", onclick: download }, "Save as scenario");
  const copy = el("button", { type: "button", onclick: () => copied() }, "Copy the command");
  const done = el("span", { role: "status", class: "note" });
  async function copied() {
    try {
      await navigator.clipboard.writeText(command.textContent);
      done.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(command);
      done.textContent = "Marked: copy it with the keyboard.";
    }
  }
  async function download() {
    try {
      const said = await post("save", { setting });
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([said.text], { type: "application/yaml" }));
      link.download = said.name;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 10000);
      done.textContent = `${said.name} is where the browser keeps its downloads.`;
    } catch (error) {
      done.textContent = (error.lines || ["The server does not answer."]).join(" ");
    }
  }

  // -- the sections below --------------------------------------------------------------------------------------------

  const note = el("p", { class: "note", id: "live-below" });
  let newest = "";
  async function below(said) {
    const n = said.replications.shown;
    const key = `${accepted} ${n}`;
    if (n !== looksOf(live.looks) && drawn.startsWith(`${accepted} `)) return; // the first of a setting, and the last
    newest = key;
    note.textContent = "The sections below are being made …";
    try {
      const reply = await post("page", { setting });
      if (newest !== key || !reply.page.sections) return;
      drawn = key;
      evacsim.update({ ...reply.page, live }, KEEP);
      note.textContent = `The sections below are of ${reply.page.scenarios[0].replications} replications of this setting.`;
    } catch (error) {
      note.textContent = `The sections below are of an earlier setting: ${(error.lines || ["the server does not answer"]).join(" ")}`;
    }
  }
  const looksOf = (some) => some[some.length - 1];

  // -- all of it -----------------------------------------------------------------------------------------------------

  const top = el("div", { class: "top" }, el("dl", {}, el("div", {}, leftOf, number), el("div", {}, el("dt", {}, "Chance that all are out"), odds)), work, bar, retry, faults);
  answer.append(band, against, versus, status);
  node.append(
    el(
      "div",
      { class: "live" },
      el("div", { class: "controls" }, choices, el("div", { class: "find" }, el("label", { for: "live-search" }, "Find a lever"), search, more), sliders,
        el("form", { class: "set", onsubmit: add }, el("label", { for: "live-set" }, "Any other entry of the scenario, as --set takes it"), el("div", {}, typed, el("button", { type: "submit" }, "Set")), typedFaults, chips)),
      el("div", { class: "side" }, top, answer, rest,
        el("div", { class: "buttons" }, pinButton, unpin, reset, save, copy, done),
        el("details", {}, el("summary", {}, "What differs from the scenario as written"), lines, command)),
    ),
    note,
  );
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && node.dataset.state !== "done" && ask());
  window.addEventListener("resize", draw);
  for (const section of document.querySelectorAll("main > section")) section.hidden = section !== node;
  kept();
  differs();
  known(setting.scenario).then(() => {
    show();
    ask();
  });
});
