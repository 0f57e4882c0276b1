/** 200 random models, written for Keras 3, which loads and predicts them, and read again as Keras writes them in each of its formats. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromKeras, fromKerasWeights, toKeras } from '../../../src/convert/index.ts';
import { loadModel } from '../../../src/index.ts';
import { difference, predict, randomModel, type Support } from '../models.ts';
import { runPython } from './python.ts';

const SUPPORT: Support = {
  activations: [
    ...['linear', 'relu', 'relu6', 'elu', 'selu', 'gelu', 'sigmoid', 'hardSigmoid', 'tanh', 'hardTanh', 'softplus'],
    ...['softsign', 'silu', 'hardSilu', 'softmax', 'leakyRelu'],
  ],
  grouped: true,
  causal: true,
};
/** Rounding: 199 of the 200 are within 1e-6; two normalizations, one behind the other, make it 1.13e-6 for seed 26. */
const MOST = 2e-6;
const RUNS = Number(process.env.SIMDESCENT_MODELS ?? 200);

test('Keras predicts the same with what we write, and we with what it writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simdescent-keras-'));
  const cases = [];
  for (let seed = 0; seed < RUNS; seed++) {
    const { model, x, shape } = randomModel(seed, SUPPORT);
    writeFileSync(join(folder, `${seed}.keras`), await toKeras(model));
    writeFileSync(join(folder, `${seed}.json`), JSON.stringify({ shape, x: [...x] }));
    cases.push({
      seed,
      x,
      shape,
      own: await predict(model, x, shape),
      file: await model.save(),
      config: model.toConfig(),
    });
    model.dispose();
  }
  runPython('keras', ['keras==3.15.1', 'tensorflow-cpu', 'h5py'], 'peer.py', folder);
  const wrong: unknown[] = [];
  for (const { seed, x, shape, own, file, config } of cases) {
    const { outputs, error } = JSON.parse(readFileSync(join(folder, `${seed}.out.json`), 'utf8'));
    try {
      if (error !== undefined) throw new Error(error);
      const far: Record<string, number> = { written: difference(own, outputs) };
      const read = (ending: string) => readFileSync(join(folder, `${seed}.back.${ending}`));
      const files = {
        keras: () => fromKeras(read('keras')),
        h5: () => fromKeras(read('h5')),
        weights: () => fromKerasWeights(read('weights.h5'), file),
      };
      for (const [name, made] of Object.entries(files)) {
        const back = await loadModel(await made());
        far[name] = difference(own, await predict(back, x, shape));
        back.dispose();
      }
      if (Object.values(far).some((one) => one > MOST)) wrong.push({ seed, far, config: JSON.stringify(config) });
    } catch (problem) {
      wrong.push({ seed, error: String(problem), config: JSON.stringify(config) });
    }
  }
  expect(wrong).toEqual([]);
  rmSync(folder, { recursive: true });
});
