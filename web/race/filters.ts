/** The weights of the first layer as pictures: what each of its filters, or of its units, looks for in an image. */
import { IMAGE } from '../../src/cli/settings.ts';
import type { Filters } from './messages.ts';
import type { Racer } from './racer.ts';

/** Pictures at most: of the 300 units of a dense layer, the first so many. */
const SHOWN = 32;

/** Undefined where the first layer is the output, whose units are no filters of anything behind them. */
export function filtersOf({ model, step }: Racer): Filters | undefined {
  const [first, next] = model.layers.filter(({ kind }) => kind === 'conv2d' || kind === 'dense');
  const kernel = model.weights.find(({ name }) => name === `${first?.name}/kernel`)?.tensor;
  if (!first || !next || !kernel) return undefined;
  // [height, width, 1, filters] or [pixels, units]: either way the filters are the last axis
  const [height = 1, width = 1] = first.kind === 'conv2d' ? kernel.shape : IMAGE;
  const all = kernel.shape.at(-1) ?? 1;
  const count = Math.min(SHOWN, all);
  const pixels = height * width;
  const values = new Float32Array(count * pixels);
  for (let filter = 0; filter < count; filter++)
    for (let pixel = 0; pixel < pixels; pixel++)
      values[filter * pixels + pixel] = kernel.data[pixel * all + filter] ?? Number.NaN;
  return { layer: first.name, kind: first.kind, step, all, height, width, values };
}
