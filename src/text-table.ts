/** Characters as a terminal counts them, but for those that it draws twice as wide. */
const widthOf = (text: string): number => [...text.normalize()].length;

/** Rows of texts as columns that line up: the first to the left, the others to the right. */
export function textTable(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, j) => Math.max(...rows.map((row) => widthOf(row[j] ?? ''))));
  const cell = (text: string, j: number): string => {
    const space = ' '.repeat((widths[j] ?? 0) - widthOf(text));
    return j === 0 ? text + space : space + text;
  };
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}
