import type { Layer } from '../layers/layer.ts';
import { Loss } from '../loss.ts';
import { showShape, sizeOf } from '../validate.ts';
import type { PerOutput } from './options.ts';
import type { Built } from './parameters.ts';
import type { ModelState } from './state.ts';
import type { Training } from './training.ts';

const grouped = (n: number): string => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

const lossNames = (loss: PerOutput<Loss>): string =>
  [loss instanceof Loss ? loss : Object.values(loss)]
    .flat()
    .map(({ name }) => name)
    .join(' + ');

/** A model in one line: its name, shapes, layers, size and progress. */
export function describe(kind: string, { name, layers, built, options, disposed }: ModelState): string {
  const stack = layers.map((layer) => layer.name).join(', ');
  if (disposed) return `${kind} '${name}' (${stack}), disposed of`;
  const total = grouped(built?.all.reduce((sum, { shape }) => sum + sizeOf(shape), 0) ?? 0);
  const shapes =
    built && [built.inputShape, built.outputShape].map((shape) => showShape(['..', ...shape])).join(' to ');
  const how = options === undefined ? 'not compiled' : `${options.optimizer.name}, ${lossNames(options.loss)}`;
  return `${kind} '${name}' (${stack}), ${shapes === undefined ? 'not built' : `${shapes}, ${total} parameters`}, ${how}`;
}

const UNITS = ['B', 'KB', 'MB', 'GB', 'TB'];

/** A count of numbers, and their memory. */
function amount(count: number, bytes = 4 * count): string {
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < UNITS.length - 1) [size, unit] = [size / 1024, unit + 1];
  return `${grouped(count)} (${size.toFixed(2)} ${UNITS[unit]})`;
}

/** Keras counts an optimizer's slots, its learning rate if that is no schedule, its iterations (of 8 bytes) and Nadam's product of momenta; the same for each of several. */
function optimizerParams({ slots, optimizer }: Training): { readonly count: number; readonly bytes: number } {
  const counted = [...new Set([optimizer, ...optimizer.parts])];
  const own = counted.reduce(
    (sum, { spec, schedule }) => sum + 1 + (schedule === undefined ? 1 : 0) + (spec.rule.name === 'nadam' ? 1 : 0),
    0,
  );
  const count = slots.reduce((sum, { tensor }) => sum + tensor.size, own);
  return { count, bytes: 4 * (count + counted.length) };
}

/** The lines below the table. As in Keras, the total of a compiled model includes its optimizer. */
function totals({ all }: Built, training: Training | undefined): string[] {
  const count = (trainable: boolean) =>
    all
      .filter(({ layer, weight }) => (layer.trainable && weight.trainable) === trainable)
      .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  const [trained, fixed] = [count(true), count(false)];
  const own = training === undefined ? { count: 0, bytes: 0 } : optimizerParams(training);
  return [
    `Total params: ${amount(trained + fixed + own.count, 4 * (trained + fixed) + own.bytes)}`,
    `Trainable params: ${amount(trained)}`,
    `Non-trainable params: ${amount(fixed)}`,
    ...(own.count === 0 ? [] : [`Optimizer params: ${amount(own.count, own.bytes)}`]),
  ];
}

/** Whether training changes a layer's weights; for a nested model, some of them. */
function trains(layer: Layer): string {
  if (layer.countParams() === 0) return '';
  const own = (layer.inner?.leaves ?? [{ layer }]).filter((leaf) => leaf.layer.weights.length > 0);
  const count = own.filter((leaf) => leaf.layer.trainable).length;
  return count === 0 ? 'no' : count === own.length ? 'yes' : 'in part';
}

/** A table of the layers, their output shapes and sizes, as text, with the totals; if any is frozen, it shows which. */
export function summarize(built: Built, training: Training | undefined): string {
  const { layers, network } = built;
  const frozen = network.leaves.some(({ layer }) => layer.weights.length > 0 && !layer.trainable);
  const header = ['Layer (kind)', 'Output shape', 'Params', ...(frozen ? ['Trainable'] : [])];
  const rows = layers.map((layer) => [
    `${layer.name} (${layer.kind})`,
    showShape(['..', ...layer.outputShape]),
    grouped(layer.countParams()),
    ...(frozen ? [trains(layer)] : []),
  ]);
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (column === 2 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('   ');
  const rule = '─'.repeat(line(header).length);
  return [line(header), rule, ...rows.map((row) => line(row).trimEnd()), rule, ...totals(built, training)].join('\n');
}
