/** Where values lie: buffers are shared by those that nobody needs at the same time. */
import { afterEach, describe, expect, test } from 'vitest';
import { describeGraph } from '../../src/graph/describe.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { watchers } from '../../src/graph/lower.ts';
import { createRuntime, layers, type Sequential, sequential } from '../../src/index.ts';
import { floats } from '../helpers.ts';

afterEach(() => watchers.clear());

/** The graphs recorded by a call, described; gradients are no buffers. */
function drawn(call: () => unknown, gradients: Sequential['gradients'] = []): string[] {
  const texts: string[] = [];
  const names = new Map(gradients.map(({ name, tensor }) => [tensor.data.byteOffset, `${name} gradient`]));
  const watch = (graph: Graph): void => void texts.push(describeGraph(graph, names));
  watchers.add(watch);
  call();
  watchers.delete(watch);
  return texts;
}

const chain = (depth: number): Sequential =>
  sequential(
    Array.from({ length: depth }, () => layers.dense({ units: 8, activation: 'tanh', inputShape: [8] })),
    { runtime: createRuntime({ threads: 1 }) },
  );

const x = floats([4, 8], 1);

describe('a chain of 50 layers', () => {
  test('is predicted in at most three buffers', () => {
    using model = chain(50);
    const [text = ''] = drawn(() => model.predictOnBatch(x));
    expect(Number(/(\d+) buffers/.exec(text)?.[1])).toBeLessThanOrEqual(3);
  });

  test('keeps for the way back what it reads, an output of each layer, and little else', () => {
    using model = chain(50);
    model.compile({ optimizer: 'sgd', loss: 'mse' });
    const [text = ''] = drawn(() => model.trainOnBatch(x, x), model.gradients);
    // the input, 50 outputs, targets, losses and the gradient on its way
    expect(Number(/(\d+) buffers/.exec(text)?.[1])).toBeLessThanOrEqual(50 + 6);
  });

  test('is described operation by operation', () => {
    using model = chain(2);
    model.compile({ optimizer: 'adam', loss: 'mse' });
    const [text = ''] = drawn(() => model.trainOnBatch(x, x), model.gradients);
    for (const expected of ['dense_1 kernel gradient', 'activationGradient', '[rows, 8]', 'updateParameters', 'µs'])
      expect(text).toContain(expected);
  });
});

test('a thousand layers are recorded, trained and predicted', () => {
  using model = chain(1000);
  model.compile({ optimizer: 'sgd', loss: 'mse' });
  expect(model.trainOnBatch(x, x).loss).toBeGreaterThan(0);
});
