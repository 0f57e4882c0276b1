import type { Layer } from '../layers/layer.ts';
import { showShape } from '../validate.ts';
import type { ModelState } from './state.ts';

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** A model in one line: its name, shapes, layers and size, and how far it is. */
export function describe(kind: string, { name, layers, built, options, disposed }: ModelState): string {
  const stack = layers.map((layer) => layer.name).join(', ');
  if (disposed) return `${kind} '${name}' (${stack}), disposed of`;
  const total = grouped(layers.reduce((sum, layer) => sum + layer.countParams(), 0));
  const shapes =
    built && [built.inputShape, built.outputShape].map((shape) => showShape(['..', ...shape])).join(' to ');
  const how = options === undefined ? 'not compiled' : `${options.optimizer.name}, ${options.loss.name}`;
  return `${kind} '${name}' (${stack}), ${shapes === undefined ? 'not built' : `${shapes}, ${total} parameters`}, ${how}`;
}

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
