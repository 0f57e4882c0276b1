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

/** The end of a message about a name that nobody knows: which one was meant, if one is near, and which there are. Capitals do not count. */
export function nearest(name: string, names: readonly string[]): string {
  const far = names.map((one) => distance(name.toLowerCase(), one.toLowerCase()));
  const least = Math.min(...far);
  const meant = least > name.length / 2 ? 'there' : `did you mean '${names[far.indexOf(least)]}'? There`;
  return `; ${meant} are: ${names.join(', ')}`;
}
