/** Whole trainings against a float64 simulation of them, against Keras' published numbers, and against `apply`. */
import { describe, expect, test } from 'vitest';
import { layers, losses, type Optimizer, optimizerNames, optimizers, sequential, tensor } from '../../src/index.ts';
import type { OptimizerOptions } from '../../src/optimizers/options.ts';
import { bitsOf, expectClose, floats, labels, layersOf, randomize } from '../helpers.ts';
import fitGolden from '../reference/fit.json' with { type: 'json' };
import layersGolden from '../reference/layers.json' with { type: 'json' };
import { batchLoss, gradients, type LayerSpec, type Network, vectorLoss } from '../reference/network.ts';
import { shuffled, words } from '../reference/random.ts';

const PURPOSE_SHUFFLE = 2;

interface Run {
  readonly network: Network;
  readonly weights: readonly (readonly number[])[];
  readonly x: readonly (readonly number[])[];
  readonly y: readonly number[];
  readonly sampleWeight?: readonly number[];
  readonly seed: number;
  readonly epochs: number;
  readonly batchSize: number;
  readonly shuffle: boolean;
  readonly learningRate: number;
}

/** `fit` with plain gradient descent, as NUMERICS' section on fit() says it: nothing of the library takes part. */
function simulate({ network, weights, x, y, sampleWeight, seed, epochs, batchSize, shuffle, learningRate }: Run) {
  let now = weights.map((weight) => [...weight]);
  let step = 0;
  const history: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    const plain = x.map((_, i) => i);
    const random = words(x.length, [seed, 0], 0, epoch, PURPOSE_SHUFFLE);
    const order = shuffle ? shuffled(random, () => expect.fail('a word of these is biased')) : plain;
    let total = 0;
    for (let from = 0; from < x.length; from += batchSize) {
      const rows = order.slice(from, from + batchSize);
      const batch = {
        x: rows.flatMap((i) => x[i] as readonly number[]),
        shape: [x[0]?.length ?? 0],
        targets: rows.map((i) => y[i] as number),
        dropout: { seed, step },
        ...(sampleWeight && { weights: rows.map((i) => sampleWeight[i] as number) }),
      };
      total += batchLoss(network, now, batch) * rows.length;
      const gradient = gradients(network, now, batch);
      now = now.map((weight, i) => weight.map((value, j) => value - learningRate * (gradient[i]?.[j] as number)));
      step++;
    }
    history.push(total / x.length);
  }
  return { history, weights: now };
}

describe('fit follows a simulation of it in float64', () => {
  const specs: LayerSpec[] = [
    { kind: 'dense', units: 6, activation: 'tanh', kernelRegularizer: { l2: 0.01 } },
    { kind: 'dropout', rate: 0.25 },
    { kind: 'dense', units: 3, activation: 'softmax' },
  ];
  const network: Network = { layers: specs, loss: vectorLoss.crossentropy?.() as Network['loss'] };
  const [x, y] = [floats([11, 4], 1), labels(11, 3, 2)];
  // some are negative: what such a sample is like becomes less likely
  const sampleWeight = floats([11], 3).data.map((value) => value + 0.25);

  test.each([
    { shuffle: true, batchSize: 4, weighted: false },
    { shuffle: false, batchSize: 4, weighted: false },
    { shuffle: true, batchSize: 4, weighted: true },
    { shuffle: true, batchSize: 32, weighted: false },
    { shuffle: true, batchSize: 1, weighted: false },
  ])(
    'shuffle $shuffle, batches of $batchSize out of 11, weighted $weighted',
    async ({ shuffle, batchSize, weighted }) => {
      const seed = 21;
      const model = sequential(layersOf(specs, [4]), { seed });
      model.compile({ optimizer: optimizers.sgd({ learningRate: 0.2 }), loss: 'sparseCategoricalCrossentropy' });
      const rows = Array.from({ length: 11 }, (_, i) => Array.from(x.data.subarray(i * 4, i * 4 + 4)));
      const common = { seed, epochs: 3, batchSize, shuffle };
      const want = simulate({
        ...common,
        network,
        weights: randomize(model, 5),
        x: rows,
        y: Array.from(y.data),
        learningRate: 0.2,
        ...(weighted && { sampleWeight: Array.from(sampleWeight) }),
      });
      const options = {
        epochs: 3,
        batchSize,
        shuffle,
        ...(weighted && { sampleWeight: { data: sampleWeight, shape: [11] } }),
      };
      const { history, params } = await model.fit(x, y, options);
      expect(params).toEqual({ epochs: 3, steps: Math.ceil(11 / batchSize), batchSize, keys: ['loss'] });
      expectClose(history.loss ?? [], want.history, 2e-6, 'loss');
      expectClose(Float32Array.from(model.getWeights().flatMap((w) => [...w])), want.weights.flat(), 2e-5, 'weights');
      model.dispose();
    },
  );
});

describe("Keras' numbers", () => {
  test('Adam with a learning rate that a callback lets decay: the losses of Keras', async () => {
    const golden = fitGolden.cases.find(({ id }) => id === 'adam_exponential_decay');
    const initializer = { kernelInitializer: 'ones', biasInitializer: 'ones' } as const;
    const model = sequential([layers.dense({ units: 2, ...initializer, inputShape: [2] })]);
    const optimizer = optimizers.adam({ learningRate: 0.05 });
    model.compile({ optimizer, loss: 'mse' });
    const x = { data: Float32Array.from({ length: 32 }, (_, i) => i), shape: [16, 2] };
    let step = 0;
    const decay = {
      onTrainBatchBegin() {
        optimizer.learningRate = 0.05 * 0.9 ** step++;
      },
    };
    const { history } = await model.fit(x, x, { epochs: 3, batchSize: 4, shuffle: false, callbacks: [decay] });
    expect(optimizer.iterations).toBe(golden?.iterations_after);
    const near = (wanted: readonly number[] = [], tolerance: number) => {
      expect(wanted.length).toBe(3);
      for (const [i, want] of wanted.entries())
        expect(Math.abs((history.loss?.[i] ?? 0) / want - 1)).toBeLessThan(tolerance);
    };
    // Keras rounds the rate and the powers of beta to float32
    near(golden?.float32_history_loss, 5e-5);
    near(golden?.float64_history_loss, 2e-6);
    const [kernel, bias] = model.getWeights();
    expectClose(kernel ?? [], golden?.float64_final_kernel?.flat() ?? [], 1e-6, 'kernel');
    expectClose(bias ?? [], golden?.float64_final_bias ?? [], 1e-6, 'bias');
  });

  test('Dense: output and all three gradients, exactly', async () => {
    const { x, kernel, bias, y, dy, dx, dkernel, dbias } = layersGolden.Dense;
    // the first kernel holds the inputs and is read by one-hot rows: its gradient is then dx
    const model = sequential([layers.dense({ units: 4, useBias: false, inputShape: [3] }), layers.dense({ units: 2 })]);
    const loss = losses.meanSquaredError({ reduction: 'sum' });
    model.compile({ optimizer: optimizers.sgd({ learningRate: 1 }), loss });
    model.setWeights([x.flat(), kernel.flat(), bias]);
    const oneHot = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    expect(Array.from((await model.predict(oneHot)).data)).toEqual(y.flat());
    // the mean over two columns of (p - t)² has the gradient p - t
    const targets = y.map((row, i) => row.map((value, j) => value - (dy[i]?.[j] ?? 0)));
    await model.fit(oneHot, targets, { batchSize: 3, shuffle: false });
    const minus = (a: number[], b: number[]) => a.map((value, i) => value - (b[i] ?? 0));
    const [first, second, third] = model.getWeights().map((weight) => Array.from(weight));
    expect(first).toEqual(minus(x.flat(), dx.flat()));
    expect(second).toEqual(minus(kernel.flat(), dkernel.flat()));
    expect(third).toEqual(minus(bias, dbias));
  });
});

describe('an optimizer does in a model what it does in apply', () => {
  const make = optimizers as unknown as Record<string, (options?: OptimizerOptions) => Optimizer>;
  // gradients of the mean absolute error far from its target: -x / 4 for the kernel, -1 / 4 for the bias, without rounding
  const inputs = [1, -2, 0.5, 4, 0, 1, 0.25, -8];
  const options: Record<string, OptimizerOptions> = {
    plain: {},
    'weight decay': { weightDecay: 0.125, learningRate: 0.25 },
    clipnorm: { clipnorm: 0.5, learningRate: 0.25 },
    clipvalue: { clipvalue: 0.3, learningRate: 0.25 },
    globalClipnorm: { globalClipnorm: 0.625, learningRate: 0.25 },
  };

  // which has no `apply`
  const names = optimizerNames.filter((name) => name !== 'lbfgs');
  test.each(names.flatMap((name) => Object.keys(options).map((key) => [name, key] as const)))(
    '%s, %s',
    async (name, key) => {
      const model = sequential([layers.dense({ units: 4, inputShape: [1] })]);
      const loss = losses.meanAbsoluteError({ reduction: 'sum' });
      model.compile({ optimizer: make[name]?.(options[key]) as Optimizer, loss });
      const start = [
        [0.5, -1, 2, 0],
        [0, 1, -1, 3],
      ];
      model.setWeights(start);
      const y = { data: new Float32Array(32).fill(1e6), shape: [8, 4] };
      await model.fit({ data: Float32Array.from(inputs), shape: [8, 1] }, y, { batchSize: 1, shuffle: false });

      const alone = make[name]?.(options[key]) as Optimizer;
      // of the model's shapes: some optimizers treat matrices as such
      const [kernel, dkernel] = [tensor([1, 4], start[0]), tensor([1, 4])];
      const [bias, dbias] = [tensor([4], start[1]), tensor([4])];
      dbias.data.fill(-0.25);
      for (const x of inputs) {
        dkernel.data.fill(-x / 4);
        alone.apply([
          [kernel, dkernel],
          [bias, dbias],
        ]);
      }
      expect(model.getWeights().map(bitsOf)).toEqual([bitsOf(kernel.data), bitsOf(bias.data)]);
      expect(model.optimizer?.iterations).toBe(8);
      for (const one of [model, alone, kernel, bias, dkernel, dbias]) one.dispose();
    },
  );
});
