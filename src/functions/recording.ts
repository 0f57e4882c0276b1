/** Users' functions, recorded: their arguments, the checks of their result, and the programs made from them. */
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { type Graph, isView, Value } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import { copy } from '../graph/operations/sum.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { checkKind, showShape } from '../validate.ts';
import { type Leaf, numbersOf, type Tree } from './tree.ts';

/** A function of symbolic values, or of plain objects and arrays of them. */
export type Recordable = (...args: never[]) => SymbolicValue;

/** The value of a leaf, whose memory is assigned when the program is made. */
export const placeholder = (graph: Graph, leaf: Leaf): Value =>
  new Value(graph, { shape: numbersOf(leaf).shape, rows: false });

/**
 * Calls the function with values in place of the leaves.
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
  let at = 0;
  const args = trees.map(({ leaves, rebuild }) => {
    at += leaves.length;
    return rebuild(values.slice(at - leaves.length, at).map((value) => new SymbolicValue(value)));
  });
  // the caller's own types say what the function takes; these arguments have the same structure
  const result: unknown = fn(...(args as never[]));
  checkKind(
    result instanceof SymbolicValue,
    `the result of the function given to ${name}`,
    'a symbolic value, made of its arguments by ops',
    result,
  );
  if (result.graph !== graph)
    throw new Error(
      `${name}: the result belongs to another recording; a symbolic value cannot be kept from one call to the next`,
    );
  if (result.shape.length > 0)
    throw new RangeError(
      `${name}: the function must return a scalar, got shape ${showShape(result.shape.map((size) => size ?? '..'))}; apply ops.sum or ops.mean`,
    );
  return result.value;
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

/** Where to write the arguments of a recorded function, and its program. */
export interface Recorded {
  readonly engine: Engine;
  readonly scope: Scope;
  readonly program: Program;
  readonly inputs: readonly Float32Array[];
  /** The scalar result. */
  readonly value: Float32Array;
}

/** Allocates inputs and result, and makes the program. */
export function finish(graph: Graph, inputs: readonly Value[], value: Value): Recorded {
  const { engine, scope } = graph;
  for (const input of inputs) input.address = scope.allocate(input.size * 4);
  const at = scope.allocate(4);
  place(graph, 'result', value, at);
  const program = lower(graph);
  return {
    engine,
    scope,
    program,
    inputs: inputs.map(({ address = 0, size }) => engine.f32(address, size)),
    value: engine.f32(at, 1),
  };
}

/** Writes the arguments, runs the program, and returns the scalar. */
export function run({ program, inputs, value }: Recorded, leaves: readonly Leaf[]): number {
  for (const [i, leaf] of leaves.entries()) inputs[i]?.set(numbersOf(leaf).data);
  program.runNow();
  return value[0] ?? Number.NaN;
}

/** Programs by the arguments they were recorded for, freed together. */
export class Programs<T extends Recorded> {
  readonly #programs = new Map<string, T>();

  /** The program for `key` on `engine`, made by `make` if there is none. */
  get(engine: Engine, key: string, make: () => T): T {
    const found = this.#programs.get(key);
    if (found?.engine === engine) return found;
    found?.scope.dispose();
    const made = make();
    this.#programs.set(key, made);
    return made;
  }

  dispose(): void {
    for (const { engine, scope } of this.#programs.values()) if (!engine.disposed) scope.dispose();
    this.#programs.clear();
  }
}
