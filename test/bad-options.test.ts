/** Layers, models, losses and optimizers that cannot be: an Error that says why, with nothing changed. */
import { afterAll, describe, expect, test } from 'vitest';
import {
  createRuntime,
  initializers,
  layers,
  losses,
  ops,
  optimizers,
  regularizers,
  sequential,
  tensor,
} from '../src/index.ts';
import { FURTHER, isNumber, type OptionFacts } from '../src/optimizers/facts/rule.ts';
import { OPTIMIZER_NAMES, optionOf, optionsOf } from '../src/optimizers/facts/words.ts';
import { guarded } from './helpers.ts';

const { model, optimizer, runtime, refused, stillWorks } = await guarded();
afterAll(stillWorks);

describe('what a model is made of', () => {
  const dense = (options: object) => () => layers.dense({ units: 2, ...options } as never);
  const compile = (options: object) => () => model.compile(options as never);
  test.each([
    [dense({ units: 0 }), RangeError, 'units must be an integer at least 1, got 0'],
    [dense({ units: 2.5 }), RangeError, 'units must be an integer at least 1, got 2.5'],
    [() => layers.dense(10 as never), TypeError, 'layers.dense: options must be an object like { units: … }, got 10'],
    [
      () => layers.dense([10] as never),
      TypeError,
      'layers.dense: options must be an object like { units: … }, got [10]',
    ],
    [
      () => layers.dropout(0.5 as never),
      TypeError,
      'layers.dropout: options must be an object like { rate: … }, got 0.5',
    ],
    [dense({ activation: 'Rellu' }), RangeError, /^unknown activation 'Rellu'; did you mean 'relu'\?/],
    [dense({ activation: { name: 'relu', alpha: 1 } }), RangeError, "activation 'relu' takes no alpha"],
    [
      dense({ activation: { name: 'elu', alpha: -1 } }),
      RangeError,
      'alpha of elu must be a finite number at least 0, got -1',
    ],
    [
      dense({ kernelInitializer: 'he_unifrom' }),
      RangeError,
      /^unknown initializer 'he_unifrom'; did you mean 'heUniform'\?/,
    ],
    [dense({ biasInitializer: 'zeroes' }), RangeError, /did you mean 'zeros'\?/],
    [dense({ kernelRegularizer: 'l3' }), RangeError, /^unknown regularizer 'l3'/],
    [dense({ kernelRegularizer: { l1: Number.NaN } }), RangeError, 'l1 must be a finite number at least 0, got NaN'],
    [
      dense({ activityRegularizer: { l2: 1e300 } }),
      RangeError,
      'l2 must be a finite number at least 0, got 1e+300, infinite as float32',
    ],
    [dense({ activityRegularizer: { l2: -1 } }), RangeError, 'l2 must be a finite number at least 0, got -1'],
    [dense({ useBias: 1 }), TypeError, 'useBias must be true or false, got 1'],
    [dense({ bias: false }), RangeError, /^unknown option of layers.dense 'bias'; did you mean 'useBias'\?/],
    [dense({ inputShape: [0] }), RangeError, 'dense: inputShape must hold integers of at least 1, got [0]'],
    [dense({ inputShape: 4 }), TypeError, 'dense: inputShape must be an array of sizes, got 4'],
    [dense({ name: 7 }), TypeError, 'dense: name must be a string, got 7'],
    [() => layers.dropout({ rate: 1.5 }), RangeError, 'rate must be a finite number from 0 to 1, got 1.5'],
    [() => layers.dropout({ rate: Number.NaN }), RangeError, 'rate must be a finite number from 0 to 1, got NaN'],
    [() => layers.reshape({ targetShape: [-1, -1] }), RangeError, 'targetShape may hold one -1 and no 0, got [-1, -1]'],
    [
      () => sequential([layers.reshape({ targetShape: [3], inputShape: [4] })], { runtime }),
      RangeError,
      'reshape: cannot make [3] of [4]: 4 elements',
    ],
    [
      () => sequential([layers.dense({ units: 1, inputShape: [] })], { runtime }),
      RangeError,
      'dense: expected samples of at least one axis, got scalars',
    ],
    [() => sequential([]), RangeError, 'sequential needs at least one layer'],
    [() => sequential(layers.dense({ units: 1 }) as never), TypeError, /one array, sequential\(\[.*got Layer/],
    [() => sequential(['dense'] as never), TypeError, "layer 0 must come from layers, got 'dense'"],
    [() => sequential([layers.flatten()], { seed: -1 }), RangeError, 'seed must be an integer at least 0, got -1'],
    [() => sequential([layers.flatten()], { seed: 0.5 }), RangeError, 'seed must be an integer at least 0, got 0.5'],
    [
      () => sequential([layers.flatten()], { name: 5 as never }),
      TypeError,
      'the name of a model must be a string, got 5',
    ],
    [() => initializers.constant({ value: Number.NaN }), RangeError, /value must be a finite number/],
    [
      () => initializers.randomUniform({ minval: 1, maxval: 0 }),
      RangeError,
      'maxval must be a finite number at least 1, got 0',
    ],
    [() => initializers.randomNormal({ stddev: -1 }), RangeError, 'stddev must be a finite number at least 0, got -1'],
    [() => regularizers.l2(-0.5), RangeError, 'l2 must be a finite number at least 0, got -0.5'],
    [() => losses.huber({ delta: Number.NaN }), RangeError, 'delta must be a finite number at least 0, got NaN'],
    [() => losses.categoricalCrossentropy({ labelSmoothing: 1 }), RangeError, 'labelSmoothing must be below 1, got 1'],
    [() => losses.meanSquaredError({ reduction: 'average' as never }), RangeError, /^unknown reduction 'average'/],
    [compile({}), TypeError, 'compile needs a loss'],
    [
      compile({ loss: 'crossentropies' }),
      RangeError,
      /^unknown loss 'crossentropies'; did you mean '\w*[cC]rossentropy'\?/,
    ],
    [compile({ loss: {} }), TypeError, 'loss must be a name or come from losses, got Object'],
    [compile({ loss: 'mse', optimizer: 'adamm' }), RangeError, /^unknown optimizer 'adamm'; did you mean 'adam'\?/],
    [compile({ loss: 'mse', optimizer: 'lion' }), RangeError, /^unknown optimizer 'lion'.* optimizers\.lion\(\)$/],
    [
      compile({ loss: 'mse', optimizer: {} }),
      TypeError,
      'optimizer must be a name or come from optimizers, got Object',
    ],
    [
      compile({ loss: 'mse', optimiser: 'adam' }),
      RangeError,
      /^unknown option of compile 'optimiser'; did you mean 'optimizer'\?/,
    ],
  ] as const)('%s', async (run, kind, want) => refused(run, kind, want));
});

/** Values that an option refuses, by its facts. */
function wrongValues(
  facts: OptionFacts,
): readonly (readonly [value: unknown, kind: typeof TypeError | typeof RangeError])[] {
  if ('codes' in facts)
    return [
      ['best', RangeError],
      [1, TypeError],
    ];
  if ('names' in facts)
    return [
      [1, TypeError],
      ['bias', TypeError],
      [[''], RangeError],
    ];
  if (!isNumber(facts))
    return [
      [1, TypeError],
      ['true', TypeError],
    ];
  const { from = 0, to = facts.below } = facts;
  return [
    ...(from === 0 ? [[-1, RangeError] as const] : []),
    [Number.NaN, RangeError],
    ['1', TypeError],
    ...(to === undefined ? [[1e39, RangeError] as const] : [[1.5 * to + (to === 0 ? 1 : 0), RangeError] as const]),
    ...(facts.below === undefined ? [] : [[facts.below, RangeError] as const]),
  ];
}

describe.each(OPTIMIZER_NAMES)('every option of %s', (name) => {
  const make = (option: string, value: unknown) => () => optimizers[name]({ [option]: value } as never);
  const cases = optionsOf(name).flatMap((option) =>
    wrongValues(optionOf(name, option) ?? {}).map(([value, kind]) => [option, value, kind] as const),
  );

  test.each(cases)('refuses %s %s and says so', async (option, value, kind) => {
    await refused(make(option, value), kind, new RegExp(`${option}.*${typeof value === 'number' ? '' : value}`));
  });

  test('takes its default', () => {
    for (const option of optionsOf(name)) {
      const facts = optionOf(name, option);
      if (facts?.byDefault === undefined) continue;
      const { [option]: kept } = make(option, facts.byDefault)().toConfig().config;
      // a config leaves out an average of weights that there is not
      expect(kept).toBe(Object.hasOwn(FURTHER, option) ? undefined : facts.byDefault);
    }
  });
});

describe('optimizers', () => {
  const [w, g] = [tensor([2], [1, 2]), tensor([2], [1, 1])];
  const unlike = tensor([3]);
  const ints = tensor([2], undefined, { dtype: 'int32' });
  const foreign = tensor([2], undefined, { runtime: createRuntime() });
  const apply = (pairs: unknown) => () => optimizers.sgd().apply(pairs as never);
  test.each([
    [
      () => optimizers.adam(0.01 as never),
      TypeError,
      'optimizers.adam: options must be an object like { learningRate: … }, got 0.01',
    ],
    [
      () => optimizers.adam({ lr: 0.01 } as never),
      RangeError,
      /^unknown option of optimizers.adam 'lr'; there are: learn/,
    ],
    [
      () => optimizers.adam({ beta_1: 0.5 } as never),
      RangeError,
      /^unknown option of optimizers.adam 'beta_1'; did you mean 'beta1'\?/,
    ],
    [
      () => optimizers.sgd({ clipnorm: 1, globalClipnorm: 1 }),
      RangeError,
      'at most one of clipnorm, clipvalue, globalClipnorm can be set, got clipnorm and globalClipnorm',
    ],
    [apply([]), RangeError, 'no gradients: apply takes at least one pair [parameter, gradient]'],
    [apply(w), TypeError, 'apply takes pairs [parameter, gradient], got Tensor'],
    [apply([[w]]), TypeError, 'pair 0 must be [parameter, gradient], two tensors'],
    [
      apply([
        [w, g],
        [w, [1, 1]],
      ]),
      TypeError,
      'pair 1 must be [parameter, gradient], two tensors',
    ],
    [apply([[w, unlike]]), RangeError, 'pair 0: parameter [2] and gradient [3] differ in shape'],
    [apply([[w, ints]]), TypeError, 'pair 0: expected float32 tensors, got float32 and int32'],
    [
      apply([
        [w, g],
        [w, g],
      ]),
      Error,
      'a parameter is given twice, or overlaps another',
    ],
    [
      apply([
        [w, g],
        [w.rows(1, 2), g.rows(1, 2)],
      ]),
      Error,
      'a parameter is given twice, or overlaps another',
    ],
    [apply([[w, foreign]]), Error, 'pair 0: tensors of different runtimes cannot be combined'],
    [() => optimizer.apply([[w, g]]), Error, 'this adam optimizer belongs to a model'],
    [
      () => Object.assign(optimizer, { learningRate: -1 }),
      RangeError,
      'learningRate must be a finite number at least 0, got -1',
    ],
    [
      () => Object.assign(optimizer, { iterations: 1.5 }),
      RangeError,
      'iterations must be an integer at least 0, got 1.5',
    ],
  ] as const)('%s', async (run, kind, want) => {
    await refused(run, kind, want);
    expect([Array.from(w.data), ops.sum(g), optimizer.learningRate]).toEqual([[1, 2], 2, 0.001]);
  });
});
