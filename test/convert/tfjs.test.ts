/** Models of TensorFlow.js: it loads what we write, and we read what it writes, with the same predictions. */
import { describe, expect, test } from 'vitest';
import { fromTfjs, toTfjs } from '../../src/convert/index.ts';
import { input, layers, loadModel, model, sequential } from '../../src/index.ts';
import { difference, predict, randomModel, type Support } from './models.ts';

const SUPPORT: Support = {
  without: [
    ...['conv1dTranspose', 'depthwiseConv1d', 'separableConv1d', 'groupNormalization', 'unitNormalization', 'subtract'],
    ...['zeroPadding1d', 'cropping1d', 'upSampling1d', 'spatialDropout2d'],
  ],
  activations: [
    ...['linear', 'relu', 'relu6', 'elu', 'selu', 'gelu', 'sigmoid', 'hardSigmoid', 'tanh', 'softplus', 'softsign'],
    ...['silu', 'softmax', 'leakyRelu'],
  ],
  grouped: false,
  causal: false,
};
/** `npm run test:interop` runs all 200. */
const RUNS = Number(process.env.SIMDESCENT_MODELS ?? 40);

test(`TensorFlow.js predicts the same with ${RUNS} random models that we write, and we with those that it writes`, async () => {
  const peer = await import('./tfjs.js');
  for (let seed = 0; seed < RUNS; seed++) {
    const { model, x, shape } = randomModel(seed, SUPPORT);
    const own = await predict(model, x, shape);
    const theirs = await peer.load(await toTfjs(model));
    const far = difference(own, peer.predict(theirs, x, shape));
    // in shards that end in the middle of weights
    const back = await loadModel(await fromTfjs(await peer.save(theirs, 100)));
    const again = difference(own, await predict(back, x, shape));
    if (far > 1e-6 || again > 1e-6) throw new Error(`${seed}: ${far} ${again} ${JSON.stringify(model.toConfig())}`);
    theirs.dispose();
    back.dispose();
    model.dispose();
  }
});

const decoded = (files: ReadonlyMap<string, Uint8Array>) =>
  JSON.parse(new TextDecoder().decode(files.get('model.json'))) as {
    format: string;
    modelTopology: { node?: unknown; model_config: { config: { layers: { class_name: string; config: object }[] } } };
    weightsManifest: { paths: string[]; weights: { name: string; shape: number[]; quantization?: object }[] }[];
  };
type Topology = ReturnType<typeof decoded>;

/** Files of a small model, with a change to what `model.json` says. */
async function changed(change: (json: Topology, files: Map<string, Uint8Array>) => void, own = small()) {
  const files: Map<string, Uint8Array> = await toTfjs(own);
  own.dispose();
  const json = decoded(files);
  change(json, files);
  files.set('model.json', new TextEncoder().encode(JSON.stringify(json)));
  return files;
}
function small() {
  const net = sequential([layers.dense({ units: 2, inputShape: [3], name: 'first' }), layers.softmax()], { seed: 1 });
  return net;
}

describe('what a file may hold', () => {
  test('weights quantized to 8 and 16 bits and halves are restored as TensorFlow.js does', async () => {
    const peer = await import('./tfjs.js');
    for (const [dtype, bytes] of [
      ['uint8', 1],
      ['uint16', 2],
      ['float16', 2],
    ] as const) {
      const files = await changed(({ weightsManifest: [group] }, all) => {
        for (const weight of group?.weights ?? [])
          weight.quantization = {
            dtype,
            original_dtype: 'float32',
            ...(dtype !== 'float16' && { scale: 0.013, min: -1.3 }),
          };
        all.set(
          'weights.bin',
          Uint8Array.from({ length: 8 * bytes }, (_, i) => (i % 2 === 0 ? 31 * i : 0x30 + i)),
        );
      });
      const x = Float32Array.of(0.1, -0.7, 0.4);
      const theirs = await peer.load(files);
      const loaded = await loadModel(await fromTfjs(files));
      expect(difference(peer.predict(theirs, x, [1, 3]), await predict(loaded, x, [1, 3]))).toBeLessThan(1e-6);
      loaded.dispose();
    }
  });

  test('files come from a Map, an object or a function that is asked for model.json first', async () => {
    const files = await changed(() => undefined);
    const asked: string[] = [];
    const bytes = await fromTfjs(async (name) => {
      asked.push(name);
      return (files.get(name) as Uint8Array<ArrayBuffer>).buffer;
    });
    expect(asked).toEqual(['model.json', 'weights.bin']);
    expect(await fromTfjs(Object.fromEntries(files))).toEqual(bytes);
    expect(await fromTfjs(files)).toEqual(bytes);
  });

  test("batch_shape, as Keras 3 writes it, is as good as TensorFlow.js' batchInputShape", async () => {
    const files = await changed(({ modelTopology }) => {
      const [first] = modelTopology.model_config.config.layers;
      if (first) first.config = { ...first.config, batch_input_shape: undefined, batch_shape: [null, 3] };
    });
    const loaded = await loadModel(await fromTfjs(files));
    expect(loaded.toConfig()).toMatchObject({ inputShape: [3] });
    loaded.dispose();
  });

  test("its hardSigmoid is not Keras 3's, and both are kept", async () => {
    const peer = await import('./tfjs.js');
    const x = Float32Array.of(-4, -2.7, -1, 0.5, 1, 2.4, 2.6, 4);
    const own = sequential([layers.activation({ activation: 'hardSigmoid', inputShape: [8] })]);
    const theirs = await peer.load(await toTfjs(own));
    expect(difference(peer.predict(theirs, x, [1, 8]), await predict(own, x, [1, 8]))).toBeLessThan(1e-6);
    const linear = sequential([layers.activation({ activation: 'linear', inputShape: [8] })]);
    const files = await changed(({ modelTopology }) => {
      const [first] = modelTopology.model_config.config.layers;
      if (first) first.config = { ...first.config, activation: 'hard_sigmoid' };
    }, linear);
    const read = await loadModel(await fromTfjs(files));
    const [old] = peer.predict(await peer.load(files), x, [1, 8]);
    const [again] = await predict(read, x, [1, 8]);
    expect(difference([again ?? []], [old ?? []])).toBeLessThan(1e-6);
    expect(again?.[2]).toBeCloseTo(0.3);
    for (const one of [own, read]) one.dispose();
  });

  test('models within a model of TensorFlow.js, which counts their calls from 1', async () => {
    const peer = await import('./tfjs.js');
    const theirs = peer.nested();
    const x = Float32Array.of(0.1, -0.4, 2, 0.3, 0.2, -1);
    const net = await loadModel(await fromTfjs(await peer.save(theirs)));
    expect(difference(peer.predict(theirs, x, [2, 3]), await predict(net, x, [2, 3]))).toBeLessThan(1e-6);
    expect(net.countParams()).toBe(20);
    net.dispose();
    theirs.dispose();
  });

  test('models within models, frozen layers and penalties come back', async () => {
    const inner = sequential([layers.dense({ units: 4, inputShape: [3], kernelRegularizer: { l1: 0, l2: 0.25 } })], {
      name: 'inner',
    });
    const x = input({ shape: [3] });
    const y = layers.dense({ units: 1, trainable: false }).apply(inner.apply(x));
    const net = model({ inputs: x, outputs: y });
    const back = await loadModel(await fromTfjs(await toTfjs(net)));
    const [first, second] = back.layers;
    expect(first?.toConfig().config).toMatchObject({ name: 'inner_dense', kernelRegularizer: { l1: 0, l2: 0.25 } });
    expect(second?.trainable).toBe(false);
    for (const one of [back, net]) one.dispose();
  });
});

describe('refused, by name and with the reason', () => {
  test.each<[string, Uint8Array]>([
    ['a web page', new TextEncoder().encode('<!doctype html>')],
    ['bytes that are no text', Uint8Array.of(0x50, 0x4b, 0xff, 0xfe)],
  ])('%s in place of model.json', async (_, bytes) => {
    const refused = fromTfjs({ 'model.json': bytes });
    await expect(refused).rejects.toThrow(SyntaxError);
    await expect(refused).rejects.toThrow(/model\.json/);
  });

  test.each<[string, (json: Topology, files: Map<string, Uint8Array>) => void, RegExp]>([
    [
      'graph models',
      (json) => {
        json.format = 'graph-model';
      },
      /graph model.*cannot be trained/,
    ],
    [
      'graph models that do not say so',
      (json) => {
        json.modelTopology.node = [];
      },
      /graph model/,
    ],
    [
      'a layer that is not here',
      ({ modelTopology: { model_config } }) => {
        const [first] = model_config.config.layers;
        if (first) first.class_name = 'LSTM';
      },
      /'first' \(LSTM\)/,
    ],
    [
      'an option that is not here',
      ({ modelTopology: { model_config } }) => {
        Object.assign(model_config.config.layers[0]?.config ?? {}, { stateful: true });
      },
      /'first' \(Dense\).*stateful/,
    ],
    [
      'channels first',
      ({ modelTopology: { model_config } }) => {
        Object.assign(model_config.config.layers[1]?.config ?? {}, { data_format: 'channels_first' });
      },
      /\(Softmax\).*channels_first/,
    ],
    [
      'an activation that is not here',
      ({ modelTopology: { model_config } }) => {
        Object.assign(model_config.config.layers[0]?.config ?? {}, { activation: 'snake' });
      },
      /'first' \(Dense\).*'snake'/,
    ],
    [
      'a weight that is missing',
      ({ weightsManifest: [group] }) => {
        if (group?.weights[0]) group.weights[0].name = 'second/kernel';
      },
      /'first\/kernel'/,
    ],
    [
      'a weight of another shape',
      ({ weightsManifest: [group] }) => {
        if (group?.weights[0]) group.weights[0].shape = [2, 3];
      },
      /first\/kernel.*\[3, 2\].*\[2, 3\]/,
    ],
    [
      'shards that are too short',
      (_, files) => {
        files.set('weights.bin', new Uint8Array(20));
      },
      /byte \d+ of 20/,
    ],
    [
      'shards that are too long',
      (_, files) => {
        files.set('weights.bin', new Uint8Array(40));
      },
      /40 bytes/,
    ],
    [
      'a shard that is named twice, so that a small file asks for much',
      ({ weightsManifest: [group] }) => {
        group?.paths.push(...group.paths);
      },
      /'weights.bin' twice/,
    ],
    [
      'a missing shard',
      (_, files) => {
        files.delete('weights.bin');
      },
      /'weights.bin'.*missing/,
    ],
    [
      'a shape that asks for more than there is',
      ({ weightsManifest: [group] }) => {
        if (group?.weights[0]) group.weights[0].shape = [2 ** 30, 2 ** 30];
      },
      /more than the file holds/,
    ],
  ])('%s', async (_, change, message) => {
    await expect(fromTfjs(await changed(change))).rejects.toThrow(message);
  });

  test.each([
    '../weights.bin',
    'a/../../b',
    '/etc/hosts',
    'https://example.org/w',
    '..\\w',
    'C:w',
    'a//b',
    '%2e%2e/w',
    './w',
    '',
  ])('the shard %j, which leaves the folder, without asking for it', async (path) => {
    const files = await changed(({ weightsManifest: [group] }) => group?.paths.splice(0, 1, path));
    const asked: string[] = [];
    const read = async (name: string) => {
      asked.push(name);
      return files.get(name) ?? new Uint8Array(32);
    };
    await expect(fromTfjs(read)).rejects.toThrow(/outside of the model's folder/);
    expect(asked).toEqual(['model.json']);
  });

  test.each([
    ['a layer that TensorFlow.js lacks', () => layers.subtract(), /'subtract' .*no such layer/],
    ['a layer of this library alone', () => layers.unitNormalization({ name: 'unit' }), /'unit' .*no such layer/],
    ['an activation that it lacks', () => layers.activation({ activation: 'hardTanh' }), /'activation' .*'hardTanh'/],
    ['an option that it lacks', () => layers.softmax({ axis: 1 }), /'softmax' .*axis/],
  ])('writing %s', async (_, make, message) => {
    const x = input({ shape: [3, 3] });
    const layer = make();
    const y = layer.apply(layer.kind === 'subtract' ? [x, x] : x);
    const net = model({ inputs: x, outputs: y });
    await expect(toTfjs(net)).rejects.toThrow(message);
    net.dispose();
  });

  test('what is no model to convert', async () => {
    await expect(toTfjs(new Uint8Array(1))).rejects.toThrow(/safetensors/);
    await expect(toTfjs(5 as never)).rejects.toThrow(TypeError);
    await expect(fromTfjs(null as never)).rejects.toThrow(TypeError);
    await expect(fromTfjs({})).rejects.toThrow(/'model.json'.*missing/);
  });
});
