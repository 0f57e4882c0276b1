/** Operands of operations: symbolic values, tensors, numbers and nested arrays, in any mixture. */
import { type Engine, engineOf } from '../engine/runtime.ts';
import type { Graph, Value } from '../graph/graph.ts';
import { scalar } from '../graph/operations/arrays/arithmetic.ts';
import { type NestedArray, Tensor, toArrayData } from '../tensor.ts';
import { checkKind, isObject } from '../validate.ts';
import { divided } from '../values.ts';
import { SymbolicValue } from './symbolic.ts';

/** A float32 tensor. */
export type FloatTensor = Tensor<'float32'>;

/** A weight of a layer, inside its `call`. */
export interface LayerWeight {
  readonly initializer: object;
  readonly name: string;
  readonly shape: readonly number[];
  readonly address: number;
}

/** An operand. Numbers and arrays are constants; in a recorded function so is a float32 tensor, with its values at recording time. */
export type Operand = SymbolicValue | LayerWeight | FloatTensor | NestedArray | number;

/** An operand of integers: labels, indices. */
export type IndexOperand = Operand | Tensor;

/** The result: symbolic if an operand is, else a tensor. */
export type Result<T> = [Extract<T, SymbolicValue | LayerWeight>] extends [never] ? FloatTensor : SymbolicValue;

/** Options of operations on tensors. */
export interface OutOptions {
  /**
   * Where to put the result: an existing float32 tensor of its shape. For element-by-element operations it may be an input; it must never
   * overlap one in part, nor an input of `matmul` or `transpose` at all. Not for symbolic values. Default: a new tensor, which the caller disposes of.
   */
  readonly out?: FloatTensor;
}

/** Refuses anything but a float32 tensor. */
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

/** The engine of the operands that are not symbolic. */
export function engineFor(operands: readonly unknown[]): Engine {
  const [first, ...others] = operands.filter((one) => one instanceof Tensor);
  return first === undefined ? engineOf(undefined) : sameEngine(first, ...others);
}

const isWeight = (value: unknown): value is LayerWeight =>
  isObject(value) && 'address' in value && 'shape' in value && 'initializer' in value;

/** The graph that records a layer's `call`. */
let recording: Graph | undefined;

/** Runs `call` with weights as values of `graph`. */
export function recordingIn<T>(graph: Graph | undefined, call: () => T): T {
  const before = recording;
  recording = graph;
  try {
    return call();
  } finally {
    recording = before;
  }
}

/** The graph of the symbolic operands; undefined if there are none. */
export function graphOf(name: string, operands: readonly unknown[]): Graph | undefined {
  // a symbolic tensor has no graph yet: it stands for what a layer will put out
  if (operands.some((one) => isObject(one) && 'feed' in one))
    throw new TypeError(
      `${name} takes no symbolic tensor of a functional model; make a layer of it: layers.lambda((x) => ops.${name}(x)).apply(tensor)`,
    );
  const graphs = operands.filter((one) => one instanceof SymbolicValue).map(({ graph }) => graph);
  if (graphs.some((graph) => graph !== graphs[0]))
    throw new Error(
      `${name}: the symbolic values belong to different recordings; a value cannot be kept from one recording to the next`,
    );
  if (!operands.some(isWeight)) return graphs[0];
  if (recording === undefined || (graphs.length > 0 && graphs[0] !== recording))
    throw new Error(`${name}: the weights of a layer can be used only in its call`);
  return recording;
}

/**
 * An operand as a value of `graph`. If the graph runs at once (`now`), tensors are read in place, else copied now. Integers
 * become float32 where `integers` allows them.
 */
export function lift(graph: Graph, name: string, operand: unknown, now: boolean, integers: boolean): Value {
  if (operand instanceof SymbolicValue) return operand.value;
  if (typeof operand === 'number') return scalar(graph, operand);
  if (isWeight(operand)) return graph.weight(operand);
  if (operand instanceof Tensor) {
    if (!integers) checkTensor(name, operand);
    // a graph that is recorded only for its shapes has no engine
    if (graph.engine !== undefined && operand.engine !== graph.engine)
      throw new Error(`${name}: tensors of different runtimes cannot be combined`);
    if (now && operand.dtype === 'float32') return graph.memory(operand.shape, operand.address);
    return graph.constant(operand.shape, new Float32Array(operand.data));
  }
  const values = toArrayData(name, operand);
  return graph.constant(values.shape, new Float32Array(divided(values)));
}
