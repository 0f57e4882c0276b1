/** What the page says of settings and optimizers is what the library and the command line understand. */
import { describe, expect, test } from 'vitest';
import { network } from '../../src/cli/network.ts';
import { networkName, parametersOf } from '../../src/cli/settings.ts';
import { activationNames, optimizers } from '../../src/index.ts';
import { NAMES, OPTIMIZERS } from '../../web/optimizers.ts';
import {
  ACTIVATIONS,
  commandLines,
  DEFAULTS,
  defaultsOf,
  type Entrant,
  fromQuery,
  given,
  parseHidden,
  type Settings,
  toQuery,
} from '../../web/settings.ts';

describe('optimizers', () => {
  test.each(NAMES)('of %s the page knows the defaults and the slots of the library', (name) => {
    const config: Record<string, unknown> = {
      ...{ weightDecay: 0, useEma: false, emaMomentum: 0.99 },
      ...optimizers[name]().toConfig().config,
    };
    for (const [option, value] of Object.entries(OPTIMIZERS[name].defaults))
      expect([option, config[option]]).toEqual([option, value]);
  });

  test('activations are those of the library that a hidden layer can have', () => {
    expect([...ACTIVATIONS].sort()).toEqual(activationNames.filter((name) => name !== 'softmax').sort());
  });
});

describe('networks', () => {
  test.each([
    ['784-20-10', 'dense', [20]],
    ['784-10', 'dense', []],
    ['784-conv32-conv64-128-10', 'cnn', [128]],
    ['784-conv32-conv64-10', 'cnn', []],
  ] as const)('%s has the weights that the page says', (name, model, hidden) => {
    using made = network({ model, hidden, activation: 'relu', seed: 1 });
    expect(networkName({ model, hidden })).toBe(name);
    expect(parametersOf({ model, hidden })).toBe(made.weights.reduce((sum, { tensor }) => sum + tensor.size, 0));
  });
});

describe('the address', () => {
  const other: Settings = {
    entrants: [
      { name: 'momentum', options: { learningRate: 0.02, momentum: 0.5 } },
      { name: 'nadam', options: {} },
      { name: 'adam', options: { beta1: 0.8, weightDecay: 1e-5 } },
    ],
    seed: 2 ** 53 - 1,
    limit: 60000,
    epochs: 3,
    batchSize: 7,
    model: 'dense',
    hidden: [],
    activation: 'gelu',
  };

  const cnn = defaultsOf('cnn');
  test('gives back the settings it was made from', () => {
    for (const settings of [DEFAULTS, other, cnn, { ...cnn, hidden: [300, 100], epochs: 15 }])
      expect(fromQuery(toQuery(settings))).toEqual({ settings, problems: [] });
    expect(toQuery(DEFAULTS)).toBe('');
    expect(toQuery(cnn)).toBe('?model=cnn');
  });

  test.each([
    ['?seed=-1', 'seed: expected a whole number of at least 0, got “-1”; using 42'],
    ['?limit=60001', 'limit: expected a whole number from 1 to 60000, got “60001”; using 2000'],
    ['?epochs=1e9', 'epochs: expected a whole number from 1 to 1000'],
    ['?hidden=3,x', 'hidden layers: expected a whole number from 1 to 2048, got “x”; using 300,100'],
    ['?activation=softmax', 'activation: expected one of relu'],
    ['?model=rnn', 'model: expected one of dense, cnn, got “rnn”; using dense'],
    ['?race=', 'race: expected optimizers out of sgd'],
    ['?race=constructor', 'race: expected optimizers out of sgd'],
    ['?batchsize=7', '“batchsize” is not a setting; did you mean “batchSize”?'],
  ])('%s keeps the default and says why', (query, says) => {
    const { settings, problems } = fromQuery(query);
    expect(settings).toEqual(DEFAULTS);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(says);
  });

  test.each<[string, Settings['entrants'], ...string[]]>([
    ['adam,adam~beta1:0.5', [{ name: 'adam', options: {} }], '“adam” appears twice'],
    ['sgd,foo,nadam', [DEFAULTS.entrants[0], DEFAULTS.entrants[6]] as Entrant[], 'got “foo”'],
    ['sgd~beta1:0.5~learningRate:0.2', [{ name: 'sgd', options: { learningRate: 0.2 } }], 'sgd has no option “beta1”'],
    [
      'adam~beta1:1~beta2:0.9~learningRate:NaN,foo',
      [{ name: 'adam', options: { beta2: 0.9 } }],
      'adam beta1: expected a number from 0 to below 1, got “1”; using 0.9',
      'adam learningRate: expected a number of at least 0, got “NaN”; using 0.001',
      'got “foo”',
    ],
    ['ftrl~learningRatePower:-0.25', [{ name: 'ftrl', options: { learningRatePower: -0.25 } }]],
    ['ftrl~learningRatePower:0.5', [{ name: 'ftrl', options: {} }], 'ftrl learningRatePower: expected a number from '],
    ['adam~clipnorm:0', [{ name: 'adam', options: {} }]],
    [
      'adam~clipnorm:-1',
      [{ name: 'adam', options: {} }],
      'adam clipnorm: expected a number of at least 0, got “-1”; using none',
    ],
  ])('race=%s loses only what cannot be used', (race, entrants, ...says) => {
    const { settings, problems } = fromQuery(`?seed=7&race=${race}&epochs=3`);
    expect(settings).toEqual({ ...DEFAULTS, seed: 7, epochs: 3, entrants });
    expect(problems.map((problem, i) => problem.includes(says[i] ?? '?'))).toEqual(says.map(() => true));
  });

  test.each(NAMES)('of %s every default can be typed, and what the page accepts the library accepts', (name) => {
    for (const [option, value] of Object.entries(OPTIMIZERS[name].defaults)) {
      const { settings, problems } = fromQuery(`?race=${name}~${option}:${value}`);
      expect(problems).toEqual([]);
      expect(settings.entrants).toEqual([{ name, options: {} }]);
      for (const text of ['-1e9', '-1', '-0.5', '0', '0.25', '1', '1e9']) {
        const read = fromQuery(`?race=${name}~${option}:${text}`);
        if (read.problems.length > 0) continue;
        expect(() => optimizers[name]({ [option]: Number(text) }), `${option} ${text}`).not.toThrow();
      }
    }
  });

  test('does not mind what sites add to links', () => {
    expect(fromQuery('?fbclid=abc&utm_source=x').problems).toEqual([]);
  });

  test('carries flags, choices, names and what every optimizer takes, and so does the command line', () => {
    const options = {
      amsgrad: true,
      epsilonMode: 'paper',
      useEma: true,
      emaOverwriteFrequency: 50,
      gradientAccumulationSteps: 4,
      excludeFromWeightDecay: ['bias', 'dense/kernel'],
    };
    const settings = { ...DEFAULTS, entrants: [{ name: 'adam' as const, options }] };
    expect(fromQuery(toQuery(settings))).toEqual({ settings, problems: [] });
    expect(given('adam', options)).toEqual(options);
    const [line] = commandLines(settings);
    for (const part of [
      '--amsgrad ',
      '--epsilon-mode paper',
      '--use-ema',
      '--ema-overwrite-frequency 50',
      '--gradient-accumulation-steps 4',
      '--exclude-from-weight-decay bias,dense/kernel',
    ])
      expect(line).toContain(part);
    expect(given('adam', { amsgrad: false, useEma: false, excludeFromWeightDecay: [] })).toEqual({});
  });

  test.each([
    ['adam~amsgrad:yes', 'adam amsgrad: expected one of true, false'],
    ['adam~epsilonMode:none', 'adam epsilonMode: expected one of hat'],
    ['adam~gradientAccumulationSteps:2.5', 'a whole number'],
    ['adam~gradientAccumulationSteps:1', 'from 2 to'],
    ['lbfgs~weightDecay:0.1', 'lbfgs has no option “weightDecay”'],
  ])('race=%s is refused', (race, says) => {
    const { settings, problems } = fromQuery(`?race=${race}`);
    expect(problems).toEqual([expect.stringContaining(says)]);
    expect(settings.entrants.map(({ options }) => options)).toEqual([{}]);
  });

  test('leaves out what is the default anyway', () => {
    expect(given('adam', { beta1: 0.9, epsilon: 1e-3, weightDecay: 0, clipnorm: undefined })).toEqual({
      epsilon: 1e-3,
    });
    expect(parseHidden(' none ')).toEqual([]);
  });

  test('is one command line for all, or one each if their options differ', () => {
    expect(commandLines(DEFAULTS)).toEqual([
      'simdescent compare --optimizers sgd,momentum,nesterov,adagrad,rmsprop,adam,nadam --epochs 15 --batch-size 32 --hidden 300,100 --activation relu --seed 42 --limit 2000',
    ]);
    expect(commandLines(cnn)).toEqual([
      'simdescent compare --optimizers sgd,momentum,nesterov,adagrad,rmsprop,adam,nadam --epochs 5 --batch-size 32 --model cnn --hidden 128 --activation relu --seed 42 --limit 2000',
    ]);
    expect(commandLines(other)).toEqual([
      'simdescent train --optimizer momentum --learning-rate 0.02 --momentum 0.5 --epochs 3 --batch-size 7 --hidden none --activation gelu --seed 9007199254740991',
      'simdescent train --optimizer nadam --epochs 3 --batch-size 7 --hidden none --activation gelu --seed 9007199254740991',
      'simdescent train --optimizer adam --beta1 0.8 --weight-decay 0.00001 --epochs 3 --batch-size 7 --hidden none --activation gelu --seed 9007199254740991',
    ]);
  });
});
