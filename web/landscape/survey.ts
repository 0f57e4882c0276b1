/** Measures the loss of a network at points of a plane: in a race worker, and in Node, with the same bits. */
import { network } from '../../src/cli/network.ts';
import { PIXELS } from '../../src/cli/settings.ts';
import type { Runtime, Sequential, Tensor } from '../../src/index.ts';
import type { Snapshot } from '../race/path.ts';
import type { Settings } from '../settings.ts';
import { IMAGES } from './grid.ts';
import { type Foot, footOf, type Plane, planeAround, weightsAt } from './plane.ts';

/** A place on a racer's path, and the loss of its weights, which lie beside the plane. */
export type PathPlace = Foot & { readonly step: number };

export interface Measured {
  readonly places: readonly PathPlace[];
  /** Loss of the weights at the end of the path. */
  readonly loss: number;
}

interface Ground {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly x: Tensor;
  readonly y: Tensor;
}

export class Survey {
  readonly #plane: Plane;
  readonly #model: Sequential;
  readonly #weights: Float32Array;
  readonly #arrays: readonly Float32Array[];
  readonly #variances: readonly Float32Array[];
  readonly #x: { readonly data: Uint8Array; readonly shape: readonly number[]; readonly divisor: number };
  readonly #y: { readonly data: Uint8Array; readonly shape: readonly number[] };

  constructor({ settings, runtime, x, y }: Ground, plane: Plane) {
    this.#plane = plane;
    this.#model = network(settings, runtime);
    this.#model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    this.#weights = new Float32Array(plane.origin.length);
    let at = 0;
    this.#arrays = this.#model.weights.map(({ tensor }) => {
      at += tensor.size;
      return this.#weights.subarray(at - tensor.size, at);
    });
    const names = this.#model.weights.map(({ name }) => name);
    this.#variances = this.#arrays.filter((_, i) => names[i]?.endsWith('/moving_variance'));
    const count = Math.min(IMAGES, settings.limit);
    const bytes = (tensor: Tensor, length: number) => tensor.data.subarray(0, length) as Uint8Array;
    this.#x = { data: bytes(x, count * PIXELS), shape: [count, 28, 28], divisor: 255 };
    this.#y = { data: bytes(y, count), shape: [count] };
  }

  /** The mean loss at places x, y, x, y, … of the plane. */
  async losses(points: Float64Array): Promise<Float64Array> {
    const losses = new Float64Array(points.length / 2);
    for (let i = 0; i < losses.length; i++) {
      weightsAt(this.#plane, points[2 * i] ?? 0, points[2 * i + 1] ?? 0, this.#weights);
      losses[i] = await this.#loss();
    }
    return losses;
  }

  /** A racer's path as it is seen on the plane. */
  async path(snapshots: readonly Snapshot[]): Promise<Measured> {
    const places = snapshots.map(({ step, weights }) => ({ step, ...footOf(this.#plane, weights) }));
    this.#weights.set(snapshots.at(-1)?.weights ?? []);
    return { places, loss: await this.#loss() };
  }

  async #loss(): Promise<number> {
    // behind the end of a path a straight line may lead to less than nothing
    for (const array of this.#variances) for (const [i, value] of array.entries()) if (value < 0) array[i] = 0;
    this.#model.setWeights(this.#arrays);
    const { loss = Number.NaN } = await this.#model.evaluate(this.#x, this.#y, { batchSize: this.#y.data.length });
    return loss;
  }

  dispose(): void {
    this.#model.dispose();
  }
}

/** The plane of filter-normalized random directions around some weights: initial weights of other seeds, made as long. */
export function planeAroundEnd({ settings, runtime }: Ground, weights: Float32Array): Plane {
  const seed = Math.min(settings.seed, Number.MAX_SAFE_INTEGER - 4);
  const models = [3, 4].map((more) => network({ ...settings, seed: seed + more }, runtime));
  try {
    const [first, second] = models.map((model) => {
      const all = new Float32Array(weights.length);
      let at = 0;
      for (const array of model.getWeights()) {
        all.set(array, at);
        at += array.length;
      }
      return all;
    });
    if (!first || !second) throw new Error('a plane has two directions');
    const shapes = models[0]?.weights.map(({ tensor }) => tensor.shape) ?? [];
    return planeAround(weights, shapes, [first, second]);
  } finally {
    for (const model of models) model.dispose();
  }
}
