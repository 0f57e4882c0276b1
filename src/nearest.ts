/** A letter that is missing counts less than one that is wrong: `onBatchEnd` means `onTrainBatchEnd`, not `onEpochEnd`. */
const MISSING = 0.3;

/** Insertions, deletions and replacements that turn `a` into `b` (Levenshtein 1966). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j * MISSING);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const replaced = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + MISSING));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** The name that was probably meant, if one is near. Ignores case. */
export function likely(name: string, names: readonly string[]): string | undefined {
  const far = names.map((one) => distance(name.toLowerCase(), one.toLowerCase()));
  const least = Math.min(...far);
  return least > name.length / 2 ? undefined : names[far.indexOf(least)];
}

/** The end of a message about an unknown name: the one that was probably meant, and all that exist. */
export function nearest(name: string, names: readonly string[]): string {
  const meant = likely(name, names);
  return `; ${meant === undefined ? 'there' : `did you mean '${meant}'? There`} are: ${names.join(', ')}`;
}
