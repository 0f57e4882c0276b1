/** Objects in a console or a text: the public name of the class, the shape, the first values; also in a bundle whose names are short. */
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/** The bundler that the fixtures have. */
const { build } = createRequire(new URL('project/main.js', import.meta.url))('esbuild');
const root = fileURLToPath(new URL('../../', import.meta.url));

/** Makes one object of each kind with the library `l`, and says how each prints. */
const program = (from: string) => `
import { inspect } from 'node:util';
import * as l from ${JSON.stringify(from)};
import * as d from './dist/data.js';
import { search } from './dist/sweep.js';
const { layers, losses, optimizers, schedules, sequential, tensor, createRuntime } = l;
const runtime = createRuntime({ threads: 1 });
const t = tensor([2, 4], [0.1, -2, 3, 4, 5, 6, 7, 8], { runtime });
const gone = tensor([2], [1, 2], { runtime });
gone.dispose();
const model = sequential([layers.dense({ units: 3, inputShape: [2] })], { name: 'mine', runtime });
const built = String(model);
model.compile({ optimizer: 'adam', loss: 'mse' });
const late = sequential([layers.dense({ units: 3 })], { runtime });
const [stop, gradients] = [l.callbacks.earlyStopping({ monitor: 'loss' }), l.callbacks.gradientStatistics()];
const history = await model.fit([[1, 2]], [[1, 2, 3]], { callbacks: [stop, gradients] });
const all = {
  t, gone, model, late, runtime, history,
  bytes: tensor([3], [1, 2, 255], { dtype: 'uint8', divisor: 255, runtime }),
  layer: model.layers[0], loss: losses.huber({ delta: 2 }), optimizer: optimizers.sgd({ momentum: 0.5 }),
  table: await d.csv('a,b\\n1,x\\n2,y\\n'), scaler: d.standardize([[1, 2], [3, 4]]), labels: d.labelEncode(['b', 'a']), ones: d.oneHot(['b', 'a']),
  matrix: d.confusionMatrix(['a', 'b'], ['a', 'a']), report: d.classificationReport(['a', 'b'], ['a', 'b']),
  search: search({ space: { rate: [1, 2, 3] }, objective: 'val_loss' }),
  schedule: schedules.inverseTimeDecay({ initialLearningRate: 1, decaySteps: 2, decayRate: 0.5 }),
  stop, gradients,
};
const shown = { built };
for (const [key, value] of Object.entries(all)) shown[key] = [String(value), inspect(value), inspect([value]), Object.prototype.toString.call(value)];
model.dispose();
shown.disposed = String(model);
runtime.dispose();
shown.ended = [String(runtime), String(t), inspect(t)];
console.log(JSON.stringify(shown));
`;

async function shown(minify: boolean): Promise<Record<string, string | string[]>> {
  const { outputFiles } = await build({
    stdin: { contents: program('./dist/index.js'), resolveDir: root },
    bundle: true,
    minify,
    format: 'esm',
    platform: 'node',
    write: false,
  });
  const code = outputFiles[0]?.text ?? '';
  return JSON.parse(execFileSync(process.execPath, ['--input-type=module'], { input: code, encoding: 'utf8' }));
}

test.each([false, true])(
  'every object of the library prints as what it is (in a minified bundle: %s)',
  async (minify) => {
    const { built, disposed, ended, history = [], ...all } = await shown(minify);
    const expected = {
      t: 'Tensor float32 [2, 4]\n[[0.1,  -2,   3,   4],\n [  5,   6,   7,   8]]',
      gone: 'Tensor float32 [2], disposed of',
      bytes: 'Tensor uint8 [3] / 255 [  1,   2, 255]',
      model: "Sequential 'mine' (dense), [.., 2] to [.., 3], 9 parameters, adam, meanSquaredError",
      late: "Sequential 'sequential' (dense), not built, not compiled",
      runtime: expect.stringMatching(/^Runtime strict, at most 1 threads, \d+ of 4294967296 bytes in use$/),
      layer: expect.stringMatching(/^Layer dense \{"name":"dense","inputShape":\[2\],"units":3,/),
      loss: 'Loss huber {"delta":2,"reduction":"sumOverBatchSize"}',
      optimizer: expect.stringMatching(/^Optimizer sgd \{"learningRate":0\.01,"momentum":0\.5,/),
      table: 'Table(2 rows: a, b (text))',
      scaler: 'Scaler {"offset":[2,3],"scale":[1,1],"base":0}',
      labels: 'LabelEncoder ["a","b"]',
      ones: 'OneHotEncoder ["a","b"]',
      matrix: '   a  b\na  1  0\nb  1  0',
      report: expect.stringMatching(/^ +precision[\s\S]+weighted avg/),
      search: 'Search of 3 trials for val_loss (min)',
      stop: expect.stringMatching(/^EarlyStopping \{"best":[\d.]+,"bestEpoch":0\}$/),
      gradients: 'GradientStatistics of 2 gradients',
      schedule: expect.stringMatching(/^Schedule inverseTimeDecay \{"initialLearningRate":1,/),
    };
    const classOf = (line: string) => /^\w+/.exec(line)?.[0];
    for (const [key, [text, inspected, within, tag]] of Object.entries(all)) {
      expect(text, key).toEqual(expected[key as keyof typeof expected]);
      expect(inspected, key).toBe(text);
      // consoles indent the lines of what stands within
      const packed = (shown: string) => shown.replaceAll(/\s+/g, ' ');
      expect(packed(within ?? ''), key).toContain(packed(text ?? ''));
      const name = { matrix: 'ConfusionMatrix', report: 'ClassificationReport' }[key] ?? classOf(text ?? '');
      expect(tag, key).toBe(`[object ${name}]`);
    }
    expect(Object.keys(all).sort()).toEqual(Object.keys(expected).sort());
    expect(built).toMatch(/9 parameters, not compiled$/);
    expect(disposed).toBe("Sequential 'mine' (dense), disposed of");
    expect(ended).toEqual(['Runtime, disposed of', ...new Array(2).fill('Tensor float32 [2, 4], disposed of')]);
    expect(history[0]).toMatch(/^History \{"loss":\[\d/);
    expect(history[1]).toMatch(/^History \{\s+history: \{ loss: \[/);
  },
);
