"use strict";
// Missions, road, gates, holding area, apron and runway of a replayed run: a schematic, not a street map.
(() => {
  const { NEVER } = evacsim.replay;
  const SVG = "http://www.w3.org/2000/svg";
  const NARROW = 640;

  function svg(tag, attrs, ...children) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attrs || {})) if (value !== null && value !== undefined) node.setAttribute(name, value);
    for (const child of children) if (child !== null) node.append(child instanceof Node ? child : String(child));
    return node;
  }
  const set = (node, attrs) => {
    for (const [name, value] of Object.entries(attrs)) if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
  };
  const write = (node, text) => {
    if (node.textContent !== text) node.textContent = text;
  };
  const words = (name) => name.replaceAll("-", " ");
  const capital = (text) => text.charAt(0).toUpperCase() + text.slice(1);
  const people = (n) => evacsim.format.people(n);
  const between = (a, b, f) => [a[0] + (b[0] - a[0]) * f, a[1] + (b[1] - a[1]) * f];
  const far = (km) => (km < 10 ? km.toFixed(1) : String(Math.round(km)));
  const clip = (text, letters) => (text.length > letters ? `${text.slice(0, letters - 1)}…` : text);

  // As much of a text as fits into so many pixels.
  function writeWithin(node, text, width) {
    if (node.dataset.text === text) return;
    node.dataset.text = text;
    let letters = text.length;
    write(node, text);
    while (letters > 4 && node.getComputedTextLength() > width) write(node, clip(text, --letters));
  }

  // -- where everything is drawn, in pixels ------------------------------------------------------------------------

  function wide(W, gates) {
    const H = Math.round(Math.max(430, Math.min(600, W * 0.6)));
    const [top, bottom] = [H * 0.17, H * 0.66];
    const row = Math.min(64, (bottom - top) / Math.max(gates, 1));
    return {
      W, H, narrow: false,
      center: [W * 0.42, H * 0.5], reach: [W * 0.38, H * 0.45], angles: [96, 264], widest: H * 0.085,
      road: [W * 0.42, W * 0.525].map((x) => [x, H * 0.5]),
      gate: (k) => ({ x: W * 0.685, y: top + row * (k + 0.5), from: W * 0.545, textX: W * 0.545, height: Math.min(16, row * 0.3) }),
      frame: [W * 0.695, H * 0.03, W * 0.3, H * 0.92],
      holding: [W * 0.715, top + 16, W * 0.085, bottom - top - 16],
      apron: [W * 0.825, top + 16, W * 0.155, bottom - top - 16],
      runway: [W * 0.715, H * 0.81, W * 0.265, 20],
      out: [W * 0.98, H * 0.81 + 44],
      crowd: [W * 0.615, bottom + 30],
    };
  }
  function narrow(W, gates) {
    const [cityEnd, row] = [250, 44];
    const airport = cityEnd + 88;
    const first = airport + 52;
    const inside = first + row * gates + 48;
    const H = inside + 196;
    return {
      W, H, narrow: true,
      center: [W / 2, cityEnd], reach: [W / 2 - 4, cityEnd - 14], angles: [187, 353], widest: 24,
      road: [[W / 2, cityEnd], [W / 2, cityEnd + 56]],
      gate: (k) => ({ x: W - 20, y: first + row * (k + 0.5), from: 10, textX: 10, height: 12 }),
      frame: [3, airport, W - 6, H - airport - 6],
      holding: [10, inside, W * 0.34, 60],
      apron: [W * 0.42, inside, W * 0.55, 60],
      runway: [10, inside + 112, W - 20, 20],
      out: [W - 12, inside + 156],
      crowd: [W / 2, airport - 12],
    };
  }

  // Missions on rings by distance, in the order of their bearing, as large as all of them fit.
  function rings(scenario, staff, layout) {
    const shown = scenario.missions.map((_, m) => m).filter((m) => staff[m] > 0);
    const away = (m) => (scenario.km[m] === null ? Infinity : scenario.km[m]);
    const byDistance = [...shown].sort((a, b) => away(a) - away(b) || a - b);
    const known = new Set(shown.map((m) => scenario.km[m]).filter((km) => km !== null)).size;
    const count = Math.max(1, Math.min(known, shown.length < 6 ? 1 : shown.length < 14 ? 2 : 3));
    const radii = { 1: [0.8], 2: [0.55, 0.92], 3: [0.4, 0.67, 0.93] }[count];
    const whole = radii.reduce((a, b) => a + b, 0);
    const made = [];
    let from = 0;
    radii.forEach((radius, k) => {
      const to = k === count - 1 ? shown.length : Math.round(from + (radius / whole) * shown.length);
      const missions = byDistance.slice(from, to);
      from = to;
      const around = (m) => (scenario.bearing[m] === null ? 180 : scenario.bearing[m]);
      missions.sort((a, b) => around(b) - around(a) || a - b);
      made.push({ radius, missions, km: missions.some((m) => scenario.km[m] !== null) ? Math.max(...missions.map((m) => scenario.km[m] || 0)) : null });
    });
    const turn = (layout.angles[1] - layout.angles[0]) / 180; // of half an ellipse
    const lengthOf = (ring) => arcLength(ring.radius * layout.reach[0], ring.radius * layout.reach[1]) * turn;
    const widest = layout.widest * (count === 1 ? 1.4 : 1);
    // The largest scale with which each ring holds its missions.
    let scale = widest / Math.sqrt(Math.max(1, ...shown.map((m) => staff[m])));
    for (let step = 0; step < 40; step++) {
      const fits = made.every((ring) => ring.missions.reduce((sum, m) => sum + 2 * size(m) + 3, 0) <= lengthOf(ring));
      if (fits) break;
      scale *= 0.93;
    }
    function size(m) {
      return Math.max(4, Math.min(widest, scale * Math.sqrt(staff[m])));
    }
    const places = new Map();
    for (const ring of made) {
      const used = ring.missions.reduce((sum, m) => sum + 2 * size(m) + 3, 0);
      const length = lengthOf(ring);
      const gap = (length - used) / Math.max(1, ring.missions.length);
      let way = 0;
      for (const m of ring.missions) {
        const half = size(m) + 1.5 + gap / 2;
        places.set(m, { at: onRing(layout, ring.radius, (way + half) / length), size: size(m) });
        way += 2 * half;
      }
    }
    return { places, rings: made };
  }
  // Half the length of an ellipse, and the point at a share of the way along it: the angle is found along a fine polygon.
  function arcLength(a, b) {
    return (Math.PI * (3 * (a + b) - Math.sqrt((3 * a + b) * (a + 3 * b)))) / 2; // Ramanujan 1914
  }
  function onRing(layout, radius, share) {
    const [from, to] = layout.angles.map((degrees) => (degrees * Math.PI) / 180);
    const at = (angle) => [layout.center[0] + radius * layout.reach[0] * Math.cos(angle), layout.center[1] + (layout.narrow ? 1 : -1) * radius * layout.reach[1] * Math.sin(angle)];
    const points = Array.from({ length: 91 }, (_, k) => at(from + ((to - from) * k) / 90));
    const steps = points.slice(1).map((p, k) => Math.hypot(p[0] - points[k][0], p[1] - points[k][1]));
    let left = share * steps.reduce((a, b) => a + b, 0);
    for (let k = 0; k < steps.length; k++) {
      if (left <= steps[k]) return between(points[k], points[k + 1], left / steps[k]);
      left -= steps[k];
    }
    return points[90];
  }

  // -- the drawing -------------------------------------------------------------------------------------------------

  class City {
    constructor(run, titles, width) {
      Object.assign(this, { run, titles, width });
      const { scenario } = run;
      this.direct = run.groups.length > 0 && run.groups.every((group) => group.direct || group.arrives === NEVER) && run.groups.some((group) => group.direct);
      const gates = scenario.gates.length + (run.lines[scenario.gates.length].at(run.endTick) || this.everOutside() ? 1 : 0);
      this.gateRows = gates;
      this.layout = width < NARROW ? narrow(width, gates) : wide(width, gates);
      this.staff = scenario.missions.map((_, m) => {
        const { staying, out, ...rest } = run.total(0, m);
        return Object.values(rest).reduce((a, b) => a + b, 0);
      });
      this.rings = rings(scenario, this.staff, this.layout);
      this.node = svg("svg", { class: "city", width, height: this.layout.H, viewBox: `0 0 ${width} ${this.layout.H}`, role: "img" });
      this.node.setAttribute("aria-label", this.description());
      this.most = Math.max(1, ...run.lines.map((line) => this.peak(line)));
      this.scaffold();
    }
    everOutside() {
      return this.run.groups.some((g) => !g.direct && g.arrives !== NEVER && g.search !== g.arrives && (g.gate === NEVER || g.lines.some((l) => l.gate === NEVER)));
    }
    peak(steps) {
      steps.at(0);
      return Math.max(0, ...steps.levels);
    }
    description() {
      const { scenario } = this.run;
      const gates = scenario.gates.join(", ");
      return `A schematic of ${scenario.missions.length} missions, the road, ${gates ? `the gates ${gates}` : "the airport without gates"}, the holding area, the apron and the runway. Counts are in the list beside it.`;
    }

    scaffold() {
      const { layout, run, node } = this;
      const { scenario, raw } = run;
      const under = svg("g", {});
      node.append(under);
      for (const ring of this.rings.rings) under.append(this.arc(ring));
      const reaches = this.rings.rings.filter((ring) => ring.km !== null).map((ring) => far(ring.km));
      if (layout.narrow && reaches.length) under.append(svg("text", { class: "small faint", x: 2, y: 12 }, `to ${reaches.join(", ")} km`));
      // the airport
      const [x, y, w, h] = layout.frame;
      this.frame = svg("rect", { class: "frame", x, y, width: w, height: h, rx: 8 });
      under.append(this.frame);
      this.secures = svg("text", { class: "strong", x: x + 10, y: y + 20 });
      this.secures2 = svg("text", { class: "small", x: x + 10, y: y + 37 });
      under.append(this.secures, this.secures2);
      // the road and its checkpoints
      const [from, to] = layout.road;
      this.byRoad = run.groups.some((group) => !evacsim.replay.byAir(group) && group.departs !== group.arrives);
      this.roadLine = svg("line", { class: "road", x1: from[0], y1: from[1], x2: to[0], y2: to[1] });
      if (this.byRoad) under.append(this.roadLine);
      for (let k = 0; k < this.gateRows && !layout.narrow; k++) {
        const gate = layout.gate(k);
        under.append(svg("line", { class: "lane", x1: to[0], y1: to[1], x2: gate.from, y2: gate.y }));
      }
      this.checkpoints = svg("g", {});
      this.roadText = svg("text", { class: "small", x: layout.narrow ? from[0] + 14 : to[0] - 4, y: layout.narrow ? (from[1] + to[1]) / 2 + 4 : from[1] - 18, "text-anchor": layout.narrow ? "start" : "end" });
      this.backText = svg("text", { class: "small", x: from[0] - 14, y: (from[1] + to[1]) / 2 + 4, "text-anchor": "end" });
      under.append(this.checkpoints, this.roadText, this.backText);
      this.crowdText = svg("text", { class: "small crowd", x: layout.crowd[0], y: layout.crowd[1], "text-anchor": "middle" });
      under.append(this.crowdText);
      this.gates = Array.from({ length: this.gateRows }, (_, k) => this.gate(k, under));
      this.inside(under, raw);
      // missions and whoever moves
      this.bubbles = new Map();
      for (const [m, place] of this.rings.places) this.bubble(m, place);
      this.nameBubbles();
      this.movers = svg("g", { class: "movers" });
      this.dots = [];
      node.append(this.movers);
    }

    arc({ radius, km, missions }) {
      const { narrow: flat } = this.layout;
      if (!missions.length) return svg("g", {});
      const points = Array.from({ length: 41 }, (_, k) => onRing(this.layout, radius, k / 40));
      const line = svg("polyline", { class: "ring", points: points.map((p) => p.map((x) => x.toFixed(1)).join(",")).join(" ") });
      const label = km === null || flat ? null : svg("text", { class: "small faint", x: points[0][0] + 6, y: points[0][1] + 4 }, `to ${far(km)} km`);
      return svg("g", {}, line, label);
    }

    gate(k, under) {
      const { scenario } = this.run;
      const place = this.layout.gate(k);
      const outside = k >= scenario.gates.length;
      const name = outside ? "let in by no gate" : scenario.gates[k];
      const text = svg("text", { class: "label", x: place.textX, y: place.y - place.height / 2 - 4 }, name);
      const state = svg("tspan", { class: "gatestate" });
      text.append(" ", state);
      const bar = svg("rect", { class: "line", x: place.from, y: place.y - place.height / 2, width: 0, height: place.height, rx: 2 });
      const count = svg("text", { class: "label count", x: place.from, y: place.y + 4 });
      const post = outside ? null : svg("rect", { class: "post", x: place.x - 1, y: place.y - place.height / 2 - 3, width: 9, height: place.height + 6, rx: 2 });
      under.append(bar, text, count);
      if (post) under.append(post);
      return { place, text, state, bar, count, post, outside };
    }

    inside(under, raw) {
      const { layout } = this;
      const [hx, hy, hw, hh] = layout.holding;
      const [ox, oy] = layout.out;
      this.outText = svg("text", { class: "strong out", x: ox, y: oy, "text-anchor": "end" });
      under.append(this.outText);
      if (this.direct) return; // helicopters bring everybody out: nobody waits inside an airport
      under.append(svg("text", { class: "label", x: hx, y: hy - 6 }, "Waits inside"));
      under.append(svg("rect", { class: "box", x: hx, y: hy, width: hw, height: hh, rx: 4 }));
      this.held = svg("rect", { class: "held", x: hx, y: hy + hh, width: hw, height: 0, rx: 3 });
      this.heldText = svg("text", { class: "label count", x: hx + hw / 2, y: hy + hh / 2 + 2, "text-anchor": "middle" });
      this.heldOf = svg("text", { class: "small", x: hx + hw / 2, y: hy + hh / 2 + 17, "text-anchor": "middle" });
      under.append(this.held, this.heldText, this.heldOf);
      this.heldMost = raw.holding === NEVER ? Math.max(1, this.peak(this.run.all.holding)) : Math.max(1, raw.holding);
      if (raw.lift && this.run.flights.length) this.apron(under, raw);
      this.airText = svg("text", { class: "small", x: layout.runway[0], y: layout.runway[1] + 38 });
      under.append(this.airText);
    }

    apron(under, raw) {
      const [x, y, w, h] = this.layout.apron;
      const limited = raw.stands !== NEVER;
      this.standCount = limited ? Math.min(40, Math.floor(raw.stands)) : Math.min(40, this.peak(this.run.stands));
      under.append(svg("text", { class: "label", x, y: y - 6 }, limited ? "Stands" : "Aircraft here"));
      this.standText = svg("tspan", { class: "gatestate" });
      under.lastChild.append(" ", this.standText);
      const columns = Math.max(1, Math.min(this.standCount, Math.round(Math.sqrt((this.standCount * w) / h)) || 1));
      const rows = Math.max(1, Math.ceil(this.standCount / columns));
      const cell = Math.min(w / columns, h / rows, 34);
      this.stands = Array.from({ length: this.standCount }, (_, k) => {
        const at = [x + (k % columns) * cell, y + Math.floor(k / columns) * cell];
        const box = svg("rect", { class: "stand", x: at[0] + 1, y: at[1] + 1, width: cell - 3, height: cell - 3, rx: 2 });
        const plane = svg("path", { class: "plane parked", d: PLANE, transform: `translate(${at[0] + cell / 2 - 0.5} ${at[1] + cell / 2 - 0.5}) scale(${cell / 30})` });
        under.append(box, plane);
        return { box, plane };
      });
      const [rx, ry, rw, rh] = this.layout.runway;
      this.runway = svg("rect", { class: "runway", x: rx, y: ry, width: rw, height: rh });
      under.append(this.runway, svg("line", { class: "stripe", x1: rx + 6, x2: rx + rw - 6, y1: ry + rh / 2, y2: ry + rh / 2 }));
      this.runwayText = svg("text", { class: "label", x: rx, y: ry - 8 }, "Runway");
      this.runwayState = svg("tspan", { class: "gatestate" });
      this.runwayText.append(" ", this.runwayState);
      under.append(this.runwayText);
      this.rolling = svg("path", { class: "plane", d: PLANE, visibility: "hidden" });
      under.append(this.rolling);
    }

    bubble(m, { at, size }) {
      const title = this.titles[this.run.scenario.missions[m]] || words(this.run.scenario.missions[m]);
      const tip = svg("title", {});
      const rim = svg("circle", { class: "rim", cx: at[0], cy: at[1], r: size });
      const fill = svg("circle", { class: "still", cx: at[0], cy: at[1], r: 0 });
      const label = svg("text", { class: "small inbubble" });
      const count = svg("text", { class: "small inbubble count", x: at[0], y: at[1] + 4, "text-anchor": "middle" });
      const group = svg("g", { class: "bubble", "data-mission": this.run.scenario.missions[m] }, tip, rim, fill, label, count);
      this.node.append(group);
      this.bubbles.set(m, { group, tip, rim, fill, label, count, title, size, at });
    }

    // Names beside the missions where they cover nothing; the largest has the first choice.
    nameBubbles() {
      const letters = this.layout.narrow ? 12 : 18;
      const taken = [...this.bubbles.values()].map(({ at, size }) => [at[0] - size, at[1] - size, at[0] + size, at[1] + size]);
      const [from, to] = this.layout.road;
      taken.push([from[0] - 4, from[1] - 34, to[0], to[1] + 12]);
      for (const { at, size, title, label } of [...this.bubbles.values()].sort((a, b) => b.size - a.size)) {
        const text = clip(title, letters);
        const wide = 6.2 * text.length + 4;
        const [x, y] = at;
        const choices = [[x - size - 4, y + 4, "end"], [x, y + size + 12, "middle"], [x, y - size - 4, "middle"], [x + size + 4, y + 4, "start"]];
        const boxOf = ([tx, ty, anchor]) => {
          const left = anchor === "start" ? tx : anchor === "end" ? tx - wide : tx - wide / 2;
          return [left, ty - 10, left + wide, ty + 3];
        };
        const right = this.layout.narrow ? this.layout.W : this.layout.gate(0).from - 8;
        const free = (box) => box[0] >= 0 && box[2] <= right && box[1] >= 0 && !taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
        const choice = choices.find((c) => free(boxOf(c)));
        if (!choice) continue;
        taken.push(boxOf(choice));
        set(label, { x: choice[0].toFixed(1), y: choice[1].toFixed(1), "text-anchor": choice[2] });
        write(label, text);
      }
    }

    // -- a moment --------------------------------------------------------------------------------------------------

    draw(hours, highlighted) {
      const state = this.run.state(hours);
      const total = this.run.total(hours);
      this.drawAirport(state, total);
      this.drawGates(state);
      this.drawMissions(hours, highlighted);
      const { byRoad: moving, byAir } = this.drawMovers(hours, highlighted);
      const home = total.road - moving - byAir;
      this.drawn = [moving + byAir, home]; // people on the way, and at home again
      const back = home > 0 ? `${people(home)} turned back` : "";
      const flown = byAir ? `${people(byAir)} in helicopters` : "";
      const parts = [this.byRoad ? `${this.roadWords}${people(moving)}` : "", this.layout.narrow && this.byRoad ? "" : flown, this.layout.narrow ? "" : back];
      write(this.roadText, parts.filter((text) => text).join(", "));
      if (this.layout.narrow) write(this.backText, back); // on the other side of the road
      if (this.stands) this.drawRunway(hours, state);
    }

    drawAirport(state, total) {
      const { scenario } = this.run;
      const who = this.direct && !state.lost ? { text: "Out by helicopter", more: "straight from the missions", kind: "guarded" } : secures(state, scenario);
      this.frame.setAttribute("class", `frame ${who.kind}`);
      writeWithin(this.secures, who.text, this.layout.frame[2] - 16);
      writeWithin(this.secures2, who.more, this.layout.frame[2] - 16);
      if (this.held) this.drawHeld(total.holding + total.screening);
      write(this.outText, `${people(total.out)} out ➔`);
      write(this.crowdText, !state.crowd ? "" : `crowd outside: ${people(Math.round(state.crowd / 10) * 10)}`);
      const shut = state.closures.find((c) => c.what.includes("road"));
      this.roadLine.setAttribute("class", shut ? "road shut" : "road");
      const [before, after] = scenario.checkpoints;
      const points = state.secured && !state.secured.host ? after : before;
      if (points !== this.points) this.placeCheckpoints((this.points = points));
      this.roadWords = `${shut ? "road closed" : "road"}: `;
    }
    drawHeld(inside) {
      const { holding } = this.run.raw;
      const [, y, , h] = this.layout.holding;
      const share = Math.min(1, inside / this.heldMost);
      set(this.held, { y: (y + h * (1 - share)).toFixed(1), height: (h * share).toFixed(1) });
      write(this.heldText, people(inside));
      write(this.heldOf, holding === NEVER ? "" : `of ${people(holding)}`);
    }
    placeCheckpoints(points) {
      const [from, to] = this.layout.road;
      this.checkpoints.replaceChildren(
        ...Array.from({ length: this.byRoad ? points : 0 }, (_, k) => {
          const [x, y] = between(from, to, (k + 1) / (points + 1));
          const flat = this.layout.narrow;
          return svg("line", { class: "checkpoint", x1: x - (flat ? 9 : 0), x2: x + (flat ? 9 : 0), y1: y - (flat ? 0 : 9), y2: y + (flat ? 0 : 9) });
        }),
      );
    }

    drawGates(state) {
      this.gates.forEach((gate, k) => {
        const waiting = state.lines[gate.outside ? this.run.scenario.gates.length : k];
        const room = gate.place.x - gate.place.from - 6;
        // From the gate backwards; the square root keeps short lines to be seen beside the longest.
        const width = waiting ? Math.max(3, room * Math.sqrt(waiting / this.most)) : 0;
        const x = this.layout.narrow ? gate.place.from : gate.place.x - 4 - width;
        set(gate.bar, { x: x.toFixed(1), width: width.toFixed(1) });
        write(gate.count, waiting ? people(waiting) : "");
        const right = this.layout.narrow ? Math.min(gate.place.x - 44, x + width + 4) : Math.max(gate.place.from, x - 5);
        set(gate.count, { x: right.toFixed(1), "text-anchor": this.layout.narrow || right === gate.place.from ? "start" : "end" });
        if (gate.outside) return;
        const { closed, stops } = state.gates[k];
        const unmanned = state.lanes === 0;
        const shut = closed || state.lost || unmanned;
        gate.post.setAttribute("class", `post ${shut ? "shut" : stops.length ? "some" : "open"}`);
        write(gate.state, closed || state.lost ? `closed${closed === "crowd" ? ": crowd" : ""}` : unmanned ? "not manned" : stops.length ? "open to some" : "");
      });
    }

    drawMissions(hours, highlighted) {
      for (const [m, bubble] of this.bubbles) {
        const name = this.run.scenario.missions[m];
        const stages = this.run.total(hours, m);
        const still = stages.mission + stages.readying + stages.transport;
        const ordered = this.run.orders[m] !== NEVER && this.run.orders[m] <= this.run.tick(hours);
        const radius = this.staff[m] ? bubble.size * Math.sqrt(Math.min(1, still / this.staff[m])) : 0;
        set(bubble.fill, { r: radius.toFixed(1) });
        bubble.group.setAttribute("class", `bubble${ordered ? " ordered" : ""}${highlighted === name ? " highlighted" : highlighted ? " other" : ""}`);
        write(bubble.count, still && 2 * bubble.size >= 7 * people(still).length + 4 ? people(still) : "");
        write(bubble.tip, `${bubble.title}: ${people(still)} still there${ordered ? "" : ", not ordered out"}, ${people(stages.road)} on the road, ${people(stages.gate)} before the gates, ${people(stages.out)} out`);
      }
    }

    // Where a group is on its way, from 0 (home) to 1 (in line); null if it isn't on it.
    progress(group, tick) {
      if (group.departs === NEVER || group.departs > tick || (group.arrives !== NEVER && group.arrives <= tick)) return null;
      if (group.gaveUp !== NEVER && group.gaveUp <= tick) return null;
      if (group.drives.length) {
        const drive = group.drives.find((d) => d.from <= tick && tick < d.to);
        if (!drive) return 0;
        const share = (tick - drive.from) / Math.max(1, drive.to - drive.from);
        return drive.inVain ? 0.62 * (1 - Math.abs(2 * share - 1)) : share;
      }
      if (group.arrives === NEVER) return Math.min(0.95, (tick - group.departs) / (3 * this.run.perHour));
      return (tick - group.departs) / Math.max(1, group.arrives - group.departs);
    }
    onTheWay(group, f) {
      const home = this.rings.places.get(this.run.missionOf(group));
      if (!home) return null;
      if (evacsim.replay.byAir(group)) {
        const [x, y, w, h] = this.layout.holding;
        return between(home.at, group.direct ? this.layout.out : [x + w / 2, y + h / 2], f);
      }
      const [from, to] = this.layout.road;
      const gate = this.layout.gate(group.gate === NEVER ? this.gateRows - 1 : group.gate);
      const door = [home.at[0] + 0.75 * home.size, home.at[1] + 0.75 * home.size]; // beside the number
      if (f < 0.4) return between(door, from, f / 0.4);
      if (f < 0.85) return between(from, to, (f - 0.4) / 0.45);
      return between(to, [this.gateRows ? gate.from : to[0], this.gateRows ? gate.y : to[1]], (f - 0.85) / 0.15);
    }
    drawMovers(hours, highlighted) {
      const exact = Math.min(hours, this.run.end) * this.run.perHour;
      let [used, byRoad, byAir] = [0, 0, 0];
      for (const group of this.run.groups) {
        const f = this.progress(group, exact);
        if (f === null) continue;
        if (evacsim.replay.byAir(group)) byAir += group.people;
        else if (!group.drives.length || group.drives.some((d) => d.from <= exact && exact < d.to)) byRoad += group.people;
        const at = this.onTheWay(group, f);
        if (at === null) continue;
        const aside = f > 0 ? 2 * ((used % 5) - 2) : 0; // so that groups which drive together don't hide each other
        if (used === this.dots.length) {
          const dot = svg("circle", { class: "dot" });
          this.dots.push(dot);
          this.movers.append(dot);
        }
        const dot = this.dots[used++];
        const mine = highlighted && this.run.scenario.missions[this.run.missionOf(group)] === highlighted;
        const back = group.drives.some((d) => d.inVain && d.from <= exact && exact < d.to && exact > (d.from + d.to) / 2) || (f === 0 && group.drives.length > 0);
        dot.setAttribute("class", `dot${evacsim.replay.byAir(group) ? " air" : ""}${back ? " back" : ""}${mine ? " mine" : highlighted ? " other" : ""}`);
        set(dot, { cx: at[0].toFixed(1), cy: (at[1] + aside).toFixed(1), r: Math.min(8, 1.8 + 0.42 * Math.sqrt(group.people)).toFixed(1), visibility: "visible" });
      }
      for (; used < this.dots.length; used++) set(this.dots[used], { visibility: "hidden" });
      return { byRoad, byAir };
    }

    drawRunway(hours, state) {
      const { raw } = this.run;
      this.stands.forEach((stand, k) => {
        const taken = k < state.stands;
        stand.box.setAttribute("class", taken ? "stand taken" : "stand");
        set(stand.plane, { visibility: taken ? "visible" : "hidden" });
      });
      write(this.standText, raw.stands === NEVER ? `${state.stands}` : `${state.stands} of ${Math.floor(raw.stands)}`);
      const shut = state.closures.find((c) => c.what.includes("runway"));
      const dark = state.secured && !state.secured.services.includes("tower");
      this.runway.setAttribute("class", shut || state.lost ? "runway shut" : "runway");
      write(this.runwayState, state.lost ? "lost" : shut ? `closed: ${words(shut.name)}` : dark ? "no tower" : "");
      write(this.airText, state.overhead ? `${state.overhead} ${state.overhead === 1 ? "aircraft waits" : "aircraft wait"} to land` : "");
      const tick = Math.min(hours, this.run.end) * this.run.perHour;
      const [x, y, w, h] = this.layout.runway;
      const shown = 0.35 * this.run.perHour; // a movement takes minutes: it is shown a little longer, so that it is seen
      const flight = this.run.flights.find((f) => f.off !== NEVER && f.off <= tick && tick < f.off + shown);
      set(this.rolling, { visibility: flight ? "visible" : "hidden" });
      if (flight) {
        const share = (tick - flight.off) / shown;
        set(this.rolling, { transform: `translate(${(x + w * (0.05 + 0.9 * share)).toFixed(1)} ${y + h / 2}) rotate(90) scale(0.75)` });
      }
    }
  }
  const PLANE = "M0-11L2-8V-3L11 3V5L2 2.5V7L5 9.5V11L0 10L-5 11V9.5L-2 7V2.5L-11 5V3L-2-3V-8Z";

  // Who secures the airport, in words: {text, more, kind}.
  function secures(state, scenario) {
    if (state.lost) return { text: "Airport lost", more: "nobody gets in or out", kind: "lost" };
    if (!scenario.phases || !state.secured) return { text: "Airport", more: "guards and services without limit", kind: "guarded" };
    const { force, manned, headcount, host, services } = state.secured;
    const served = services.length ? "" : ", no operator";
    const outer = host ? "host forces outside" : "no host forces";
    if (!force) return { text: "Airport: no foreign force", more: `${outer}${served}`, kind: "bare" };
    const men = headcount === NEVER ? "" : `${people(headcount)} troops, `;
    return { text: `Airport: ${capital(words(force))} force`, more: `${men}${manned ? "perimeter manned" : "too few for the perimeter"}${served}`, kind: manned ? "guarded" : "weak" };
  }

  Object.assign(evacsim.replay, { City, svg, set, write, words, capital, clip, secures, PLANE, byAir: (group) => group.mode !== "road" && group.mode !== "alone" });
})();
