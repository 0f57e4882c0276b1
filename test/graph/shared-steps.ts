/** Steps of training, and which of their operations threads share. */
import { expect } from 'vitest';
import { Engine } from '../../src/engine/runtime.ts';
import { type Graph, isView } from '../../src/graph/graph.ts';
import { watchers } from '../../src/graph/lower.ts';
import {
  type Layer,
  layers,
  losses,
  type Optimizer,
  optimizers,
  type Sequential,
  sequential,
} from '../../src/index.ts';
import { operationsOf, type Recorded } from './recordings.ts';

/** What a step of training is made of; its loss is the mean squared error. */
export interface Step {
  readonly rows?: number;
  readonly input: readonly number[];
  readonly stack: readonly Layer[];
  readonly optimizer?: Optimizer;
  readonly metrics?: readonly ['categoricalAccuracy'];
  readonly bytes?: boolean;
}

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** The operations of a step. */
export async function operations({
  rows = 8,
  input,
  stack,
  optimizer,
  metrics,
  bytes = false,
}: Step): Promise<Recorded[]> {
  using engine = new Engine(2 ** 28, 2);
  const first = layers.reshape({ inputShape: input, targetShape: input });
  const model: Sequential = sequential([first, ...stack], { runtime: engine });
  model.compile({
    loss: losses.meanSquaredError(),
    optimizer: optimizer ?? optimizers.sgd(),
    ...(metrics && { metrics: [...metrics] }),
  });
  const shapes = [input, model.layers.at(-1)?.outputShape ?? []].map((shape) => [rows, ...shape]);
  const [x, y] = shapes.map((shape) => ({ data: new Float32Array(product(shape)), shape }));
  if (x === undefined || y === undefined) throw new Error('no data');
  const given = bytes ? { data: new Uint8Array(x.data.length), shape: x.shape, divisor: 255 } : x;
  const names: string[][] = [];
  const watch = ({ nodes }: Graph) => {
    names.push(nodes.filter((node) => !isView(node)).map(({ operation }) => operation.name));
  };
  watchers.add(watch);
  const [training = []] = await operationsOf(engine, () => model.fit(given, y, { batchSize: rows, shuffle: false }));
  watchers.delete(watch);
  return training.map((one, i) => ({ ...one, name: names[0]?.[i] ?? one.name }));
}

/** Whether what has this name, and these words, is shared. */
export async function isShared(
  name: string,
  step: Step,
  words: Readonly<Record<string, number>> = {},
): Promise<boolean> {
  const found = (await operations(step)).filter(
    (one) => one.name === name && Object.entries(words).every(([word, value]) => one.words[word] === value),
  );
  const shared = new Set(found.map((one) => one.shared));
  expect(shared.size, `${found.length} operations ${name} ${JSON.stringify(words)}`).toBe(1);
  return shared.has(true);
}

/** A step in which an operation works on `rows` rows of `n` numbers. */
export type Steps = (rows: number, n: number) => Step;
