/** One function for both: records an operation on symbolic values, runs it at once on tensors. */
import type { Engine } from '../engine/runtime.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import { forFunctions } from '../graph/operations/arrays/for-functions.ts';
import { copy } from '../graph/operations/sum.ts';
import { allocate, Tensor } from '../tensor.ts';
import { sameShape, showShape } from '../validate.ts';
import { checkTensor, engineFor, type FloatTensor, graphOf, lift } from './operand.ts';
import { SymbolicValue } from './symbolic.ts';

/** Where the result goes: not over an input, or, `inPlace`, over all of one. */
export function output(
  name: string,
  engine: Engine,
  shape: readonly number[],
  out: FloatTensor | undefined,
  inputs: readonly Tensor[],
  inPlace = true,
): FloatTensor {
  if (out === undefined) return allocate(engine, 'float32', shape);
  checkTensor('out', out);
  if (out.engine !== engine) throw new Error('tensors of different runtimes cannot be combined');
  if (!sameShape(out.shape, shape))
    throw new RangeError(`out must have shape ${showShape(shape)}, got ${showShape(out.shape)}`);
  const from = out.address;
  const overlaps = ({ address, size }: Tensor): boolean =>
    from < address + 4 * size && address < from + 4 * out.size && !(inPlace && address === from);
  if (inputs.some(overlaps)) throw new Error(`${name}: out overlaps an input`);
  return out;
}

/** Runs what `record` makes at once, on tensors in place; returns a tensor for each of the values. */
function runNow(
  name: string,
  operands: Operands,
  record: (...values: Value[]) => readonly Value[],
  { out, integers = [] }: CallOptions,
): FloatTensor[] {
  const given = Object.entries(operands);
  const engine = engineFor(Object.values(operands));
  const tensors = given.map(([, operand]) => operand).filter((operand) => operand instanceof Tensor);
  const scope = engine.scope();
  const made: FloatTensor[] = [];
  try {
    const graph = new Graph(engine, scope, 1);
    const values = record(...given.map(([key, x]) => lift(graph, key, x, true, integers.includes(key))));
    for (const value of values) {
      const target = output(name, engine, value.shape, out, tensors);
      if (target !== out) made.push(target);
      // results that are not an operation's own output, or overwrite an input, are written last
      const direct =
        value.node !== undefined && value.base === undefined && out === undefined && value.address === undefined;
      const result = direct ? value : copy(graph, name, value);
      result.address = target.address;
      graph.kept.add(result);
      if (target === out) made.push(out);
    }
    lower(graph).runNow();
    return made;
  } catch (error) {
    for (const tensor of made) if (tensor !== out) tensor.dispose();
    throw error;
  } finally {
    scope.dispose();
  }
}

/** Options of a call, beside its operands. */
export interface CallOptions {
  readonly out?: FloatTensor | undefined;
  /** Operands that may be tensors of integers. */
  readonly integers?: readonly string[];
}

/** Operands by the names that messages use. */
export type Operands = Readonly<Record<string, unknown>>;

/** An operation of several results: recorded if an operand is symbolic, else run. */
export function callAll(
  name: string,
  operands: Operands,
  record: (...values: Value[]) => readonly Value[],
  options: CallOptions = {},
): (SymbolicValue | FloatTensor)[] {
  const graph = graphOf(name, Object.values(operands));
  if (graph === undefined) return runNow(name, operands, record, options);
  if (options.out !== undefined)
    throw new TypeError(`${name}: out is for tensors; a symbolic value has no memory to write to`);
  const { integers = [] } = options;
  graph.forFunctions ??= forFunctions;
  const values = Object.entries(operands).map(([key, x]) => lift(graph, key, x, false, integers.includes(key)));
  return record(...values).map((value) => new SymbolicValue(value));
}

/** An operation of one result: recorded if an operand is symbolic, else run. The result's type says which, see `Result`. */
export function call<R extends SymbolicValue | FloatTensor>(
  name: string,
  operands: Operands,
  record: (...values: Value[]) => Value,
  options: CallOptions = {},
): R {
  const [result] = callAll(name, operands, (...values) => [record(...values)], options);
  return result as R;
}

/** The number in a tensor of size 1, which is freed. */
export function numberOf(x: SymbolicValue | FloatTensor): number | SymbolicValue {
  if (x instanceof SymbolicValue) return x;
  const [value = Number.NaN] = x.data;
  x.dispose();
  return value;
}
