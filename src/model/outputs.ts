/** Collects the outputs of layers while a forward program runs over all samples. */
import type { Engine } from '../engine/runtime.ts';
import type { Shape } from '../graph/operation.ts';
import { sizeOf } from '../validate.ts';
import type { LayerOutput } from './options.ts';
import { type PassOptions, runPass } from './passes.ts';

/** Memory for the outputs of all samples, which may exceed what the machine has. */
function roomFor(name: string, count: number, perRow: number): Float32Array {
  try {
    return new Float32Array(count * perRow);
  } catch (cause) {
    const size = `${((count * perRow * 4) / 1e9).toFixed(1)} GB`;
    throw new RangeError(
      `out of memory: the output of ${name} for ${count} samples takes ${size}; pass fewer samples at once`,
      { cause },
    );
  }
}

/** A pass of a forward program, and the values to collect from each batch: where they are, and shapes of one sample. */
interface OutputsPass extends PassOptions {
  readonly values: readonly { readonly name: string; readonly shape: Shape; readonly address: number }[];
}

/** Runs the pass, batch by batch, and copies the values. */
export async function collectOutputs({ values, ...pass }: OutputsPass, engine: Engine): Promise<LayerOutput[]> {
  const { program, count, batchSize } = pass;
  const collected = values.map(({ name, shape, address }) => {
    const perRow = sizeOf(shape);
    const view = engine.f32(address, batchSize * perRow);
    return { name, shape: [count, ...shape], data: roomFor(name, count, perRow), perRow, view };
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
