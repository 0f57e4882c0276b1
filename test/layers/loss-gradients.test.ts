/** Gradients of the losses, fused with the last activation and not, against central differences in float64. */
import { describe, test } from 'vitest';
import { type ActivationName, losses } from '../../src/index.ts';
import type { Loss } from '../../src/loss.ts';
import type { LayerSpec } from '../reference/network.ts';
import { type Case, check, reference } from './check.ts';

const last = (activation: ActivationName): LayerSpec[] => [
  { kind: 'dense', units: 6, activation: 'tanh' },
  { kind: 'dense', units: 4, activation },
];
/** The same network with a view behind it, so that the loss cannot take the logits. */
const unfused = (activation: ActivationName): LayerSpec[] => [...last(activation), { kind: 'flatten' }];
const one = (stack: LayerSpec[], loss: Loss, name: string, targets: Case['targets'], parameter?: number): Case => ({
  layers: stack,
  inputShape: [3],
  loss,
  reference: reference(name, parameter),
  targets,
});

const sparse = losses.sparseCategoricalCrossentropy;
const { categoricalCrossentropy, binaryCrossentropy } = losses;
const ce = 'crossentropy';
const bce = 'binaryCrossentropy';
const cases: Record<string, Case> = {
  'sparse, fused': one(last('softmax'), sparse(), ce, 'labels'),
  'sparse, not fused': one(unfused('softmax'), sparse(), ce, 'labels'),
  'sparse over sigmoids, renormalised': one(last('sigmoid'), sparse(), ce, 'labels'),
  'sparse from logits': one(last('linear'), sparse({ fromLogits: true }), 'crossentropyLogits', 'labels'),
  'sparse from logits, which may be softmaxed already': one(
    last('softmax'),
    sparse({ fromLogits: true }),
    'crossentropyLogits',
    'labels',
  ),
  'binary from logits, which may be sigmoids already': one(
    last('sigmoid'),
    binaryCrossentropy({ fromLogits: true }),
    'binaryCrossentropyLogits',
    'bits',
  ),
  'categorical, fused': one(last('softmax'), categoricalCrossentropy(), ce, 'distribution'),
  'categorical, not fused': one(unfused('softmax'), categoricalCrossentropy(), ce, 'distribution'),
  'smoothed categorical, fused': one(
    last('softmax'),
    categoricalCrossentropy({ labelSmoothing: 0.2 }),
    ce,
    'distribution',
    0.2,
  ),
  'smoothed categorical, not fused': one(
    unfused('softmax'),
    categoricalCrossentropy({ labelSmoothing: 0.2 }),
    ce,
    'distribution',
    0.2,
  ),
  'categorical from logits': one(
    last('linear'),
    categoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.1 }),
    'crossentropyLogits',
    'distribution',
    0.1,
  ),
  'binary, fused': one(last('sigmoid'), binaryCrossentropy(), bce, 'bits'),
  'binary, not fused': one(unfused('sigmoid'), binaryCrossentropy(), bce, 'bits'),
  'smoothed binary, fused': one(last('sigmoid'), binaryCrossentropy({ labelSmoothing: 0.3 }), bce, 'bits', 0.3),
  'smoothed binary, not fused': one(unfused('sigmoid'), binaryCrossentropy({ labelSmoothing: 0.3 }), bce, 'bits', 0.3),
  'binary from logits': one(
    last('linear'),
    binaryCrossentropy({ fromLogits: true }),
    'binaryCrossentropyLogits',
    'bits',
  ),
  'mean squared error': one(last('linear'), losses.meanSquaredError(), 'meanSquaredError', 'values'),
  'mean absolute error': one(last('linear'), losses.meanAbsoluteError(), 'meanAbsoluteError', 'values'),
  'huber, delta 0.4': one(last('linear'), losses.huber({ delta: 0.4 }), 'huber', 'values', 0.4),
};

describe('losses: the step follows the reference', () => {
  test.each(Object.keys(cases))('%s', async (name) => check(cases[name] as Case));

  test.each(['sumOverBatchSize', 'sum', 'meanWithSampleWeight'] as const)(
    'reduction %s, weighted',
    async (reduction) => {
      await check({ ...one(last('softmax'), sparse({ reduction }), ce, 'labels'), weighted: true });
      await check({ ...one(last('linear'), losses.huber({ reduction }), 'huber', 'values'), weighted: true });
    },
  );

  test.each([-1, 2, 255])('rows of the ignored class %i have no gradient and do not count', async (ignoreClass) => {
    const loss = sparse({ ignoreClass });
    await check({ ...one(last('softmax'), loss, ce, 'labels'), ignoreClass, classes: 2 });
    await check({ ...one(unfused('softmax'), loss, ce, 'labels'), ignoreClass, classes: 2, weighted: true });
    const mean = sparse({ ignoreClass, reduction: 'meanWithSampleWeight' });
    await check({ ...one(last('softmax'), mean, ce, 'labels'), ignoreClass, classes: 2, weighted: true });
  });
});
