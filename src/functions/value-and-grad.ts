/** Gradients of functions, recorded at the first call with arguments of these shapes and run at all later ones. */
import { differentiate } from '../graph/differentiate.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { filled } from '../graph/operations/arrays/fill.ts';
import { engineFor, type FloatTensor, graphOf, lift } from '../ops/operand.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { seedsOf } from '../seeds.ts';
import { type ArrayData, allocate, type NestedArray, Tensor } from '../tensor.ts';
import { checkInteger, checkKind, checkOptions, show } from '../validate.ts';
import { finish, Programs, placeholder, type Recorded, record, run } from './recording.ts';
import { type LeafNumbers, numbersOf, signatureOf, type Tree, treeOf } from './tree.ts';

/** Symbolic values, or plain objects and arrays of them: the arguments with which a function is recorded. */
export type SymbolicTree = SymbolicValue | readonly SymbolicTree[] | { readonly [key: string]: SymbolicTree };

/** Arguments of a call in place of those symbolic values. */
export type Arguments<T> = T extends SymbolicValue
  ? Tensor | ArrayData | NestedArray | number
  : { readonly [K in keyof T]: Arguments<T[K]> };

/** The arguments of a call. */
export type ArgumentList<A extends readonly unknown[]> = { readonly [K in keyof A]: Arguments<A[K]> };

/** Arguments of a call inside another recorded function: some of them are symbolic. */
export type InnerArguments<T> = T extends SymbolicValue
  ? SymbolicValue | Tensor | ArrayData | NestedArray | number
  : { readonly [K in keyof T]: InnerArguments<T[K]> };

/** A gradient for each argument, or for parts of one. */
export type Gradients<T> = T extends SymbolicValue ? FloatTensor : { readonly [K in keyof T]: Gradients<T[K]> };

/** The result of {@link valueAndGrad}. Called with tensors it runs; called with symbolic values it is recorded. */
export interface ValueAndGradient<A extends readonly unknown[]> {
  /** The gradients are new tensors; the caller disposes of them. */
  (
    ...args: ArgumentList<A>
  ): {
    /** The result of the function. */
    readonly value: number;
    /** In the structure of the arguments. */
    readonly gradients: Gradients<A>;
  };
  /** Inside another function: the gradients can be computed with, and differentiated again. */
  (
    ...args: InnerArguments<A>
  ): {
    /** The result of the function. */
    readonly value: SymbolicValue;
    /** In the structure of the arguments. */
    readonly gradients: A;
  };
  /** Frees the programs of all shapes. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** The result of {@link grad}. */
export interface Gradient<A extends readonly unknown[]> {
  /** The gradient is a new tensor (or several); the caller disposes of it. */
  (...args: ArgumentList<A>): Gradients<A[0]>;
  /** Inside another function. */
  (...args: InnerArguments<A>): A[0];
  /** Frees the programs of all shapes. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** Options of {@link valueAndGrad}. */
export interface ValueAndGradOptions {
  /** The arguments to differentiate by: their numbers, from 0. Others get no gradient, and `gradients` is shorter. Default: all. */
  readonly argnums?: readonly number[];
  /** Seeds `ops.randomNormal` and the like; each call draws new numbers. Default 0. */
  readonly seed?: number;
}

/** For each leaf, whether to differentiate by it. */
function chosen(name: string, trees: readonly Tree[], argnums: readonly number[] | undefined): boolean[] {
  for (const number of argnums ?? []) checkInteger(`${name}: argnums`, number, 0, trees.length - 1);
  return trees.flatMap(({ leaves }, i) => {
    const wanted = argnums?.includes(i) ?? true;
    for (const { path, value } of leaves)
      if (wanted && value instanceof Tensor && value.dtype !== 'float32')
        throw new TypeError(
          `${name}: ${path} holds ${value.dtype}, and there is no gradient by integers; name the arguments to differentiate by, as argnums: [0]`,
        );
    return leaves.map(() => wanted);
  });
}

/** Records the gradients of a scalar; zeros where it does not depend on a value. */
function gradientsOf(graph: Graph, label: string, value: Value, by: readonly Value[]): Value[] {
  const seeds = new Map([[value, filled(graph, label, value, 1)]]);
  const found = differentiate(graph, seeds, by);
  return by.map((one) => found.get(one) ?? filled(graph, label, one, 0));
}

type Fn = (...args: never[]) => SymbolicValue;

/** Puts the gradients into the structure of the arguments. */
function arranged<T>(trees: readonly Tree[], wanted: readonly boolean[], gradients: readonly T[]): unknown[] {
  let [at, leaf] = [0, 0];
  return trees.flatMap(({ leaves, rebuild }) => {
    const first = leaf;
    leaf += leaves.length;
    if (leaves.length > 0 && !wanted[first]) return [];
    at += leaves.length;
    return [rebuild(gradients.slice(at - leaves.length, at))];
  });
}

/** In a recorded function: differentiates on the spot. */
function recorded(name: string, graph: Graph, fn: Fn, trees: readonly Tree[], wanted: readonly boolean[]) {
  const leaves = trees.flatMap((tree) => tree.leaves);
  // a view of each, so that anything else made of the same value is a constant to this function
  const values = leaves.map(({ path, value }) => {
    const lifted = lift(graph, path, value, false, true);
    return graph.view(lifted, lifted.shape);
  });
  const value = record(name, graph, fn, trees, values);
  const gradients = gradientsOf(
    graph,
    name,
    value,
    values.filter((_, i) => wanted[i]),
  );
  return { value: new SymbolicValue(value), gradients: gradients.map((gradient) => new SymbolicValue(gradient)) };
}

/** Makes the program of a function and its gradients: the value is the first result. */
function compiled(
  name: string,
  graph: Graph,
  fn: Fn,
  trees: readonly Tree[],
  numbers: readonly LeafNumbers[],
  wanted: readonly boolean[],
): Recorded {
  try {
    const values = numbers.map((leaf) => placeholder(graph, leaf));
    const value = record(name, graph, fn, trees, values);
    const by = values.filter((_, i) => wanted[i]);
    return finish(graph, values, [value, ...gradientsOf(graph, name, value, by)]);
  } catch (error) {
    graph.scope.dispose();
    throw error;
  }
}

/** A function's programs, and how often it has run. */
interface Kept {
  readonly programs: Programs;
  calls: number;
}

/** The function and its gradients, of any arguments, with the gradients in the structure of the arguments. */
function differentiated(
  name: string,
  fn: Fn,
  { argnums, seed = 0 }: ValueAndGradOptions,
  args: readonly unknown[],
  kept: Kept,
) {
  const trees = args.map((arg, i) => treeOf(`argument ${i}`, arg));
  const leaves = trees.flatMap((tree) => tree.leaves);
  const wanted = chosen(name, trees, argnums);
  const operands = leaves.map(({ value }) => value);
  const outer = graphOf(name, operands);
  if (outer !== undefined) {
    const { value, gradients } = recorded(name, outer, fn, trees, wanted);
    return { value, gradients: arranged(trees, wanted, gradients) };
  }
  const engine = engineFor(operands);
  const numbers = leaves.map(numbersOf);
  const program = kept.programs.get(engine, signatureOf(trees, numbers), () => {
    const graph = new Graph(engine, engine.scope(), 1);
    graph.seeds = seedsOf(seed);
    return compiled(name, graph, fn, trees, numbers, wanted);
  });
  const made: FloatTensor[] = [];
  try {
    const shapes = numbers.filter((_, i) => wanted[i]).map(({ shape }) => shape);
    for (const shape of shapes) made.push(allocate(engine, 'float32', shape));
    run(program, numbers, kept.calls++);
    const [value, ...gradients] = program.results;
    for (const [i, gradient] of gradients.entries()) made[i]?.data.set(gradient);
    return { value: value?.[0] ?? Number.NaN, gradients: arranged(trees, wanted, made) };
  } catch (error) {
    for (const tensor of made) tensor.dispose();
    throw error;
  }
}

/**
 * A function that returns the value of `fn` and its gradients: `gradients` has one for each argument, in that argument's structure, zeros
 * where the value does not depend on it. Arguments are tensors, numbers or nested arrays, or plain objects and arrays of them;
 * `fn` gets symbolic values in their places and returns a scalar made of them with `ops`. Tensors from elsewhere are
 * constants, with their values at recording time; recording happens once for each set of shapes.
 *
 * Called with symbolic values, inside another such function, it returns symbolic values, so that derivatives can be differentiated again.
 *
 * @throws TypeError for a result that is not symbolic, or integers to differentiate by; RangeError for a result that is not a scalar, or shapes that do
 * not fit.
 * @example
 * ```ts
 * import { ops, tensor, valueAndGrad } from 'simdescent';
 * const squares = valueAndGrad((w, x) => ops.mean(ops.square(ops.matmul(x, w))));
 * const { value, gradients } = squares(tensor([2, 1], [1, 2]), [[1, 0], [0, 1]]);
 * // value 2.5, gradients[0] [2, 1]: 1 2
 * squares.dispose();
 * ```
 * @category Tensors and gradients
 */
export function valueAndGrad(
  fn: (...args: SymbolicValue[]) => SymbolicValue,
  options?: ValueAndGradOptions,
): ValueAndGradient<SymbolicValue[]>;
export function valueAndGrad<A extends readonly SymbolicTree[]>(
  fn: (...args: A) => SymbolicValue,
  options?: ValueAndGradOptions,
): ValueAndGradient<A>;
export function valueAndGrad(fn: Fn, options: ValueAndGradOptions = {}): unknown {
  return made('valueAndGrad', fn, options, (result) => result);
}

/**
 * The gradient of a scalar function by its first argument, like {@link valueAndGrad}; {@link ValueAndGradient} says which functions and
 * arguments it takes.
 *
 * @throws like valueAndGrad.
 * @example
 * ```ts
 * import { grad, ops } from 'simdescent';
 * const slope = grad((x) => ops.power(x, 3));
 * const curvature = grad((x) => slope(x));
 * curvature(2).data[0]; // 12
 * ```
 * @category Tensors and gradients
 */
export function grad(fn: (...args: SymbolicValue[]) => SymbolicValue): Gradient<SymbolicValue[]>;
export function grad<A extends readonly SymbolicTree[]>(fn: (...args: A) => SymbolicValue): Gradient<A>;
export function grad(fn: Fn): unknown {
  return made('grad', fn, { argnums: [0] }, ({ gradients }) => gradients[0]);
}

function made(
  name: string,
  fn: Fn,
  options: ValueAndGradOptions,
  select: (result: { readonly value: unknown; readonly gradients: unknown[] }) => unknown,
): unknown {
  checkKind(typeof fn === 'function', `${name}: fn`, 'a function', fn);
  checkOptions(name, options, ['argnums', 'seed']);
  const { argnums, seed = 0 } = options;
  checkKind(argnums === undefined || Array.isArray(argnums), `${name}: argnums`, 'an array of numbers', argnums);
  checkInteger('seed', seed, 0);
  const kept = { programs: new Programs(), calls: 0 };
  const call = (...args: unknown[]): unknown => {
    if (args.length === 0) throw new RangeError(`${name}: the function needs arguments, got ${show(args)}`);
    return select(differentiated(name, fn, options, args, kept));
  };
  const dispose = (): void => kept.programs.dispose();
  return Object.assign(call, { dispose, [Symbol.dispose]: dispose });
}
