/**
 * `npm run sabotage`: breaks one rule after the other in a copy of `src` and shows which nasty programs notice. Words
 * pick rows by their rule (`npm run sabotage -- R3`); `--all` tries all nasty programs on every row, not only the files
 * of those that have to notice. Exit code 1 if something that was broken goes unnoticed.
 */
import { readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { root } from "../support/fixtures.ts";
import { fileOf, noticedWith, sabotaged } from "./noticed.ts";
import { type Row, rows } from "./rows.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: "boolean", default: false } },
});

const folder = path.join(root, "fixtures", "nasty");
const nasty = readdirSync(folder)
  .filter((f) => /^\w+\.ts$/.test(f) && f !== "coin.ts")
  .map((f) => path.join(folder, f));

console.log("| rule | what the broken tool does | noticed by |");
console.log("| --- | --- | --- |");
const chosen = rows.filter((r) => positionals.length === 0 || positionals.some((p) => r.rule.startsWith(p)));
const unnoticed: Row[] = [];
for (const row of chosen) {
  const files = [...new Set([...row.noticed.map(fileOf), ...(values.all ? nasty : [])])];
  const noticed = await noticedWith(sabotaged(row.changes), files);
  const caught = noticed.filter((n) => n.how === "wrong" || row.noticed.includes(n.name));
  if (!caught.some((n) => n.name === "everything" || row.noticed.includes(n.name))) unnoticed.push(row);
  const shown = noticed.map((n) => (n.how === "wrong" ? n.name : `${n.name} (${n.how})`));
  console.log(`| ${row.rule} | ${row.naive} | ${shown.join(", ") || "**nothing**"} |`);
}
console.log(`\n${chosen.length - unnoticed.length} of ${chosen.length} noticed`);
for (const { rule, naive } of unnoticed) console.log(`not noticed: ${rule}, ${naive}`);
process.exitCode = unnoticed.length > 0 ? 1 : 0;
