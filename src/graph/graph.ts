/**
 * The graph that becomes a program: values, and the operations (nodes) that make them, in the order in which they run.
 * differentiate.ts appends the backward pass, fuse.ts simplifies, buffers.ts places values in memory, lower.ts writes the program.
 */
import type { Scope } from '../engine/memory.ts';
import type { Total } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { sizeOf } from '../validate.ts';
import {
  type AnyOperation,
  type Inputs,
  type Numbers,
  type Operation,
  operation,
  type Shape,
  type Type,
} from './operation.ts';

/** Where an optimizer finds a kernel of which it updates single rows, and its options. */
export interface RowUpdate {
  readonly state: number;
  /** The kernel, and its slots, as in updateParameters. */
  readonly w: number;
  readonly slots: number;
  readonly slotStride: number;
  /** Each number of a gradient is cut to this magnitude; 0 for none. */
  readonly limit: number;
}

/** Rows with few numbers, which have no memory of their own in a batch: only a dense layer can read them (operations/arrays/sparse.ts). */
export interface SparseRead {
  /** Refuses layers that are not dense. */
  check(layer: { readonly kind: string; readonly name: string }): void;
  /** x kernel + bias. */
  product(label: string, kernel: Value, bias: Value | undefined): Value;
  /** Updates the rows of a kernel that the batch touches, given the gradient of its product. */
  update(label: string, dz: Value, numbers: RowUpdate): void;
}

/** Numbers in memory: an output of a node, or existing memory (a weight, a constant). */
export class Value implements Type {
  readonly graph: Graph;
  readonly shape: Shape;
  readonly rows: boolean;
  /** The node that makes it; undefined for existing memory. */
  node: Node | undefined;
  /** The value that this is a view of, in another shape. */
  base: Value | undefined;
  /** Its address: known for existing memory and for outputs that must go somewhere, else set by buffers.ts. */
  address: number | undefined;
  /** The numbers of a constant, which get memory when the program is made. */
  data: Float32Array | Int32Array | undefined;
  /** Reads an input that is sparse. */
  sparse: SparseRead | undefined;

  constructor(graph: Graph, { shape, rows }: Type, node?: Node, address?: number, base?: Value) {
    this.graph = graph;
    this.shape = shape;
    this.rows = rows;
    this.node = node;
    this.base = base;
    this.address = address;
  }

  /** Number of elements: of a row, or in all. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The value behind all views, which owns the memory. */
  get root(): Value {
    let root: Value = this;
    while (root.base !== undefined) root = root.base;
    return root;
  }
}

/** Operations that users' functions need; models without such functions do without (operations/arrays/for-functions.ts). */
export interface ForFunctions {
  expand(label: string, x: Value, y: Type): Value;
  seedOf(graph: Graph, label: string, times: number, weights?: Value): Value;
  penalize(graph: Graph, label: string, x: Value): Value;
}

/** An operation on values. */
export interface Node {
  readonly operation: AnyOperation;
  /** Names it if it fails. */
  readonly label: string;
  readonly inputs: Record<string, Value | undefined>;
  readonly outputs: Record<string, Value>;
  readonly attributes: Record<string, number>;
}

/** The values of a record, without missing ones. */
export const valuesOf = (values: Readonly<Record<string, Value | undefined>>): Value[] =>
  Object.values(values).filter((value) => value !== undefined);

/** Another shape for the same numbers: no code, no memory, nothing runs. */
const view = /* @__PURE__ */ operation(
  { code: 0, x: 1, y: 2 },
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'view',
    shape: ({ x }) => ({ y: x }),
    cost: () => 0,
    gradient: ({ graph, inputs: { x }, dy: { y } }) => ({ x: y && graph.view(y, x.shape) }),
  },
);

/** Nothing runs for it: it has no code. */
export const isView = ({ operation }: Node): boolean => operation.words.code === 0;

export class Graph {
  readonly engine: Engine;
  /** Owns the memory of the program and its buffers. */
  readonly scope: Scope;
  /** Rows of a full batch. */
  readonly batchSize: number;
  readonly totals: Map<string, Total> = new Map();
  /** Values that are read after a step. */
  readonly kept: Set<Value> = new Set();
  nodes: Node[] = [];
  /** The source of random operations; without it there are none. */
  seeds: readonly [low: number, high: number] | undefined;
  /** How many operations draw so far: each has its own stream. */
  draws = 0;
  /** Set as soon as one of `ops` is recorded. */
  forFunctions: ForFunctions | undefined;
  readonly #weights = new Map<object, Value>();

  constructor(engine: Engine, scope: Scope, batchSize: number) {
    this.engine = engine;
    this.scope = scope;
    this.batchSize = batchSize;
  }

  /** Appends an operation; `wanted` are the outputs it has to make, by default all. */
  add<I extends string, P extends string, O extends string, A extends string>(
    kind: Operation<I, P, O, A>,
    label: string,
    inputs: Inputs<I, P>,
    attributes: Numbers<A>,
    wanted?: readonly O[],
  ): Readonly<Record<O, Value>> {
    const given: Record<string, Value | undefined> = { ...inputs };
    const numbers: Record<string, number> = { ...attributes };
    const types: Readonly<Record<string, Type | undefined>> = kind.shape(inputs, attributes);
    const node: Node = { operation: kind, label, inputs: given, outputs: {}, attributes: numbers };
    for (const name of wanted ?? Object.keys(types)) {
      const type = types[name];
      const changed = kind.updates.includes(name) ? given[name] : undefined;
      if (type !== undefined) node.outputs[name] = new Value(this, type, node, undefined, changed);
    }
    this.nodes.push(node);
    return node.outputs as Record<O, Value>;
  }

  /** The value of a layer's weight, always the same one. */
  weight(weight: { readonly shape: Shape; readonly address: number }): Value {
    const value = this.#weights.get(weight) ?? this.memory(weight.shape, weight.address);
    this.#weights.set(weight, value);
    return value;
  }

  /** Existing memory: a weight, a constant. */
  memory(shape: Shape, address: number): Value {
    return new Value(this, { shape, rows: false }, undefined, address);
  }

  /** Numbers of the program itself. They get memory when it is made, so a wrong graph costs none. */
  constant(shape: Shape, data: Float32Array | Int32Array): Value {
    const value = new Value(this, { shape, rows: false });
    value.data = data;
    return value;
  }

  /** A view of `x` in another shape of the same size. */
  view(x: Value, shape: Shape): Value {
    const node: Node = { operation: view, label: 'view', inputs: { x }, outputs: {}, attributes: {} };
    const y = new Value(x.graph, { shape, rows: x.rows }, node, undefined, x);
    node.outputs.y = y;
    this.nodes.push(node);
    return y;
  }

  /** `bytes` that do not depend on the batch. */
  block(bytes: number): number {
    return this.scope.allocate(bytes);
  }

  /** The address of a total, which starts at zero: a sum, and its divisor. `finish` makes its value of the mean. */
  total(name: string, finish: (mean: number) => number = (mean) => mean): number {
    const address = this.scope.allocate(16);
    const pair = this.engine.f64(address, 2);
    const read = () => {
      const [sum = 0, count = 0] = pair;
      // as in Keras, 0 where all weights are
      return count === 0 ? 0 : finish(sum / count);
    };
    const follow = ({ state }: Total) => pair.set(state as Float64Array);
    this.totals.set(name, { begin: () => pair.fill(0), read, state: pair, follow });
    return address;
  }
}
