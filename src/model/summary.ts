import type { Layer } from '../layers/layer.ts';
import { showShape } from '../validate.ts';

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** A table of the layers, their output shapes and sizes, as text. */
export function summarize(layers: readonly Layer[]): string {
  const header = ['Layer (kind)', 'Output shape', 'Params'];
  const rows = layers.map((layer) => [
    `${layer.name} (${layer.kind})`,
    showShape(['..', ...layer.outputShape]),
    grouped(layer.countParams()),
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('   ');
  const rule = '─'.repeat(line(header).length);
  const total = layers.reduce((sum, layer) => sum + layer.countParams(), 0);
  const kilobytes = (total * 4) / 1024;
  const size = kilobytes < 1024 ? `${kilobytes.toFixed(2)} KB` : `${(kilobytes / 1024).toFixed(2)} MB`;
  return [line(header), rule, ...rows.map(line), rule, `Total params: ${grouped(total)} (${size})`].join('\n');
}
