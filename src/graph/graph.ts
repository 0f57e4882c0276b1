/**
 * The graph that a program is made of: values, and the operations (nodes) that make them, in the order in which they run.
 * differentiate.ts appends the way back, fuse.ts simplifies, buffers.ts says where values lie, lower.ts writes the program.
 */
import type { Scope } from '../engine/memory.ts';
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

/** Numbers in memory: an output of a node, or memory that was there before (a weight, a constant). */
export class Value implements Type {
  readonly graph: Graph;
  readonly shape: Shape;
  readonly rows: boolean;
  /** What makes it; undefined for memory that was there before. */
  node: Node | undefined;
  /** The value whose numbers these are, in another shape. */
  base: Value | undefined;
  /** Where it lies: known for memory that was there before and for outputs that must go somewhere, else set by buffers.ts. */
  address: number | undefined;
  /** Of a constant: its numbers, which get memory when the program is made. */
  data: Float32Array | Int32Array | undefined;

  constructor(graph: Graph, { shape, rows }: Type, node?: Node, address?: number, base?: Value) {
    this.graph = graph;
    this.shape = shape;
    this.rows = rows;
    this.node = node;
    this.base = base;
    this.address = address;
  }

  /** How many numbers: of a row, or in all. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** The value that has the memory, behind all views of it. */
  get root(): Value {
    return this.base?.root ?? this;
  }
}

/** Operations that functions of the user's own need; models without such functions do without (operations/arrays/for-functions.ts). */
export interface ForFunctions {
  expand(label: string, x: Value, y: Type): Value;
  seedOf(graph: Graph, label: string, times: number, weights?: Value): Value;
  penalize(graph: Graph, label: string, x: Value): Value;
}

/** An operation on values. */
export interface Node {
  readonly operation: AnyOperation;
  /** Whose it is, should it fail. */
  readonly label: string;
  readonly inputs: Record<string, Value | undefined>;
  readonly outputs: Record<string, Value>;
  readonly attributes: Record<string, number>;
}

/** The values of a record that are there. */
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
  /** Where the program and its buffers will lie. */
  readonly scope: Scope;
  /** Rows of a full batch. */
  readonly batchSize: number;
  readonly totals: Map<string, Float64Array> = new Map();
  /** Values that somebody reads when a step is done. */
  readonly kept: Set<Value> = new Set();
  nodes: Node[] = [];
  /** What random operations draw from; without it there are none. */
  seeds: readonly [low: number, high: number] | undefined;
  /** How many operations draw so far: each has a stream of its own. */
  draws = 0;
  /** Set as soon as one of `ops` is recorded. */
  forFunctions: ForFunctions | undefined;
  readonly #weights = new Map<object, Value>();

  constructor(engine: Engine, scope: Scope, batchSize: number) {
    this.engine = engine;
    this.scope = scope;
    this.batchSize = batchSize;
  }

  /** Appends an operation; `wanted` are the outputs that it shall make, by default all. */
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

  /** The values of a layer's weight, each time the same value. */
  weight(weight: { readonly shape: Shape; readonly address: number }): Value {
    const value = this.#weights.get(weight) ?? this.memory(weight.shape, weight.address);
    this.#weights.set(weight, value);
    return value;
  }

  /** Numbers that are there before the program runs: a weight, a constant. */
  memory(shape: Shape, address: number): Value {
    return new Value(this, { shape, rows: false }, undefined, address);
  }

  /** Numbers that the program brings along. They get memory when it is made, so a graph that is wrong costs none. */
  constant(shape: Shape, data: Float32Array | Int32Array): Value {
    const value = new Value(this, { shape, rows: false });
    value.data = data;
    return value;
  }

  /** The numbers of `x` in another shape of as many. */
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

  /** The address of a total, which starts at zero: a sum, and what to divide it by. */
  total(name: string): number {
    const address = this.scope.allocate(16);
    this.totals.set(name, this.engine.f64(address, 2));
    return address;
  }
}
