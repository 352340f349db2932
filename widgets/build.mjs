/**
 * Builds the browser half of the widgets into dalle_explore/widgets/static, and its tests.
 *
 * Bundles are committed, so that installing the package never needs node. They are not minified:
 * people who review a change can read it. `node build.mjs` builds, `--out FOLDER` builds somewhere
 * else (to compare), `--tests` builds the tests into widgets/build.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync, mkdirSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { rootOf, scoped, statesIn } from "./scope.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const wanted = process.argv.indexOf("--out");
const out = wanted > 0 ? process.argv[wanted + 1] : join(here, "../dalle_explore/widgets/static");

/** Every view: NAME.ts with NAME.css, and NAME.page.ts, the one script of an exported page. */
const VIEWS = ["decode_player", "attention_explorer", "codebook_browser", "prompt_grid", "breeder", "score_explorer"];

const common = {
  absWorkingDir: here,
  bundle: true,
  target: "es2022",
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
};

/** Every file of the sources, as "folder/name" from widgets/src, sorted by code point. */
function sources(folder = join(here, "src")) {
  const files = readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? sources(path) : [path];
  });
  return files.sort((a, b) => (named(a) < named(b) ? -1 : 1));
}

function named(path) {
  return relative(join(here, "src"), path).split(sep).join("/");
}

/** SHA-256 over name, 0 byte, contents, 0 byte of every source, in order of the names. */
function digest() {
  const hash = createHash("sha256");
  for (const path of sources()) {
    // Line ends as git stores them, so that a checkout on Windows has the same digest.
    const text = readFileSync(path, "utf8").replaceAll("\r\n", "\n");
    hash.update(named(path)).update("\0").update(text, "utf8").update("\0");
  }
  return hash.digest("hex");
}

async function views() {
  mkdirSync(out, { recursive: true });
  const esm = { ...common, format: "esm", outdir: out };
  const states = statesIn(sources().filter((path) => path.endsWith(".ts")).map((path) => readFileSync(path, "utf8")));
  for (const view of VIEWS) {
    await build({ ...esm, entryPoints: [`src/${view}.ts`] });
    await build({ ...esm, entryPoints: [`src/${view}.css`] });
    const sheet = join(out, `${view}.css`);
    const root = rootOf(readFileSync(join(here, `src/${view}.ts`), "utf8"));
    writeFileSync(sheet, scoped(readFileSync(sheet, "utf8"), root, states));
    // An exported page runs one script: the view, the host, and the call that joins them.
    await build({ ...esm, format: "iife", entryPoints: [`src/${view}.page.ts`] });
  }
  const text = JSON.stringify({ sha256: digest(), files: sources().map(named) }, null, 2);
  writeFileSync(join(out, "sources.json"), text + "\n");
}

async function tests() {
  const entries = readdirSync(join(here, "tests")).filter((name) => name.endsWith(".test.ts"));
  await build({
    ...common,
    entryPoints: entries.map((name) => `tests/${name}`),
    platform: "node",
    format: "esm",
    outdir: "build",
    outExtension: { ".js": ".mjs" },
  });
}

await (process.argv.includes("--tests") ? tests() : views());
