/** What operations take: symbolic values, tensors, numbers and nested arrays, in any mixture. */
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { scalar } from '../graph/operations/arrays/arithmetic.ts';
import { type NestedArray, Tensor, toArrayData } from '../tensor.ts';
import { checkKind, isObject } from '../validate.ts';
import { divided } from '../values.ts';
import { SymbolicValue } from './symbolic.ts';

/** A tensor of float32. */
export type FloatTensor = Tensor<'float32'>;

/** A weight of a layer, inside of its `call`. */
export interface LayerWeight {
  readonly initializer: object;
  readonly name: string;
  readonly shape: readonly number[];
  readonly address: number;
}

/** What an operation takes. Numbers and arrays are constants; a float32 tensor in a function that is recorded is one too, as it is at that moment. */
export type Operand = SymbolicValue | LayerWeight | FloatTensor | NestedArray | number;

/** What takes integers: labels, indices. */
export type IndexOperand = Operand | Tensor;

/** What comes out: a symbolic value if one went in, else a tensor. */
export type Result<T> = [Extract<T, SymbolicValue | LayerWeight>] extends [never] ? FloatTensor : SymbolicValue;

/** Options of operations on tensors. */
export interface OutOptions {
  /**
   * Where the result goes: an existing float32 tensor of the result's shape. Of element-by-element operations it may be an input; nowhere may it
   * overlap one in part, nor an input of `matmul` or `transpose` at all. Not for symbolic values. Default: a new tensor, the caller's to dispose of.
   */
  readonly out?: FloatTensor;
}

/** Refuses what is no float32 tensor. */
export function checkTensor(name: string, value: unknown): FloatTensor {
  checkKind(value instanceof Tensor, name, 'a tensor', value);
  if (value.dtype !== 'float32') throw new TypeError(`${name} must be a float32 tensor, got ${value.dtype}`);
  return value as FloatTensor;
}

/** The one engine of these tensors. */
export function sameEngine(a: Tensor, ...others: readonly Tensor[]): Engine {
  for (const other of others) {
    if (other.engine !== a.engine) throw new Error('tensors of different runtimes cannot be combined');
  }
  return a.engine;
}

/** The engine on which operands meet that are not symbolic. */
export function engineFor(operands: readonly unknown[]): Engine {
  const [first, ...others] = operands.filter((one) => one instanceof Tensor);
  return first === undefined ? engineOf(undefined) : sameEngine(first, ...others);
}

const isWeight = (value: unknown): value is LayerWeight =>
  isObject(value) && 'address' in value && 'shape' in value && 'initializer' in value;

/** The graph in which a layer's `call` is being recorded. */
let recording: Graph | undefined;

/** Runs `call`, in which weights are values of `graph`. */
export function recordingIn<T>(graph: Graph | undefined, call: () => T): T {
  const before = recording;
  recording = graph;
  try {
    return call();
  } finally {
    recording = before;
  }
}

/** The graph in which symbolic operands meet; undefined where there are none. */
export function graphOf(name: string, operands: readonly unknown[]): Graph | undefined {
  const graphs = operands.filter((one) => one instanceof SymbolicValue).map(({ graph }) => graph);
  if (graphs.some((graph) => graph !== graphs[0]))
    throw new Error(
      `${name}: the symbolic values belong to functions that are recorded apart; a value cannot be kept from one recording to the next`,
    );
  if (!operands.some(isWeight)) return graphs[0];
  if (recording === undefined || (graphs.length > 0 && graphs[0] !== recording))
    throw new Error(`${name}: the weights of a layer can be used in its call alone`);
  return recording;
}

/**
 * An operand as a value of `graph`. Tensors are read where they lie if the graph runs at once (`now`), else as they are now. Integers
 * where `integers` allows them become float32.
 */
export function lift(graph: Graph, name: string, operand: unknown, now: boolean, integers: boolean): Value {
  if (operand instanceof SymbolicValue) return operand.value;
  if (typeof operand === 'number') return scalar(graph, operand);
  if (isWeight(operand)) return graph.weight(operand);
  if (operand instanceof Tensor) {
    if (!integers) checkTensor(name, operand);
    // a graph that is recorded for its shapes alone has no engine
    if (graph.engine !== undefined && operand.engine !== graph.engine)
      throw new Error(`${name}: tensors of different runtimes cannot be combined`);
    if (now && operand.dtype === 'float32') return graph.memory(operand.shape, operand.address);
    return graph.constant(operand.shape, new Float32Array(operand.data));
  }
  const values = toArrayData(name, operand);
  return graph.constant(values.shape, new Float32Array(divided(values)));
}
