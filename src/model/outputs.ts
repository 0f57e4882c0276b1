/** Collects what layers put out while a forward program runs over all samples. */
import { sizeOf } from '../validate.ts';
import type { LayerOutput } from './options.ts';
import type { Built } from './parameters.ts';
import { type PassOptions, runPass } from './passes.ts';

/** A pass of a forward program, and where the outputs of a batch are, one for each index. */
interface OutputsPass extends PassOptions {
  readonly outputs: readonly number[];
}

/** Room for the outputs of all samples, which together may take more than the machine has. */
function roomFor(name: string, count: number, perRow: number): Float32Array {
  try {
    return new Float32Array(count * perRow);
  } catch (cause) {
    const size = `${((count * perRow * 4) / 1e9).toFixed(1)} GB`;
    throw new RangeError(
      `out of memory: the output of ${name} for ${count} samples takes ${size}; give fewer samples in a call`,
      { cause },
    );
  }
}

/** Runs the pass, batch by batch, and copies the outputs of the layers at `indices`. */
export async function collectOutputs(
  { outputs, ...pass }: OutputsPass,
  { engine, layers }: Built,
  indices: readonly number[],
): Promise<LayerOutput[]> {
  const { program, count, batchSize } = pass;
  const collected = indices.map((index, i) => {
    const { name = '', outputShape = [] } = layers[index] ?? {};
    const perRow = sizeOf(outputShape);
    const view = engine.f32(outputs[i] ?? 0, batchSize * perRow);
    return { name, shape: [count, ...outputShape], data: roomFor(name, count, perRow), perRow, view };
  });
  let done = 0;
  const afterRun = (): boolean => {
    for (const { data, view, perRow } of collected)
      data.set(view.subarray(0, (program.rows - done) * perRow), done * perRow);
    done = program.rows;
    return false;
  };
  await runPass({ ...pass, most: 1, afterRun });
  return collected.map(({ name, data, shape }) => ({ name, data, shape }));
}
