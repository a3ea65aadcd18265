/** "did you mean": the known name that is nearest to an unknown one. */

/** A sentence for a hint: the near miss, else what there is; empty if there is nothing. */
export function suggestion(unknown: string, known: readonly string[]): string {
  const near = nearest(unknown, known);
  if (near !== undefined) return `did you mean \`${near}\`?`;
  if (known.length === 0) return "";
  const shown = known.slice(0, 8).map((name) => `\`${name}\``);
  return `there ${known.length === 1 ? "is" : "are"} ${shown.join(", ")}${known.length > shown.length ? ", …" : ""}.`;
}

function nearest(unknown: string, known: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(unknown.length / 3));
  const ranked = known
    .map((name) => ({ name, distance: distance(unknown.toLowerCase(), name.toLowerCase()) }))
    .filter((candidate) => candidate.distance <= limit)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.name;
}

/** Edits (insert, delete, replace, swap of neighbours) that make `b` of `a`. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, rows[i - 2]![j - 2]! + 1);
      row.push(best);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
