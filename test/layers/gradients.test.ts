/** Gradients of layers, activations and penalties through the public API, against central differences in float64. */
import { describe, expect, test } from 'vitest';
import { type ActivationName, activationNames, layers, losses, optimizers, sequential } from '../../src/index.ts';
import { floats, labels, layersOf, stepGradients } from '../helpers.ts';
import type { LayerSpec } from '../reference/network.ts';
import { check, mse, reference } from './check.ts';

describe('activations: the step follows the reference', () => {
  test.each(activationNames)('%s as the activation of a hidden dense layer', async (activation) => {
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 6, activation },
      { kind: 'dense', units: 3 },
    ];
    await check({ layers: stack, inputShape: [4], ...mse, targets: 'values' });
  });

  test.each(activationNames)('%s as the activation of the last dense layer', async (activation) => {
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 5, activation: 'tanh' },
      { kind: 'dense', units: 4, activation },
    ];
    await check({ layers: stack, inputShape: [3], ...mse, targets: 'values' });
  });

  test.each(activationNames)('%s as a layer, hidden and last', async (activation) => {
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 5 },
      { kind: 'activation', activation },
      { kind: 'dense', units: 3 },
      { kind: 'activation', activation },
    ];
    await check({ layers: stack, inputShape: [4], ...mse, targets: 'values' });
  });

  test.each([
    ['leakyRelu', 0.3],
    ['elu', 0.7],
  ] as const)('%s takes its alpha %f, in a layer and in dense', async (name, alpha) => {
    const activation = { name: name as ActivationName, alpha };
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 7, activation },
      { kind: 'activation', activation },
      { kind: 'dense', units: 2 },
    ];
    await check({ layers: stack, inputShape: [3], ...mse, targets: 'values' });
  });
});

describe('layers: the step follows the reference', () => {
  const softmaxCe = {
    loss: losses.sparseCategoricalCrossentropy(),
    reference: reference('crossentropy'),
    targets: 'labels',
  } as const;

  test('dense over the last axis of samples of two axes, with a loss per vector', async () => {
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 5, activation: 'gelu' },
      { kind: 'dense', units: 3, activation: 'softmax' },
    ];
    await check({ layers: stack, inputShape: [4, 3], times: 4, ...softmaxCe });
    await check({ layers: stack, inputShape: [4, 3], times: 4, ...softmaxCe, weighted: true });
  });

  test('flatten and reshape pass the gradient on', async () => {
    const stack: LayerSpec[] = [
      { kind: 'reshape', targetShape: [3, -1] },
      { kind: 'dense', units: 2, activation: 'tanh' },
      { kind: 'flatten' },
      { kind: 'dense', units: 4, activation: 'silu' },
      { kind: 'reshape', targetShape: [2, 2] },
      { kind: 'dense', units: 3, activation: 'softmax' },
    ];
    await check({ layers: stack, inputShape: [2, 6], times: 2, ...softmaxCe });
  });

  test('dense without bias', async () => {
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 5, activation: 'relu', useBias: false },
      { kind: 'dense', units: 3, useBias: false },
    ];
    await check({ layers: stack, inputShape: [4], ...mse, targets: 'values' });
  });

  test.each([0, 0.25, 0.5, 0.9, 1])('dropout of %f drops the same elements on both ways', async (rate) => {
    const stack: LayerSpec[] = [
      { kind: 'dropout', rate },
      { kind: 'dense', units: 9, activation: 'tanh' },
      { kind: 'dropout', rate },
      { kind: 'dense', units: 3 },
    ];
    await check({ layers: stack, inputShape: [6], rows: 7, ...mse, targets: 'values' });
  });

  test('penalties on kernels, biases and outputs add to loss and gradient', async () => {
    const stack: LayerSpec[] = [
      { kind: 'activation', activation: 'tanh', activityRegularizer: { l1: 0.1 } },
      {
        kind: 'dense',
        units: 6,
        activation: 'relu',
        kernelRegularizer: { l1: 0.03 },
        biasRegularizer: { l2: 0.05 },
        activityRegularizer: { l1: 0.02, l2: 0.01 },
      },
      { kind: 'activation', activation: 'elu', activityRegularizer: { l2: 0.04 } },
      { kind: 'dense', units: 3, activation: 'gelu', activityRegularizer: { l2: 0.2 } },
      { kind: 'dropout', rate: 0.3 },
      { kind: 'dense', units: 3, activation: 'softmax', kernelRegularizer: { l1: 0.01, l2: 0.02 } },
    ];
    await check({ layers: stack, inputShape: [4], ...softmaxCe });
  });

  test('a softmax whose output is penalised is not fused away', async () => {
    const stack: LayerSpec[] = [{ kind: 'dense', units: 4, activation: 'softmax', activityRegularizer: { l2: 0.5 } }];
    await check({ layers: stack, inputShape: [3], ...softmaxCe });
  });

  test('an activation layer at the end is fused with its cross-entropy', async () => {
    const stack: LayerSpec[] = [
      { kind: 'dense', units: 4 },
      { kind: 'activation', activation: 'softmax' },
    ];
    await check({ layers: stack, inputShape: [3], ...softmaxCe });
    // far beyond where probabilities are clipped, the wrong class keeps its gradient
    const model = sequential(layersOf(stack, [3]));
    model.compile({ optimizer: optimizers.sgd({ learningRate: 1 }), loss: 'sparseCategoricalCrossentropy' });
    model.setWeights([new Float32Array(12), [100, 0, 0, 0]]);
    const [, bias] = await stepGradients(model, { data: new Float32Array(3), shape: [1, 3] }, labels(1, 1, 1));
    expect(bias).toEqual([0, 0, 0, 0]);
    model.setWeights([new Float32Array(12), [0, 100, 0, 0]]);
    const [, wrong] = await stepGradients(model, { data: new Float32Array(3), shape: [1, 3] }, labels(1, 1, 1));
    expect(wrong).toEqual([-1, 1, 0, 0]);
  });

  test('layers behind which nothing can be learned get no gradient at all', async () => {
    const model = sequential([layers.flatten({ inputShape: [2, 2] }), layers.dropout({ rate: 0.5 })]);
    model.compile({ loss: 'mse' });
    const { history } = await model.fit(floats([4, 2, 2], 1), floats([4, 4], 2));
    expect(Number.isFinite(history.loss?.[0])).toBe(true);
    expect(model.countParams()).toBe(0);
  });
});
