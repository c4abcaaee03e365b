// Builds what the browser loads into src/incisor/kernel/static/incisor/, and copies the fonts of the PDF engine.
import { build, context } from "esbuild";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const product = path.resolve(here, "../src/incisor");
const out = path.join(product, "kernel/static/incisor");
const fonts = path.join(product, "kernel/fonts");
const watching = process.argv.includes("--watch");

async function* filesBelow(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!["static", "fonts", "locale", "migrations", "__pycache__"].includes(entry.name)) yield* filesBelow(full);
    } else if (/\.(html|py)$/.test(entry.name)) yield full;
  }
}

/** Names of all icons that templates ({% icon "x" %}, icon="x", data-icon="x") and Python (icon="x") ask for. */
async function iconsAskedFor() {
  const names = new Map();
  const patterns = [/\{%\s*icon\s+["']([a-z0-9-]+)["']/g, /\bicon=["']([a-z0-9-]+)["']/g];
  for await (const file of filesBelow(product)) {
    const text = await readFile(file, "utf8");
    for (const pattern of patterns)
      for (const [, name] of text.matchAll(pattern)) names.set(name, path.relative(product, file));
  }
  const list = JSON.parse(await readFile(path.join(here, "icons.json"), "utf8"));
  for (const name of list) names.set(name, "frontend/icons.json");
  return names;
}

/** One file with every icon in use as a <symbol>, so that a page needs one request for all of them. */
async function sprite() {
  const folder = path.join(here, "node_modules/@tabler/icons/icons");
  const missing = [];
  const symbols = [];
  for (const [name, where] of [...(await iconsAskedFor())].sort()) {
    const filled = name.endsWith("-filled");
    const file = path.join(folder, filled ? "filled" : "outline", `${filled ? name.slice(0, -7) : name}.svg`);
    let svg;
    try {
      svg = await readFile(file, "utf8");
    } catch {
      missing.push(`${name} (${where})`);
      continue;
    }
    const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "").replace(/\s+/g, " ");
    const paint = filled
      ? 'fill="currentColor"'
      : 'fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round" stroke-linejoin="round"';
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24" ${paint}>${inner.trim()}</symbol>`);
  }
  await writeFile(path.join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`);
  if (missing.length) throw new Error(`no such icon in @tabler/icons: ${missing.join(", ")}`);
}

async function copyFonts() {
  const folder = path.join(here, "node_modules/@expo-google-fonts/noto-sans-sc");
  await mkdir(fonts, { recursive: true });
  await cp(path.join(folder, "400Regular/NotoSansSC_400Regular.ttf"), path.join(fonts, "NotoSansSC-Regular.ttf"));
  await cp(path.join(folder, "700Bold/NotoSansSC_700Bold.ttf"), path.join(fonts, "NotoSansSC-Bold.ttf"));
  await cp(path.join(folder, "LICENSE"), path.join(fonts, "LICENSE")).catch(() => undefined);
}

const options = {
  absWorkingDir: here,
  entryPoints: {
    incisor: "src/incisor.ts",
    calendar: "src/calendar.ts",
    theme: "src/theme.ts",
    fill: "src/fill.ts",
    kiosk: "src/kiosk.ts",
    screen: "src/screen.ts",
    "screen-style": "src/styles/screen.css",
    style: "src/styles/incisor.css",
    portal: "src/styles/portal.css",
  },
  outdir: out,
  bundle: true,
  minify: !watching,
  format: "iife",
  target: ["chrome109", "edge109", "firefox115", "safari16"],
  legalComments: "linked",
  logLevel: "info",
};

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await cp(path.join(here, "assets"), out, { recursive: true });
await copyFonts();
if (watching) {
  await sprite();
  await (await context(options)).watch();
} else {
  await build(options);
  await sprite();
}
