/** What a model looks like from inside, between two steps. */
import type { Model, ModelData, NamedWeight } from '../index.ts';

/** A layer with weights. */
export interface LayerInspection {
  /** Name of the layer. */
  readonly name: string;
  /** Euclidean norm of its weights. */
  readonly weightNorm: number;
  /** Euclidean norm of the gradients of the latest step, as the optimizer used them. */
  readonly gradientNorm: number;
}

/** One number among the weights, and what its optimizer knows of it. */
export interface WeightInspection {
  /** Name of its array: `dense/kernel`. */
  readonly name: string;
  /** Where in it, row-major. */
  readonly index: number;
  /** Sizes of the array's axes. */
  readonly shape: readonly number[];
  /** The weight itself. */
  readonly value: number;
  /** Its gradient of the latest step, as the optimizer used it. */
  readonly gradient: number;
  /** By their names: `{ momentum, velocity }` of Adam. */
  readonly slots: Readonly<Record<string, number>>;
  /** What the latest step added to the weight. Known while a training runs or is paused, else undefined. */
  readonly step: number | undefined;
}

/** What `inspect` gives. */
export interface Inspection {
  /** Steps that the optimizer has done. */
  readonly iterations: number;
  /** Step size of the coming step. */
  readonly learningRate: number;
  /** See `optimizer.momentumProduct`. */
  readonly momentumProduct: number;
  /** The layers that have weights, first to last. */
  readonly layers: readonly LayerInspection[];
  /** The weight that was asked for, if one was. */
  readonly weight: WeightInspection | undefined;
}

/** Which number to look at. */
export interface Spot {
  readonly weight: string;
  readonly index: number;
}

const squares = (data: Float32Array): number => data.reduce((sum, value) => sum + value * value, 0);

/** Arrays by the layer that they belong to. */
function norms(model: Model): LayerInspection[] {
  const { weights, gradients } = model;
  return model.layers.flatMap(({ name }) => {
    const norm = (all: readonly NamedWeight[]): number => {
      const own = all.filter((one) => one.name.startsWith(`${name}/`));
      return Math.sqrt(own.reduce((sum, { tensor }) => sum + squares(tensor.data), 0));
    };
    if (!weights.some((one) => one.name.startsWith(`${name}/`))) return [];
    return [{ name, weightNorm: norm(weights), gradientNorm: norm(gradients) }];
  });
}

function weightAt(model: Model, spot: Spot, before: readonly Float32Array[] | undefined): WeightInspection {
  const { weights, gradients, slots } = model;
  const at = weights.findIndex(({ name }) => name === spot.weight);
  const found = weights[at];
  if (found === undefined)
    throw new RangeError(
      `there is no weight '${spot.weight}'; there are: ${weights.map(({ name }) => name).join(', ')}`,
    );
  const { name, tensor } = found;
  const { index } = spot;
  if (!Number.isInteger(index) || index < 0 || index >= tensor.size)
    throw new RangeError(
      `${name} has ${tensor.size} numbers, the index must be an integer from 0 to ${tensor.size - 1}, got ${index}`,
    );
  const own = slots.filter((slot) => slot.name.startsWith(`${name}/`));
  const value = tensor.data[index] ?? Number.NaN;
  const old = before?.[at]?.[index];
  return {
    name,
    index,
    shape: tensor.shape,
    value,
    gradient: gradients.find((one) => one.name === name)?.tensor.data[index] ?? Number.NaN,
    slots: Object.fromEntries(
      own.map((slot) => [slot.name.slice(name.length + 1), slot.tensor.data[index] ?? Number.NaN]),
    ),
    step: old === undefined ? undefined : value - old,
  };
}

/** `before`: the weights as they were before the latest step, if that is known. */
export function inspect(model: Model, spot: Spot | undefined, before: readonly Float32Array[] | undefined): Inspection {
  const { iterations = 0, momentumProduct = 1, parts = [] } = model.optimizer ?? {};
  const learningRate = parts.length === 1 ? (parts[0]?.learningRate ?? Number.NaN) : Number.NaN;
  const weight = spot === undefined ? undefined : weightAt(model, spot, before);
  return { iterations, learningRate, momentumProduct, layers: norms(model), weight };
}

/** For each layer that ends in relu, the share of its units that put out nothing for any of the samples. */
export async function deadUnits(model: Model, x: ModelData): Promise<Record<string, number>> {
  const rectified = model.layers
    .filter((layer) => layer.toConfig().config.activation === 'relu')
    .map(({ name }) => name);
  if (rectified.length === 0) return {};
  const outputs = await model.layerOutputs(x, { layers: rectified, batchSize: 256 });
  const shares = outputs.map(({ name, data, shape }) => {
    const units = shape.at(-1) ?? 1;
    const alive = new Set<number>();
    for (const [i, value] of data.entries()) if (value !== 0) alive.add(i % units);
    return [name, 1 - alive.size / units] as const;
  });
  return Object.fromEntries(shares);
}
