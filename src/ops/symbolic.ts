/** Values in a function that is being recorded: they have a shape, but no numbers yet. */
import type { Graph, Value } from '../graph/graph.ts';
import { axesOf, showType } from '../graph/operations/arrays/broadcast.ts';
import { Printed } from '../printed.ts';

const advice =
  'it has no numbers yet, because the function is being recorded; use ops.where in place of a condition, and read numbers of tensors, not of symbolic values';

/**
 * A value in a function that is being recorded: the arguments of a loss or a layer of your own, and of the functions given to {@link valueAndGrad} and
 * {@link compileStep}. It has a shape; its numbers exist when the recorded operations run. `ops` take it wherever they take
 * a tensor.
 * @category Tensors and gradients
 */
export class SymbolicValue extends Printed {
  /** Sizes of the axes; the axis of the batch, where there is one, is null and comes first. */
  readonly shape: readonly (number | null)[];
  /** Type of the numbers. */
  readonly dtype = 'float32';
  /** @internal */
  readonly value: Value;

  /** @internal */
  constructor(value: Value) {
    super();
    this.value = value;
    this.shape = Object.freeze([...axesOf(value)]);
    Object.freeze(this);
  }

  /** @internal */
  get [Symbol.toStringTag](): string {
    return 'SymbolicValue';
  }

  toString(): string {
    return `SymbolicValue ${showType(this.value)}`;
  }

  /** @internal */
  get graph(): Graph {
    return this.value.graph;
  }

  /** There are no numbers to read. @throws Error always. */
  get data(): never {
    throw new Error(`the data of a symbolic value cannot be read: ${advice}`);
  }

  /** It cannot be a number in an expression. @throws Error unless a string is asked for. */
  [Symbol.toPrimitive](hint: string): string {
    if (hint === 'string') return this.toString();
    throw new Error(`a symbolic value cannot be used as a number or compared: ${advice}`);
  }

  /** It cannot be spread or iterated. @throws Error always. */
  [Symbol.iterator](): never {
    throw new Error(`a symbolic value cannot be iterated: ${advice}; ops.split gives its pieces`);
  }
}
