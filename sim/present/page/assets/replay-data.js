"use strict";
// A replayed run: who is where at any time, from the columns that sim/studies/report/replay_data.py writes.
(() => {
  const STAGES = ["mission", "readying", "transport", "road", "gate", "screening", "holding", "aboard", "out", "staying", "gave_up"];
  const NEVER = -1;

  // Sums of changes: add(tick, by), then at(tick) after whatever happens at it.
  class Steps {
    constructor() {
      this.changes = [];
      this.ticks = null;
    }
    add(tick, by) {
      if (tick !== NEVER && by) this.changes.push([tick, by]);
    }
    at(tick) {
      if (this.ticks === null) this.sum();
      let [low, high] = [0, this.ticks.length];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.ticks[middle] <= tick) low = middle + 1;
        else high = middle;
      }
      return low ? this.levels[low - 1] : 0;
    }
    sum() {
      this.changes.sort((a, b) => a[0] - b[0]);
      this.ticks = [];
      this.levels = [];
      let level = 0;
      for (const [tick, by] of this.changes) {
        level += by;
        if (this.ticks.length && this.ticks[this.ticks.length - 1] === tick) this.levels[this.levels.length - 1] = level;
        else {
          this.ticks.push(tick);
          this.levels.push(level);
        }
      }
      this.changes = null;
    }
  }

  const undo = (differences) => {
    let sum = 0;
    return differences.map((d) => (sum += d));
  };
  // The last of rows [tick, ...] that holds at a tick; null before the first.
  function holds(rows, tick) {
    let found = null;
    for (const row of rows) {
      if (row[0] > tick) break;
      found = row;
    }
    return found;
  }

  function groupsOf(raw) {
    const made = [];
    const ready = undo(raw.ready);
    const later = (before, steps) => (steps === NEVER ? NEVER : Math.max(before, 0) + steps);
    for (let k = 0; k < raw.kind.length; k++) {
      const [cohort, mode, gate, direct, hub] = raw.kinds[raw.kind[k]];
      const departs = later(ready[k], raw.departs[k]);
      const arrives = later(departs, raw.arrives[k]);
      const search = later(arrives, raw.search[k]);
      const inside = later(search, raw.inside[k]);
      const group = { cohort, mode: raw.modes[mode], gate, direct: direct === 1, hub, people: raw.people[k], ready: ready[k], departs, arrives, search, inside };
      made.push({ ...group, gaveUp: NEVER, lines: [], drives: [] });
    }
    for (const [k, tick] of raw.gave_up) made[k].gaveUp = tick;
    for (const [k, gate, from, to] of raw.lines) made[k].lines.push({ gate, from, to });
    for (const [k, from, to, inVain] of raw.drives) made[k].drives.push({ from, to, inVain: inVain === 1 });
    return made;
  }

  function flightsOf(rows) {
    return rows.map((row) => {
      const [fleet, sortie, requested, ...rest] = row;
      const times = [requested];
      let last = requested;
      for (const step of rest.slice(0, 5)) {
        times.push(step === NEVER ? NEVER : Math.max(last, 0) + step);
        last = Math.max(last, times[times.length - 1]);
      }
      const [, stand, lands, boards, rolls, off] = times;
      const [hub, flight, people, troops, brings, ...loads] = rest.slice(5);
      const portions = [];
      for (let k = 0; k < loads.length; k += 2) portions.push({ mission: loads[k], people: loads[k + 1] });
      const arrives = flight === NEVER || off === NEVER ? NEVER : off + flight;
      return { fleet, sortie, requested, stand, lands, boards, rolls, off, hub, arrives, people, troops, brings: brings === 1, portions };
    });
  }

  class Run {
    constructor(scenario, raw) {
      Object.assign(this, { scenario, raw, perHour: raw.ticks, endTick: raw.end, end: raw.end / raw.ticks });
      this.groups = groupsOf(raw.groups);
      this.flights = flightsOf(raw.flights);
      this.missionOf = (group) => raw.cohorts[group.cohort][0];
      this.staff = raw.cohorts.reduce((sum, [, , ungrouped, staying, before]) => sum + ungrouped + staying + before, 0);
      for (const group of this.groups) this.staff += group.people;
      this.crowd = undo(raw.crowd);
      this.orders = scenario.missions.map((_, m) => {
        const ticks = raw.cohorts.filter((c) => c[0] === m && c[1] !== NEVER && !(c[4] > 0)).map((c) => c[1]);
        return ticks.length ? Math.min(...ticks) : NEVER;
      });
      this.countPeople();
      this.countLines();
      this.countFlights();
    }
    // Tick up to which everything has happened at a time in hours.
    tick(hours) {
      return Math.floor(Math.min(hours, this.end) * this.perHour + 1e-6);
    }
    hours(tick) {
      return tick === NEVER ? null : tick / this.perHour;
    }

    countPeople() {
      const stages = (count) => Array.from({ length: count }, () => Object.fromEntries(STAGES.map((stage) => [stage, new Steps()])));
      this.byMission = stages(this.scenario.missions.length);
      [this.all] = stages(1);
      const move = (tick, mission, leaves, enters, people) => {
        if (tick === NEVER) return;
        for (const place of [this.byMission[mission], this.all]) {
          if (leaves) place[leaves].add(tick, -people);
          place[enters].add(tick, people);
        }
      };
      const grouped = this.raw.cohorts.map(() => 0);
      for (const group of this.groups) grouped[group.cohort] += group.people;
      this.raw.cohorts.forEach(([mission, ordered, ungrouped, staying, before], k) => {
        const people = ungrouped + grouped[k];
        move(0, mission, null, "staying", staying);
        move(0, mission, null, "out", before);
        move(0, mission, null, "mission", people);
        move(ordered, mission, "mission", "readying", people);
      });
      for (const group of this.groups) {
        const [mission, n] = [this.missionOf(group), group.people];
        move(group.ready, mission, "readying", "transport", n);
        move(group.departs, mission, "transport", "road", n);
        move(group.gaveUp, mission, "road", "gave_up", n);
        move(group.arrives, mission, "road", "gate", n);
        move(group.search, mission, "gate", "screening", n);
        move(group.inside, mission, "screening", this.raw.lift && !group.direct ? "holding" : "out", n);
      }
      for (const flight of this.flights) {
        for (const { mission, people } of flight.portions) {
          move(flight.boards, mission, "holding", "aboard", people);
          move(flight.off, mission, "aboard", "out", people);
        }
      }
    }
    // Mission -> stage -> people at a time in hours.
    counts(hours) {
      const tick = this.tick(hours);
      const stages = (place) => Object.fromEntries(STAGES.map((stage) => [stage, place[stage].at(tick)]));
      return Object.fromEntries(this.scenario.missions.map((mission, m) => [mission, stages(this.byMission[m])]));
    }
    total(hours, mission = null) {
      const tick = this.tick(hours);
      const place = mission === null ? this.all : this.byMission[mission];
      return Object.fromEntries(STAGES.map((stage) => [stage, place[stage].at(tick)]));
    }

    // People in line at each gate; the last line is of those whom no gate lets in for now.
    countLines() {
      const gates = this.scenario.gates.length;
      this.lines = Array.from({ length: gates + 1 }, () => new Steps());
      for (const group of this.groups) {
        if (group.arrives === NEVER || group.direct) continue;
        const place = (gate) => this.lines[gate === NEVER ? gates : gate];
        let since = group.arrives;
        for (const line of group.lines) {
          place(line.gate).add(line.from, group.people);
          place(line.gate).add(line.to, -group.people);
          since = line.to;
        }
        place(group.gate).add(since, group.people);
        if (group.search !== NEVER) place(group.gate).add(group.search, -group.people);
      }
    }

    countFlights() {
      this.stands = new Steps();
      this.overhead = new Steps();
      this.arrived = this.scenario.hubs.map(() => new Steps());
      this.flown = this.scenario.hubs.map(() => new Steps());
      for (const flight of this.flights) {
        this.overhead.add(flight.requested, 1);
        this.overhead.add(flight.stand, -1);
        this.stands.add(flight.stand, 1);
        this.stands.add(flight.off, -1);
        if (flight.hub === NEVER || flight.off === NEVER) continue;
        this.flown[flight.hub].add(flight.off, flight.people);
        this.arrived[flight.hub].add(flight.arrives, flight.people);
      }
      for (const group of this.groups) {
        if (!group.direct || group.hub === NEVER || group.inside === NEVER) continue;
        this.flown[group.hub].add(group.departs, group.people);
        this.arrived[group.hub].add(group.inside, group.people);
      }
    }

    // What holds at a time: threat, who secures, gates, closures, lanes that can be manned.
    state(hours) {
      const tick = this.tick(hours);
      const raw = this.raw;
      const level = holds(raw.levels, tick);
      const secured = holds(raw.secured, tick);
      const gates = this.scenario.gates.map((_, k) => holds(raw.gates.filter((row) => row[1] === k), tick));
      return {
        level: level === null ? null : level[1],
        fallen: raw.fall !== NEVER && raw.fall <= tick,
        lost: raw.lost !== NEVER && raw.lost <= tick,
        over: tick >= raw.end,
        secured: secured && { force: secured[1], manned: secured[2] === 1, headcount: secured[3], host: secured[4] === 1, services: secured[5], night: secured[6] === 1 },
        gates: gates.map((row) => ({ closed: row ? row[2] : "", stops: row ? row[3] : [] })),
        closures: raw.closures.filter(([, , , , from, to]) => from <= tick && (to === NEVER || to > tick)).map(([name, cause, what, whom]) => ({ name, cause, what, whom })),
        lanes: (holds(raw.lanes, tick) || [0, NEVER])[1],
        crowd: this.crowd.length ? this.crowd[Math.min(Math.floor(hours), this.crowd.length - 1)] : null,
        stands: this.stands.at(tick),
        overhead: this.overhead.at(tick),
        lines: this.lines.map((line) => line.at(tick)),
      };
    }

    // Moments worth a jump: [hours, text].
    marks() {
      const marks = [];
      const add = (tick, text) => tick !== NEVER && tick <= this.endTick && marks.push([tick / this.perHour, text]);
      const named = (slug) => slug.charAt(0).toUpperCase() + slug.slice(1).replaceAll("-", " ");
      const orders = this.orders.filter((tick) => tick !== NEVER);
      if (orders.length) add(Math.min(...orders), "first order");
      add(this.raw.fall, "capital falls");
      const secured = this.raw.secured;
      secured.forEach((row, k) => {
        const before = k ? secured[k - 1] : null;
        if (before && before[4] && !row[4]) add(row[0], "host’s outer layer collapses");
        if (before && before[1] && !row[1]) add(row[0], `${named(before[1])} force gone`);
        if (before && row[1] && before[1] !== row[1]) add(row[0], `${named(row[1])} force there`);
      });
      const known = new Map();
      for (const [name, , what, , from] of this.raw.closures) {
        if (!what.length) continue;
        const title = name === "crowd" ? "crowd on the runway" : name.replaceAll("-", " ");
        const many = (known.get(title) || 0) + 1;
        known.set(title, many);
        if (many <= 2) add(from, title);
      }
      add(this.raw.lost, "airport lost");
      const ends = { out: "everybody is out", gave_up: "all are out or have given up", lost: null, horizon: "the horizon" };
      if (ends[this.raw.reason]) add(this.raw.end, ends[this.raw.reason]);
      return marks.sort((a, b) => a[0] - b[0]);
    }
  }

  evacsim.replay = { Run, STAGES, NEVER };
})();
