/** Insertions, deletions and replacements that make `b` of `a` (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Which of `names` was most likely meant; capitals do not count. */
export function nearest(name: string, names: readonly string[]): string | undefined {
  const far = names.map((one) => distance(name.toLowerCase(), one.toLowerCase()));
  return names[far.indexOf(Math.min(...far))];
}
