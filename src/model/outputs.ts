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
  readonly values: readonly { readonly name: string; readonly shape: Shape; readonly at: () => number }[];
}

/** Runs the pass, batch by batch, and copies the values. */
export async function collectOutputs({ values, ...pass }: OutputsPass, engine: Engine): Promise<LayerOutput[]> {
  const { feed } = pass;
  let room = feed.count ?? feed.batchSize;
  const collected = values.map(({ name, shape, at }) => {
    const perRow = sizeOf(shape);
    return { name, shape, at, perRow, data: roomFor(name, room, perRow) };
  });
  let done = 0;
  const afterRun = (): boolean => {
    const rows = feed.rows - done;
    if (feed.rows > room) {
      room = Math.max(feed.rows, room * 2);
      for (const one of collected) {
        const more = roomFor(one.name, room, one.perRow);
        more.set(one.data);
        one.data = more;
      }
    }
    for (const { data, at, perRow } of collected) data.set(engine.f32(at(), rows * perRow), done * perRow);
    done += rows;
    return false;
  };
  await runPass({ ...pass, most: 1, afterRun });
  return collected.map(({ name, data, shape, perRow }) => ({
    name,
    data: done === room ? data : data.slice(0, done * perRow),
    shape: [done, ...shape],
  }));
}
