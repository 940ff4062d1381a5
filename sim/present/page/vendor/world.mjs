// Writes ../assets/world.json: the land of the earth from Natural Earth (1:110m, public domain), which the npm package
// world-atlas (ISC) carries as TopoJSON.  Rings of longitude and latitude in tenths of a degree, as differences along each ring.
//
//     npm install --no-package-lock && node world.mjs
//
// The version is exact in package.json.  The result is committed; run again with the same version it gives the same bytes.
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "assets");
const from = join(here, "node_modules", "world-atlas");
const wanted = JSON.parse(readFileSync(join(here, "package.json"), "utf8")).dependencies["world-atlas"];
const version = JSON.parse(readFileSync(join(from, "package.json"), "utf8")).version;
if (version !== wanted) throw new Error(`world-atlas ${version} is installed, package.json says ${wanted}`);

const topology = JSON.parse(readFileSync(join(from, "land-110m.json"), "utf8"));
const { scale, translate } = topology.transform;
// An arc is a list of differences in units of the transform.
const arcs = topology.arcs.map((arc) => {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
});
// A ring is a list of arcs; a negative number is an arc backwards, and each begins where the one before it ends.
function ring(numbers) {
  const points = [];
  for (const k of numbers) {
    const arc = k < 0 ? [...arcs[~k]].reverse() : arcs[k];
    points.push(...(points.length ? arc.slice(1) : arc));
  }
  return points;
}
const geometries = topology.objects.land.geometries ?? [topology.objects.land];
const polygons = geometries.flatMap((one) => (one.type === "MultiPolygon" ? one.arcs : [one.arcs]));
// Holes, such as the Caspian Sea, are rings like any other: what lies in an even number of them is water.
const rings = polygons.flat().map((numbers) => {
  const flat = [];
  let [lastX, lastY] = [0, 0];
  for (const [lon, lat] of ring(numbers)) {
    const [x, y] = [Math.round(lon * 10), Math.round(lat * 10)];
    if (flat.length && x === lastX && y === lastY) continue; // the same point at this precision
    flat.push(x - lastX, y - lastY);
    [lastX, lastY] = [x, y];
  }
  return flat;
});
const note = `Natural Earth 1:110m land, public domain, from world-atlas ${version}`;
writeFileSync(join(assets, "world.json"), `${JSON.stringify({ source: note, rings })}\n`);
mkdirSync(join(assets, "licences"), { recursive: true });
copyFileSync(join(from, "LICENSE"), join(assets, "licences", "world-atlas-LICENSE.txt"));
console.log(note, rings.length, "rings");
