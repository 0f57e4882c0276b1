/** Files that are safetensors but no model, or not quite the model that they say they are. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { createRuntime, layers, loadModel, sequential } from '../../src/index.ts';
import { readSafetensors, writeSafetensors } from '../../src/model/safetensors.ts';
import { errorOf } from '../helpers.ts';

interface Parts {
  arrays: Record<string, { shape: readonly number[]; data: Float32Array }>;
  metadata: Record<string, string>;
}

/** The file of a small model, taken apart, changed and put together. */
async function changed(change: (parts: Parts) => void): Promise<Uint8Array> {
  using model = sequential([layers.dense({ units: 2, inputShape: [3], useBias: false })]);
  model.compile({ optimizer: 'adam', loss: 'mse' });
  const { arrays, metadata } = readSafetensors(await model.save(), 'it');
  const parts: Parts = {
    metadata: Object.fromEntries(metadata),
    arrays: Object.fromEntries(
      [...arrays].map(([name, { shape, bytes }]) => [name, { shape, data: new Float32Array(bytes.slice().buffer) }]),
    ),
  };
  change(parts);
  const list = Object.entries(parts.arrays).map(([name, array]) => ({ name, ...array }));
  return writeSafetensors(list, new Map(Object.entries(parts.metadata)));
}

/** Changes the JSON in the metadata under `key`. */
const inside = (key: string, change: (value: never) => unknown) => (parts: Parts) => {
  const value = JSON.parse(parts.metadata[`simdescent.${key}`] ?? '') as never;
  parts.metadata[`simdescent.${key}`] = JSON.stringify(change(value) ?? value);
};

interface Config {
  config: { seed: number; layers: { className: string; config: Record<string, unknown> }[] };
  inputShape: number[];
  compile?: { optimizer: { className: string } };
}
const kernel = 'dense/kernel';

test('what is taken apart and put together is still the model', async () => {
  using model = await loadModel(await changed(() => undefined));
  expect(model.optimizer?.name).toBe('adam');
});

test('a model of many layers and few weights, whose file is mostly header, is read', async () => {
  const stack = Array.from({ length: 500 }, (_, i) => layers.dense({ units: 1, ...(i === 0 && { inputShape: [1] }) }));
  using model = sequential(stack);
  model.compile({ optimizer: 'adam', loss: 'mse' });
  using loaded = await loadModel(await model.save());
  expect(await loaded.digest()).toBe(await model.digest());
});

test('its arrays may lie in another order, as other programs write them', async () => {
  const reversed = await changed((parts) => {
    parts.arrays = Object.fromEntries(Object.entries(parts.arrays).reverse());
  });
  using model = await loadModel(reversed);
  using same = await loadModel(await changed(() => undefined));
  expect(await model.digest()).toBe(await same.digest());
});

describe('a file from before there was a digest of the arrays is read, and training goes on to the same bits', () => {
  const x = Array.from({ length: 24 }, (_, i) => [i / 24, (i * 7) % 5, 1 - i / 12]);
  const y = x.map(([a = 0, b = 0, c = 0]) => [a - b, c]);

  test.each([
    [
      'adam',
      '4777ff8847e49d776e6223ffade5e3d65f24c368e265b944c24327234031b3ed',
      '47ac0160e959148f8c41d7199e91686876a302b53e6c2af7cdab0684da567d13',
    ],
    [
      'nadam',
      '5c62edfd42be07dd396c436a8e0197683be5f96f3e00e9d043e0705e91b8f778',
      'cc572ace53a5d3ab443730ef085e1a663367c320ea8211f8377171565168dd3a',
    ],
    [
      'sgd',
      'f52d63ac4c90cf19f684a7bf1b6e1ac9ee6055ea18fc401b40ea1fa92cb31bd3',
      'b788abc613918bd76c414747d5e445bed79f61d9693e9afc1082e0b06717f439',
    ],
  ])('%s', async (name, saved, trained) => {
    using model = await loadModel(readFileSync(new URL(`files/${name}-without-digest.safetensors`, import.meta.url)));
    expect([await model.digest(), model.epoch, model.metadata.get('author')]).toEqual([saved, 2, 'Ä "quoted" one']);
    await model.fit(x, y, { initialEpoch: model.epoch, epochs: 4, batchSize: 5 });
    expect(await model.digest()).toBe(trained);
  });
});

describe('a damaged file is refused', () => {
  test('whichever byte of its arrays was inverted, and leaves no memory behind', async () => {
    using runtime = createRuntime();
    const { used } = runtime.memory;
    const whole = await changed(() => undefined);
    const { arrays } = readSafetensors(whole, 'it');
    for (const { bytes } of arrays.values()) {
      for (let at = 0; at < bytes.length; at += 7) {
        const wrong = whole.slice();
        const place = bytes.byteOffset + at;
        wrong[place] = 255 - (wrong[place] ?? 0);
        const error = await errorOf(() => loadModel(wrong, { runtime }));
        expect(error).toBeInstanceOf(RangeError);
        expect(error.message).toMatch(/damaged.*SHA-256.*simdescent\.digest/);
      }
    }
    expect(runtime.memory.used).toBe(used);
  });

  test('unless whoever changed it has removed the digest', async () => {
    const edited = await changed(({ arrays, metadata }) => {
      arrays[kernel]?.data.fill(0.5);
      delete metadata['simdescent.digest'];
    });
    using model = await loadModel(edited);
    expect(model.getWeights()[0]).toEqual(new Float32Array(6).fill(0.5));
  });
});

describe('is refused before memory is asked for', () => {
  test.each<[string, (parts: Parts) => unknown, string]>([
    ['arrays without a model', (parts) => (parts.metadata = {}), 'the file does not hold a model of simdescent'],
    ['the arrays of others', (parts) => (parts.metadata.format = 'pt'), 'the file does not hold a model of simdescent'],
    [
      'a newer version',
      (parts) => (parts.metadata['simdescent.version'] = '2'),
      'the file is of version 2, this simdescent reads version 1',
    ],
    ['no config', (parts) => delete parts.metadata['simdescent.config'], 'the file has no config in its metadata'],
    [
      'a config that is no JSON',
      (parts) => (parts.metadata['simdescent.config'] = '{'),
      'the config in the file is not JSON',
    ],
    [
      'a config with a key given twice',
      (parts) => (parts.metadata['simdescent.config'] = '{"className":"sequential","className":"sequential"}'),
      "the config in the file has the key 'className' twice",
    ],
    [
      'a state with a prototype key',
      (parts) => (parts.metadata['simdescent.state'] = '{"epoch":0,"steps":0,"__proto__":{"optimizer":1}}'),
      "the state in the file has the key '__proto__'",
    ],
    ['a digest that is none', (parts) => (parts.metadata['simdescent.digest'] = 'x'), "expected arrays of SHA-256 'x'"],
    ['another config', inside('config', () => [1]), 'the config of a model must be an object'],
    [
      'a missing array',
      (parts) => delete parts.arrays[kernel],
      "the file has no array 'dense/kernel', which its config asks for",
    ],
    [
      'a missing slot',
      (parts) => delete parts.arrays[`optimizer/${kernel}/velocity`],
      "the file has no array 'optimizer/dense/kernel/velocity'",
    ],
    [
      'an array too many',
      (parts) => (parts.arrays.extra = { shape: [1], data: new Float32Array(1) }),
      "the file has an array 'extra' that its config does not describe",
    ],
    [
      'another shape',
      (parts) => (parts.arrays[kernel] = { shape: [2, 3], data: new Float32Array(6) }),
      "the file: 'dense/kernel' must be [3, 2], got [2, 3]",
    ],
    [
      'a huge layer',
      inside(
        'config',
        ({ config }: Config) => Object.assign(config.layers[0]?.config ?? {}, { units: 2 ** 40 }) && undefined,
      ),
      "'dense/kernel' must be [3, 1099511627776], got [3, 2]",
    ],
    [
      'a huge input',
      inside('config', (config: Config) => ({ ...config, inputShape: [2 ** 53 - 1] })),
      'expected input [.., 3], as its inputShape says',
    ],
    [
      'thousands of layers that are not there',
      inside('config', (config: Config) => ({
        ...config,
        config: { ...config.config, layers: Array(2000).fill({ className: 'dense', config: { units: 1000 } }) },
      })),
      "'dense/kernel' must be [3, 1000], got [3, 2]",
    ],
    [
      'another optimizer',
      inside('config', (config: Config) => ({
        ...config,
        compile: { ...config.compile, optimizer: { className: 'sgd', config: {} } },
      })),
      'that its config does not describe',
    ],
    [
      'an unknown optimizer',
      inside('config', (config: Config) => ({
        ...config,
        compile: { ...config.compile, optimizer: { className: '__proto__', config: {} } },
      })),
      "unknown optimizer '__proto__'",
    ],
    [
      'a state without its optimizer',
      inside('config', ({ compile: _, ...config }: Config) => config),
      'the file has the state of an optimizer, but no optimizer',
    ],
    [
      'a negative seed',
      inside('config', (config: Config) => ({ ...config, config: { ...config.config, seed: -1 } })),
      'seed must be an integer at least 0',
    ],
    ['half an epoch', inside('state', (state: object) => ({ ...state, epoch: 0.5 })), 'epoch must be an integer'],
    [
      'too many steps',
      inside('state', (state: object) => ({ ...state, steps: 2 ** 32 })),
      'steps must be an integer from 0 to 4294967295',
    ],
    ['an unknown counter', inside('state', (state: object) => ({ ...state, stepz: 1 })), "did you mean 'steps'"],
    ['a state that is no object', inside('state', () => 5), 'options must be an object like { epoch: … }, got 5'],
    [
      'negative iterations',
      inside('state', (state: object) => ({ ...state, optimizer: { iterations: -1, momentumProduct: 1 } })),
      'iterations must be an integer',
    ],
    [
      'a product of momenta above 1',
      inside('state', (state: object) => ({ ...state, optimizer: { iterations: 1, momentumProduct: 1.5 } })),
      'momentumProduct must be a finite number from 0 to 1',
    ],
  ])('%s', async (_title, change, message) => {
    using runtime = createRuntime();
    const { used } = runtime.memory;
    const file = await changed(change);
    const error = await errorOf(() => loadModel(file, { runtime }));
    expect(error.message).toContain(message);
    expect(runtime.memory.used).toBe(used);
  });
});

test('iterations without end do not take for ever', async () => {
  const far = inside('state', (state: object) => ({
    ...state,
    optimizer: { iterations: 2 ** 53 - 2, momentumProduct: 1 },
  }));
  const slow = inside('config', (config: Config) => ({
    ...config,
    compile: {
      ...config.compile,
      optimizer: { className: 'nadam', config: { beta1: 1 - 2 ** -50, momentumDecay: 1e9 } },
    },
  }));
  using model = await loadModel(
    await changed((parts) => {
      far(parts);
      slow(parts);
    }),
  );
  await model.fit([[1, 2, 3]], [[1, 2]]);
  expect(model.optimizer?.iterations).toBe(2 ** 53 - 1);
});
