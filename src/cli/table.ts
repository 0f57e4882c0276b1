/** Results as tables of text. */
import { textTable } from '../text-table.ts';
import type { Summary } from './report/record.ts';
import { DIGITS, decimals, shortDigest } from './report/text.ts';

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
