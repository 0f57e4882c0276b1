/** Models that are any graph of layer calls: several inputs and outputs, branches, shared layers. */
import type { Layer } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import type { SymbolicTensor } from '../layers/symbolic.ts';
import { describeTrace, type Trace, trace } from '../trace.ts';
import { checkOptions } from '../validate.ts';
import { BaseModel } from './base.ts';
import { type Network, networkOf } from './network.ts';
import type { ModelOptions, Predictions } from './options.ts';

/** One value, several in order, or several by name. */
export type Ports = SymbolicTensor | readonly SymbolicTensor[] | Readonly<Record<string, SymbolicTensor>>;

/** The result of `predict`: one, an array or an object of predictions, like the model's outputs. */
export type PredictionsOf<O extends Ports> = O extends SymbolicTensor
  ? Predictions
  : { readonly [K in keyof O]: Predictions };

/** Options of {@link model}. */
export interface FunctionalOptions<O extends Ports> extends ModelOptions {
  /** The inputs: the result of `input`, or several as an array or by name. */
  readonly inputs: Ports;
  /** The outputs, in the same forms. */
  readonly outputs: O;
}

/** A graph of named layers, and its network. @internal */
export interface Traced extends Trace<Layer> {
  readonly network: Network;
}

/** Names the layers that lead from the inputs to the outputs and connects them. Allocates nothing. @internal */
export function traced(options: FunctionalOptions<Ports>): Traced {
  checkOptions('model', options, ['inputs', 'outputs', 'seed', 'runtime', 'name']);
  const found = trace<Layer>(options.inputs, options.outputs);
  const { inputs, calls, layers, outputs } = found;
  if (layers.length > 0) for (const [i, name] of namesOf(layers).entries()) layers[i]?.claim(name);
  return { ...found, network: networkOf(inputs, calls, outputs) };
}

/** A model that is a graph of layers. Made by {@link model}. @category Models */
export class Functional<O extends Ports = Ports> extends BaseModel<PredictionsOf<O>> {
  readonly #as: Traced['as'];
  readonly #names: readonly string[];

  /** @internal */
  constructor(options: FunctionalOptions<O>) {
    const { inputs: _, outputs: __, ...others } = options;
    const found = traced(options);
    const { network, as } = found;
    const outputNames = found.outputNames();
    super(
      {
        kind: 'functional',
        layers: found.layers,
        inputNames: network.inputs.map(({ name }) => name),
        outputNames,
        network: () => network,
        inputShapes: network.inputs.map(({ shape }) => shape),
        describe: (seen) => describeTrace(found, seen),
      },
      others,
    );
    this.#as = as;
    this.#names = outputNames;
    Object.freeze(this);
  }

  /** @internal */
  override get [Symbol.toStringTag](): string {
    return 'Functional';
  }

  /** @internal */
  protected override get single(): boolean {
    return this.#as === 'one';
  }

  /** @internal */
  protected override arrange(all: readonly Predictions[]): PredictionsOf<O> {
    const [first] = all;
    const names = this.#names;
    const arranged =
      this.#as === 'one' ? first : this.#as === 'list' ? all : Object.fromEntries(all.map((one, i) => [names[i], one]));
    return arranged as PredictionsOf<O>;
  }
}

/**
 * Makes a model of everything between inputs and outputs: layers that were called on each other, on several values, or more than once.
 *
 * @throws Error for outputs that depend on a missing input, inputs that no output depends on, or layers of another runtime;
 * RangeError for names given twice.
 * @example
 * ```ts
 * import { input, layers, model } from 'simdescent';
 * const x = input({ shape: [8] });
 * const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(x);
 * const sum = layers.add().apply([x, hidden]); // a residual connection
 * const net = model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(sum), seed: 42 });
 * net.compile({ optimizer: 'adam', loss: 'mse' });
 * ```
 * @category Models
 */
export function model<const O extends Ports>(options: FunctionalOptions<O>): Functional<O> {
  return new Functional(options);
}
