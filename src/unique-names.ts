/** Numbers names that repeat, as Keras does: dense, dense_1. A number that would make another name of the list is skipped. */
export function uniqueNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const counts = new Map<string, number>();
  return names.map((name) => {
    const first = counts.get(name);
    if (first === undefined) {
      counts.set(name, 1);
      return name;
    }
    let number = first;
    while (taken.has(`${name}_${number}`)) number++;
    counts.set(name, number + 1);
    taken.add(`${name}_${number}`);
    return `${name}_${number}`;
  });
}
