import type { Value } from '../graph/graph.ts';
import { resultOf } from '../ops/result.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { nameOf } from '../registry.ts';
import { checkKind, checkOptions, checkShape, sameShape, showShape } from '../validate.ts';
import { type Layer, type LayerOptions, labelOf, type Mode, type Shape } from './layer.ts';
import { TracedLayer } from './traced.ts';

/** The function of a lambda layer: of its input, or of the list of them if there are several. */
export type LambdaFunction =
  | ((x: SymbolicValue, context: CallContext) => SymbolicValue)
  | ((xs: readonly SymbolicValue[], context: CallContext) => SymbolicValue);

/** The purpose of a recorded program. */
export interface CallContext {
  /** Whether it is a step of training. */
  readonly training: boolean;
}

/** Options of {@link lambda}. */
export interface LambdaOptions extends LayerOptions {
  /** Shape of one sample of the output, to be checked. Default: whatever the function returns. */
  readonly outputShape?: Shape;
}

/** Arguments of a layer's `call`: one value, or the list of several. */
export const given = (inputs: readonly Value[]): SymbolicValue | readonly SymbolicValue[] => {
  const values = inputs.map((x) => new SymbolicValue(x));
  const [only] = values;
  return values.length === 1 && only !== undefined ? only : values;
};

class Lambda extends TracedLayer {
  readonly #fn: LambdaFunction;
  readonly #expected: Shape | undefined;

  constructor(fn: LambdaFunction, options: LambdaOptions) {
    super('lambda', options, ['outputShape']);
    this.#fn = fn;
    const { outputShape } = options;
    if (outputShape !== undefined) checkShape('lambda: outputShape', outputShape);
    this.#expected = outputShape && [...outputShape];
  }

  protected ownOptions() {
    return { function: nameOf(this.#fn), outputShape: this.#expected };
  }

  protected override shapeOf(inputs: readonly Shape[]): Shape {
    const shape = super.shapeOf(inputs);
    const expected = this.#expected;
    if (expected !== undefined && !sameShape(shape, expected)) {
      const [want, got] = [expected, shape].map((one) => showShape(['..', ...one]));
      throw new RangeError(`${labelOf(this)}: expected output ${want}, as outputShape says, got ${got}`);
    }
    return shape;
  }

  protected trace(inputs: readonly Value[], { training }: Mode): Value {
    // the caller's own type says whether it takes one value or a list
    const result = this.#fn(given(inputs) as never, { training });
    const [first] = inputs;
    return resultOf(`the function of ${labelOf(this)}`, first?.graph, result);
  }
}

/**
 * A layer that is a function, made of `ops`: of its input, or of the list of its inputs, with the batch as the first axis. It has no weights;
 * use {@link CustomLayer} for weights. Gradients are automatic. To load a model that has one, register the function with `configs.register`.
 *
 * @throws TypeError or RangeError when the layer is built, for a result not made of the input.
 * @example
 * ```ts
 * import { layers, ops, sequential } from 'simdescent';
 * const model = sequential([
 *   layers.dense({ units: 8, inputShape: [4] }),
 *   layers.lambda((x) => ops.multiply(x, ops.sigmoid(x)), { name: 'swish' }),
 * ]);
 * ```
 */
export function lambda(fn: (x: SymbolicValue, context: CallContext) => SymbolicValue, options?: LambdaOptions): Layer;
export function lambda(
  fn: (xs: readonly SymbolicValue[], context: CallContext) => SymbolicValue,
  options?: LambdaOptions,
): Layer;
export function lambda(fn: LambdaFunction, options: LambdaOptions = {}): Layer {
  checkKind(typeof fn === 'function', 'lambda', 'a function of symbolic values', fn);
  checkOptions('layers.lambda', options, ['name', 'inputShape', 'trainable', 'outputShape']);
  return new Lambda(fn, options);
}
