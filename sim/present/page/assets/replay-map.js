"use strict";
// The hubs of a replayed run on a map, with the aircraft on their way.
(() => {
  const { svg, set, write, NEVER, PLANE } = evacsim.replay;
  const radians = (degrees) => (degrees * Math.PI) / 180;

  // A point of the great circle between two places ([latitude, longitude]) at a share of the way.
  function along([latA, lonA], [latB, lonB], share) {
    const vector = (lat, lon) => [Math.cos(radians(lat)) * Math.cos(radians(lon)), Math.cos(radians(lat)) * Math.sin(radians(lon)), Math.sin(radians(lat))];
    const [a, b] = [vector(latA, lonA), vector(latB, lonB)];
    const apart = Math.acos(Math.max(-1, Math.min(1, a[0] * b[0] + a[1] * b[1] + a[2] * b[2])));
    if (apart < 1e-6) return [latA, lonA];
    const [p, q] = [Math.sin((1 - share) * apart) / Math.sin(apart), Math.sin(share * apart) / Math.sin(apart)];
    const [x, y, z] = [0, 1, 2].map((k) => p * a[k] + q * b[k]);
    return [(Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI, (Math.atan2(y, x) * 180) / Math.PI];
  }

  class HubMap {
    // null where the scenario doesn't say where things are
    static of(run, world, width) {
      const { scenario } = run;
      return world && scenario.airport && scenario.hub_at.some((at) => at !== null) ? new HubMap(run, world, width) : null;
    }
    constructor(run, world, width) {
      Object.assign(this, { run, world, width });
      this.frame(run, world);
      const [west, , east] = this.box;
      this.scale = width / (east - west);
      this.node = svg("svg", { class: "hubs", width, height: this.height, viewBox: `0 0 ${width} ${this.height}`, role: "img" });
      this.node.setAttribute("aria-label", "A map of the hubs with the aircraft on their way to them. Counts are in the table below.");
      this.scaffold();
    }
    // The part of the world with the hubs to which anybody is flown in this run, or with all where nobody is.
    frame({ scenario, raw, flown, endTick }, { box }) {
      this.used = scenario.hubs.map((_, h) => h).filter((h) => scenario.hub_at[h] !== null && flown[h].at(endTick) > 0);
      const shown = this.used.length ? this.used : scenario.hubs.map((_, h) => h).filter((h) => scenario.hub_at[h] !== null);
      this.shown = shown;
      const all = [scenario.airport, ...shown.map((h) => scenario.hub_at[h])].map(([lat, lon]) => [lat, this.unwrapped(lon, box)]);
      const lats = all.map((p) => p[0]);
      const lons = all.map((p) => p[1]);
      const [low, high] = [Math.min(...lats), Math.max(...lats)];
      const [left, right] = [Math.min(...lons), Math.max(...lons)];
      this.scaleY = 1 / Math.cos(radians((low + high) / 2));
      // Room for names on both sides; then as high as the page likes it, within what there is of the world.
      this.height = Math.round(Math.max(260, Math.min(440, this.width * 0.8)));
      const shape = this.width / this.height;
      const across = Math.max(1.35 * (right - left) + 4, (1.25 * (high - low) + 3) * this.scaleY * shape);
      const fit = (from, to, least, most) => (to - from >= most - least ? [least, most] : from < least ? [least, least + to - from] : to > most ? [most - (to - from), most] : [from, to]);
      const [west, east] = fit((left + right - across) / 2, (left + right + across) / 2, box[0], box[2]);
      const up = (east - west) / shape / this.scaleY;
      const [south, north] = fit((low + high - up) / 2, (low + high + up) / 2, box[1], box[3]);
      this.box = [west, south, east, north];
      if (north - south < up - 1e-9) this.height = Math.round((this.width * (north - south) * this.scaleY) / (east - west));
    }
    unwrapped(lon, box = this.world.box) {
      for (const turn of [0, 360, -360]) if (lon + turn >= box[0] && lon + turn <= box[2]) return lon + turn;
      return lon;
    }
    xy([lat, lon]) {
      const [west, , , north] = this.box;
      return [(this.unwrapped(lon) - west) * this.scale, (north - lat) * this.scaleY * this.scale];
    }

    scaffold() {
      const { scenario } = this.run;
      this.node.append(svg("rect", { class: "sea", x: 0, y: 0, width: this.width, height: this.height }), svg("path", { class: "land", d: this.land(), "fill-rule": "evenodd" }));
      const routes = svg("g", {});
      this.node.append(routes);
      for (const h of this.shown) {
        const way = Array.from({ length: 25 }, (_, k) => this.xy(along(scenario.airport, scenario.hub_at[h], k / 24)).map((x) => x.toFixed(1)).join(","));
        routes.append(svg("polyline", { class: this.used.includes(h) ? "route used" : "route", points: way.join(" ") }));
      }
      const [x, y] = this.xy(scenario.airport);
      this.node.append(svg("path", { class: "origin", d: `M${x} ${y - 8}L${x + 8} ${y}L${x} ${y + 8}L${x - 8} ${y}Z` }, svg("title", {}, "The airport")));
      this.hubs = this.shown.map((h) => this.hub(h));
      this.placeLabels([x, y]);
      this.planes = [];
      this.flying = svg("g", {});
      this.node.append(this.flying);
    }
    land() {
      const parts = [];
      for (const ring of this.world.rings) {
        let [x, y] = [0, 0];
        const points = [];
        for (let k = 0; k < ring.length; k += 2) {
          x += ring[k];
          y += ring[k + 1];
          const [west, , , north] = this.box;
          points.push(`${((x / 10 - west) * this.scale).toFixed(1)} ${((north - y / 10) * this.scaleY * this.scale).toFixed(1)}`);
        }
        parts.push(`M${points.join("L")}Z`);
      }
      return parts.join("");
    }
    hub(h) {
      const at = this.xy(this.run.scenario.hub_at[h]);
      const tip = svg("title", {});
      const ring = svg("circle", { class: "hub", cx: at[0], cy: at[1], r: 4 }, tip);
      const fill = svg("circle", { class: "arrived", cx: at[0], cy: at[1], r: 0 });
      const label = svg("text", { class: "small hublabel" });
      this.node.append(fill, ring, label);
      return { h, at, ring, fill, label, tip, name: this.run.scenario.hubs[h] };
    }
    // Labels beside their hubs where they cover nothing; of those in a crowd the one with most people has the first choice.
    placeLabels(origin) {
      const taken = [[origin[0] - 9, origin[1] - 9, origin[0] + 9, origin[1] + 9]];
      for (const { at } of this.hubs) taken.push([at[0] - 5, at[1] - 5, at[0] + 5, at[1] + 5]);
      const many = (hub) => this.run.flown[hub.h].at(this.run.endTick);
      for (const hub of [...this.hubs].sort((a, b) => many(b) - many(a))) {
        const wide = 6.6 * (hub.name.length + 7);
        const [x, y] = hub.at;
        const choices = [[x + 9, y + 4, "start"], [x - 9, y + 4, "end"], [x + 9, y - 9, "start"], [x - 9, y - 9, "end"], [x + 9, y + 17, "start"], [x - 9, y + 17, "end"], [x, y - 12, "middle"], [x, y + 20, "middle"], [x + 9, y + 30, "start"], [x - 9, y - 22, "end"]];
        const boxOf = ([tx, ty, anchor]) => {
          const from = anchor === "start" ? tx : anchor === "end" ? tx - wide : tx - wide / 2;
          return [from, ty - 11, from + wide, ty + 3];
        };
        const free = (box) => box[0] >= 0 && box[2] <= this.width && box[1] >= 0 && box[3] <= this.height && !taken.some((t) => box[0] < t[2] && t[0] < box[2] && box[1] < t[3] && t[1] < box[3]);
        const choice = choices.find((c) => free(boxOf(c)));
        hub.labelled = choice !== undefined;
        if (!choice) continue;
        taken.push(boxOf(choice));
        set(hub.label, { x: choice[0].toFixed(1), y: choice[1].toFixed(1), "text-anchor": choice[2] });
      }
    }

    draw(hours) {
      const { run } = this;
      const tick = run.tick(hours);
      const most = Math.max(1, ...run.scenario.hubs.map((_, h) => run.arrived[h].at(run.endTick)));
      for (const hub of this.hubs) {
        const arrived = run.arrived[hub.h].at(tick);
        const coming = run.flown[hub.h].at(tick) - arrived;
        set(hub.fill, { r: arrived ? (4 + 16 * Math.sqrt(arrived / most)).toFixed(1) : 0 });
        const n = evacsim.format.people(arrived);
        if (hub.labelled) write(hub.label, arrived ? `${hub.name} ${n}` : hub.name);
        write(hub.tip, `${hub.name}: ${n} arrived, ${evacsim.format.people(coming)} on their way`);
      }
      this.drawPlanes(Math.min(hours, run.end) * run.perHour);
    }
    drawPlanes(tick) {
      const { run } = this;
      let used = 0;
      for (const flight of run.flights) {
        if (flight.hub === NEVER || flight.off === NEVER || flight.off > tick || flight.arrives <= tick) continue;
        const to = run.scenario.hub_at[flight.hub];
        if (to === null) continue;
        const share = (tick - flight.off) / Math.max(1, flight.arrives - flight.off);
        const [a, b] = [share, Math.min(1, share + 0.02)].map((s) => this.xy(along(run.scenario.airport, to, s)));
        const turn = share < 0.98 ? (Math.atan2(b[1] - a[1], b[0] - a[0]) * 180) / Math.PI + 90 : 0;
        if (used === this.planes.length) {
          const tip = svg("title", {});
          const node = svg("path", { class: "plane", d: PLANE }, tip);
          this.planes.push({ node, tip });
          this.flying.append(node);
        }
        const plane = this.planes[used++];
        plane.node.setAttribute("class", flight.people ? "plane" : "plane empty");
        set(plane.node, { visibility: "visible", transform: `translate(${a[0].toFixed(1)} ${a[1].toFixed(1)}) rotate(${turn.toFixed(0)}) scale(${(0.55 + 0.35 * Math.min(1, flight.people / 300)).toFixed(2)})` });
        const load = flight.people ? `${evacsim.format.people(flight.people)} people` : flight.troops ? `${flight.troops} troops` : "nobody";
        write(plane.tip, `${run.raw.fleets[flight.fleet]}, sortie ${flight.sortie}, to ${run.scenario.hubs[flight.hub]}: ${load} on board`);
      }
      for (; used < this.planes.length; used++) set(this.planes[used].node, { visibility: "hidden" });
    }
  }

  Object.assign(evacsim.replay, { HubMap, along });
})();
