// Fails when the bundle grew beyond what a tablet should have to load.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";

const FOLDER = new URL("../dist", import.meta.url).pathname;
const ENTRY = "energy-park.js.br";
const ENTRY_MAX_KIB = 40;
const TOTAL_MAX_KIB = 110;

const sizes = Object.fromEntries(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith(".br"))
    .map((name) => [name, statSync(join(FOLDER, name)).size / 1024]),
);
const entry = sizes[ENTRY];
const total = Object.values(sizes).reduce((sum, size) => sum + size, 0);
for (const [name, kib] of Object.entries(sizes))
  console.log(kib.toFixed(1), "KiB", name);
console.log(total.toFixed(1), "KiB in all");
if (entry > ENTRY_MAX_KIB || total > TOTAL_MAX_KIB) {
  console.error(
    `The bundle is too big: entry ${ENTRY_MAX_KIB}, all ${TOTAL_MAX_KIB} KiB.`,
  );
  process.exit(1);
}
