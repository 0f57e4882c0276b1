/** The result as a table of text. */
import type { Summary } from './report/record.ts';
import { DIGITS, decimals, shortDigest } from './report/text.ts';

const COLUMNS = ['loss', 'accuracy', 'val_loss', 'val_accuracy', 'seconds', 'msPerStep'] as const;

export function resultTable(rows: readonly Summary[]): string {
  const head = ['optimizer', ...COLUMNS.map((name) => (name === 'msPerStep' ? 'ms/step' : name)), 'digest'];
  const body = rows.map((row) => [
    row.optimizer,
    ...COLUMNS.map((key) => decimals(row[key], DIGITS[key])),
    shortDigest(row.digest) || 'stopped',
  ]);
  const lines = [head, ...body];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  // Names to the left, numbers and the digest under their heads to the right.
  return lines
    .map((line) =>
      line
        .map((text, column) => (column === 0 ? text.padEnd(widths[0] ?? 0) : text.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}
