/** Results as tables of text. */
import type { Summary } from './report/record.ts';
import { DIGITS, decimals, shortDigest } from './report/text.ts';

/** Lines of columns: the first to the left, the others under their heads to the right. */
export function textTable(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const COLUMNS = ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds', 'msPerStep'] as const;

/** Columns that are left out, one after the other, where a terminal is too narrow for all. */
const SPARED = ['ms/step', 'accuracy', 'loss', 'seconds', 'digest', 'val_loss'];

export function resultTable(rows: readonly Summary[], width = Number.POSITIVE_INFINITY): string {
  const head = ['optimizer', ...COLUMNS.map((name) => (name === 'msPerStep' ? 'ms/step' : name)), 'digest'];
  const body = rows.map((row) => [
    row.optimizer,
    ...COLUMNS.map((key) => decimals(row[key], DIGITS[key])),
    shortDigest(row.digest) || 'stopped',
  ]);
  for (let spared = 0; ; spared++) {
    const shown = (_: string, column: number) => !SPARED.slice(0, spared).includes(head[column] ?? '');
    const table = textTable([head, ...body].map((line) => line.filter(shown)));
    if (spared === SPARED.length || table.split('\n').every((line) => line.length <= width)) return table;
  }
}
