// Builds ../assets/echarts.js, the subset of Apache ECharts that entry.mjs names, and notes its version and checksum.
//
//     npm install --no-package-lock && npm run build
//
// Versions are exact in package.json.  The result is committed with its licences; nothing is fetched when a page is made or
// opened.  Run again with the same versions it gives the same bytes.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const assets = join(here, "..", "assets");
const wanted = JSON.parse(readFileSync(join(here, "package.json"), "utf8"));

function installed(name) {
  const version = JSON.parse(readFileSync(join(here, "node_modules", name, "package.json"), "utf8")).version;
  const exact = { ...wanted.dependencies, ...wanted.devDependencies }[name];
  if (version !== exact) throw new Error(`${name} ${version} is installed, package.json says ${exact}`);
  return version;
}

const versions = Object.fromEntries(["echarts", "zrender", "tslib", "esbuild"].map((name) => [name, installed(name)]));
const made = await build({
  absWorkingDir: here,
  entryPoints: ["entry.mjs"],
  bundle: true,
  minify: true,
  format: "iife",
  globalName: "echarts",
  target: "es2020",
  charset: "utf8",
  legalComments: "none", // the licences lie beside the file, and the banner names them
  define: { "process.env.NODE_ENV": '"production"' },
  banner: {
    js:
      `/* Apache ECharts ${versions.echarts} (Apache-2.0) with ZRender ${versions.zrender} (BSD-3-Clause), tslib (0BSD) and parts of d3 ` +
      "(BSD-3-Clause): a subset, minified; licences in assets/licences. */",
  },
  write: false,
});
const text = Buffer.from(made.outputFiles[0].contents);
if (text.includes("</script")) throw new Error("it would end the script block that it stands in");
writeFileSync(join(assets, "echarts.js"), text);

const licences = join(assets, "licences");
mkdirSync(licences, { recursive: true });
for (const [from, to] of [
  ["echarts/LICENSE", "echarts-LICENSE.txt"],
  ["echarts/NOTICE", "echarts-NOTICE.txt"],
  ["echarts/licenses/LICENSE-d3", "d3-LICENSE.txt"],
  ["zrender/LICENSE", "zrender-LICENSE.txt"],
  ["tslib/LICENSE.txt", "tslib-LICENSE.txt"],
]) {
  const source = join(here, "node_modules", from);
  if (!existsSync(source)) throw new Error(`${from} is missing`);
  copyFileSync(source, join(licences, to));
}
const note = { file: "echarts.js", versions, bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") };
writeFileSync(join(assets, "echarts.json"), `${JSON.stringify(note, null, 1)}\n`);
console.log(note);
