/** 200 random models: PyTorch predicts the same with the state dicts that we write, and we with what its exporters make of them. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { networkOf } from '../../../src/convert/described.ts';
import { fromOnnx, fromPytorch, toPytorch } from '../../../src/convert/index.ts';
import { loadModel } from '../../../src/index.ts';
import { difference, ONNX_ACTIVATIONS, predict, randomModel, type Support } from '../models.ts';
import { runPython } from './python.ts';

const SUPPORT: Support = {
  without: [
    // no modules for them, or weights of their own kind
    ...[
      'separableConv1d',
      'separableConv2d',
      'prelu',
      'unitNormalization',
      'gaussianNoise',
      'gaussianDropout',
      'alphaDropout',
    ],
    // they count axes of images in the order of this library
    ...['reshape', 'reshapeToPicture', 'permute', 'permuteSequence', 'repeatVector', 'denseOfSequence'],
    // 'same' of its poolings is another one
    ...['averagePooling1d', 'averagePooling2d', 'maxPooling1d', 'maxPooling2d'],
  ],
  activations: ONNX_ACTIVATIONS,
  grouped: true,
  causal: true,
};
const MOST = 2e-6;
const RUNS = Number(process.env.SIMDESCENT_MODELS ?? 200);

test('PyTorch predicts the same with what we write, and we with what it writes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'simdescent-torch-'));
  const cases = [];
  for (let seed = 0; seed < RUNS; seed++) {
    const { model, x, shape } = randomModel(seed, SUPPORT);
    const config = model.toConfig();
    const file = await model.save();
    writeFileSync(join(folder, `${seed}.pt.safetensors`), await toPytorch(file));
    // the shape of the samples that each layer is called on first
    const { calls, shapes, layers } = networkOf(config);
    const samples = layers.map((layer) => shapes[calls.find((call) => call.layer === layer)?.inputs[0] ?? 0]);
    const dynamo = seed % 2 === 1;
    writeFileSync(
      join(folder, `${seed}.json`),
      JSON.stringify({ shape, x: [...x], config: { ...config, samples }, dynamo }),
    );
    cases.push({ seed, x, shape, own: await predict(model, x, shape), file, config: JSON.stringify(config) });
    model.dispose();
  }
  runPython('torch, onnxscript', ['torch', 'numpy', 'safetensors', 'onnx', 'onnxscript'], 'torch_peer.py', folder);
  const wrong: unknown[] = [];
  for (const { seed, x, shape, own, file, config } of cases) {
    const path = (ending: string) => join(folder, `${seed}.${ending}`);
    const { outputs, raw, error } = JSON.parse(readFileSync(path('out.json'), 'utf8'));
    try {
      if (error !== undefined) throw new Error(error);
      // what a stack flattens last is in the order of PyTorch
      const kinds = JSON.parse(config).config.layers.map(({ className }: { className: string }) => className);
      const moved = kinds.lastIndexOf('flatten') > kinds.lastIndexOf('dense');
      const sorted = (all: readonly ArrayLike<number>[]) =>
        moved ? all.map((one) => Float32Array.from(one).sort()) : all;
      const far: Record<string, number> = { written: difference(sorted(own), sorted(outputs)) };
      const again = await loadModel(await fromPytorch(readFileSync(path('pt.safetensors')), file));
      far.again = difference(own, await predict(again, x, shape));
      // outputs have their channels first, as in the file
      const back = await loadModel(await fromOnnx(readFileSync(path('onnx')), { channelsLast: true }));
      far.onnx = difference(raw, await predict(back, x, shape));
      for (const one of [again, back]) one.dispose();
      if (Object.values(far).some((one) => !(one <= MOST))) wrong.push({ seed, far, config });
    } catch (problem) {
      wrong.push({ seed, error: String(problem), config });
    }
  }
  expect(wrong).toEqual([]);
  rmSync(folder, { recursive: true });
});
