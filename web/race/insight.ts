/** A look inside a racer: what it takes the test images for, and how its layers are. */
import { CLASSES, IMAGE, PIXELS } from '../../src/cli/settings.ts';
import type { Tensor } from '../../src/index.ts';
import type { Insight, LayerView } from './messages.ts';
import type { Racer } from './racer.ts';

/** Test images that dead units are looked for with: a unit that none of so many wakes up is as good as dead. */
const IMAGES = 500;

export async function inspect(racer: Racer, testX: Tensor, labels: Uint8Array): Promise<Insight> {
  const { model, step } = racer;
  const { data } = await model.predict(testX, { batchSize: 64 });
  const count = labels.length;
  const predicted = new Uint8Array(count);
  const sureness = new Float32Array(count);
  const confusion = Array.from({ length: CLASSES }, () => new Array<number>(CLASSES).fill(0));
  for (let i = 0; i < count; i++) {
    const row = data.subarray(i * CLASSES, (i + 1) * CLASSES);
    const best = row.reduce((most, value, c) => (value > (row[most] ?? 0) ? c : most), 0);
    predicted[i] = best;
    sureness[i] = row[best] ?? 0;
    const counts = confusion[labels[i] ?? 0];
    if (counts) counts[best] = (counts[best] ?? 0) + 1;
  }
  const images = Math.min(IMAGES, count);
  return {
    name: racer.name,
    step,
    predicted,
    sureness,
    confusion,
    layers: await layerViews(racer, testX, images),
    images,
  };
}

async function layerViews({ model }: Racer, testX: Tensor, images: number): Promise<LayerView[]> {
  const { layers, gradients } = model;
  const starts = layers.flatMap(({ kind }, i) => (kind === 'dense' || kind === 'conv2d' ? [i] : []));
  // what a layer gives the next one: behind a convolution, after normalization, activation and pooling
  const ends = starts.slice(1).map((next) => layers[next - 1]?.name ?? '');
  const bytes = testX.data.subarray(0, images * PIXELS) as Uint8Array;
  const first = { data: bytes, shape: [images, ...IMAGE], divisor: testX.divisor };
  const outputs = ends.length > 0 ? await model.layerOutputs(first, { layers: ends, batchSize: 64 }) : [];
  return starts.map((start, i) => {
    const { name = '', outputShape = [] } = layers[start] ?? {};
    const units = outputShape.at(-1) ?? 0;
    const output = outputs.find((one) => one.name === ends[i]);
    return { name, units, gradientNorm: normOf(name, gradients), dead: output && deadShare(output.data, units) };
  });
}

function normOf(layer: string, gradients: Racer['model']['gradients']): number {
  let squares = 0;
  for (const { name, tensor } of gradients) {
    if (name.startsWith(`${layer}/`)) for (const value of tensor.data) squares += value * value;
  }
  return Math.sqrt(squares);
}

/** Units, or filters, are the last axis; flattened they still are. */
function deadShare(outputs: Float32Array, units: number): number {
  const alive = new Uint8Array(units);
  for (let i = 0; i < outputs.length; i++) if (outputs[i] !== 0) alive[i % units] = 1;
  return 1 - alive.reduce((sum, one) => sum + one, 0) / units;
}
