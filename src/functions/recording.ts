/** Users' functions, recorded: their arguments, the checks of their result, and the programs made from them. */
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { type Graph, isView, Value } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import { axesOf } from '../graph/operations/arrays/broadcast.ts';
import { copy } from '../graph/operations/sum.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { checkKind, isObject, showShape } from '../validate.ts';
import { type LeafNumbers, type Tree, treeOf } from './tree.ts';

/** A function of symbolic values, or of plain objects and arrays of them. */
export type Recordable = (...args: never[]) => unknown;

/** The value of a leaf, whose memory is assigned when the program is made. */
export const placeholder = (graph: Graph, { shape }: LeafNumbers): Value => new Value(graph, { shape, rows: false });

const resultOf = (name: string): string => `the result of the function given to ${name}`;

/** Calls the function with values in place of the leaves. */
function call(fn: Recordable, trees: readonly Tree[], values: readonly Value[]): unknown {
  let at = 0;
  const args = trees.map(({ leaves, rebuild }) => {
    at += leaves.length;
    return rebuild(values.slice(at - leaves.length, at).map((value) => new SymbolicValue(value)));
  });
  // the caller's own types say what the function takes; these arguments have the same structure
  return fn(...(args as never[]));
}

/** The result of a function, or a part of it, as a value of the graph. */
function returned(name: string, path: string, graph: Graph, result: unknown): Value {
  checkKind(result instanceof SymbolicValue, path, 'a symbolic value, made of its arguments by ops', result);
  if (result.graph !== graph)
    throw new Error(
      `${name}: the result belongs to another recording; a symbolic value cannot be kept from one call to the next`,
    );
  return result.value;
}

/**
 * Records a function of a scalar result.
 *
 * @throws TypeError for a result that is not symbolic, RangeError for one that is not a scalar.
 */
export function record(
  name: string,
  graph: Graph,
  fn: Recordable,
  trees: readonly Tree[],
  values: readonly Value[],
): Value {
  const value = returned(name, resultOf(name), graph, call(fn, trees, values));
  const shape = axesOf(value);
  if (shape.length > 0)
    throw new RangeError(
      `${name}: the function must return a scalar, got shape ${showShape(shape.map((size) => size ?? '..'))}; apply ops.sum or ops.mean`,
    );
  return value;
}

/**
 * Records a function of any result: a symbolic value, or plain objects and arrays of them.
 *
 * @throws TypeError for anything else in it.
 */
export function recordTree(
  name: string,
  graph: Graph,
  fn: Recordable,
  trees: readonly Tree[],
  values: readonly Value[],
): { readonly tree: Tree; readonly results: readonly Value[] } {
  const what = resultOf(name);
  const result = call(fn, trees, values);
  checkKind(isObject(result), what, 'a symbolic value, or plain objects and arrays of them', result);
  const tree = treeOf(what, result);
  return { tree, results: tree.leaves.map(({ path, value }) => returned(name, path, graph, value)) };
}

/** Makes the program leave the numbers of `value` at `address`. */
export function place(graph: Graph, label: string, value: Value, address: number): void {
  let made = value;
  while (made.node !== undefined && made.base !== undefined && isView(made.node)) made = made.base;
  const own = made.node !== undefined && made.base === undefined && made.address === undefined && !graph.kept.has(made);
  const target = own ? made : copy(graph, label, value);
  target.address = address;
  graph.kept.add(target);
}

/** Where to write the arguments of a recorded function, its program, and where to read its results. */
export interface Recorded {
  readonly engine: Engine;
  readonly scope: Scope;
  readonly program: Program;
  readonly inputs: readonly Float32Array[];
  readonly results: readonly Float32Array[];
}

/** Allocates inputs and results, and makes the program. */
export function finish(graph: Graph, inputs: readonly Value[], results: readonly Value[]): Recorded {
  const { engine, scope } = graph;
  for (const input of inputs) input.address = scope.allocate(input.size * 4);
  const places = results.map((result) => {
    const address = scope.allocate(result.size * 4);
    place(graph, 'result', result, address);
    return engine.f32(address, result.size);
  });
  const program = lower(graph);
  return {
    engine,
    scope,
    program,
    inputs: inputs.map(({ address = 0, size }) => engine.f32(address, size)),
    results: places,
  };
}

/** Writes the arguments and runs the program; each `step` draws other random numbers. */
export function run({ program, inputs }: Recorded, numbers: readonly LeafNumbers[], step: number): void {
  for (const [i, { data }] of numbers.entries()) inputs[i]?.set(data);
  program.step = step;
  program.runNow();
}

/** Most programs that a function keeps. */
const MOST = 32;

/** Programs by the arguments they were recorded for, freed together; beyond the limit the least recently used one goes. */
export class Programs<T extends Recorded = Recorded> {
  readonly #programs = new Map<string, T>();

  /** The program for `key` on `engine`, made by `make` if there is none. */
  get(engine: Engine, key: string, make: () => T): T {
    const found = this.#programs.get(key);
    const program = found?.engine === engine ? found : make();
    this.#programs.delete(key);
    this.#programs.set(key, program);
    if (found !== undefined && found !== program) free(found);
    const [oldest] = this.#programs;
    if (this.#programs.size > MOST && oldest !== undefined) {
      this.#programs.delete(oldest[0]);
      free(oldest[1]);
    }
    return program;
  }

  dispose(): void {
    for (const program of this.#programs.values()) free(program);
    this.#programs.clear();
  }
}

function free({ engine, scope }: Recorded): void {
  if (!engine.disposed) scope.dispose();
}
