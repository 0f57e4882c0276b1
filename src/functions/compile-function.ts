/** A function of `ops` as one program, without gradients: predictions, samples, a policy. */
import { Graph } from '../graph/graph.ts';
import { engineFor, type FloatTensor, graphOf, lift } from '../ops/operand.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { seedsOf } from '../seeds.ts';
import { allocate } from '../tensor.ts';
import { checkInteger, checkKind, checkOptions } from '../validate.ts';
import { finish, Programs, placeholder, type Recorded, recordTree, run } from './recording.ts';
import { numbersOf, signatureOf, type Tree, treeOf } from './tree.ts';
import type { ArgumentList, InnerArguments, SymbolicTree } from './value-and-grad.ts';

/** Tensors in place of the symbolic values. */
export type Tensors<T> = T extends SymbolicValue ? FloatTensor : { readonly [K in keyof T]: Tensors<T[K]> };

/** The result of {@link compileFunction}. */
export interface CompiledFunction<A extends readonly unknown[], R> {
  /** The results are new tensors; the caller disposes of them. */
  (...args: ArgumentList<A>): Tensors<R>;
  /** Inside another recorded function: a part of it. */
  (...args: InnerArguments<A>): R;
  /** Frees the programs of all shapes. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** Options of {@link compileFunction}. */
export interface CompileFunctionOptions {
  /** Seeds `ops.randomNormal` and the like; each call draws new numbers. Default 0. */
  readonly seed?: number;
}

/** A program, and the structure and shapes of its results. */
interface Kept extends Recorded {
  readonly tree: Tree;
  readonly shapes: readonly (readonly number[])[];
}

/**
 * Makes one program from a function of `ops`: recorded at the first call with arguments of these shapes, run at all later ones. On tensors, each call of
 * `ops` returns a tensor that somebody must dispose of; a program makes only its results, and is faster. Arguments are tensors, numbers or
 * nested arrays, or plain objects and arrays of them; `fn` gets symbolic values in their places and returns a symbolic value, or plain objects and
 * arrays of them, and the call returns tensors in that structure. Tensors from elsewhere are constants, with their values at recording time.
 *
 * @throws TypeError for a result that is not symbolic; RangeError for shapes that do not fit.
 * @example
 * ```ts
 * import { compileFunction, ops, tensor } from 'simdescent';
 * const predict = compileFunction((w, x) => ops.softmax(ops.matmul(x, w)));
 * const w = tensor([2, 2], [1, 0, 0, 1]);
 * const chances = predict(w, [[3, 1]]); // [1, 2]: 0.88 0.12
 * chances.dispose();
 * predict.dispose();
 * ```
 * @category Tensors and gradients
 */
export function compileFunction<R extends SymbolicTree>(
  fn: (...args: SymbolicValue[]) => R,
  options?: CompileFunctionOptions,
): CompiledFunction<SymbolicValue[], R>;
export function compileFunction<A extends readonly SymbolicTree[], R extends SymbolicTree>(
  fn: (...args: A) => R,
  options?: CompileFunctionOptions,
): CompiledFunction<A, R>;
export function compileFunction(fn: (...args: never[]) => SymbolicTree, options: CompileFunctionOptions = {}): unknown {
  const name = 'compileFunction';
  checkKind(typeof fn === 'function', `${name}: fn`, 'a function', fn);
  checkOptions(name, options, ['seed']);
  const { seed = 0 } = options;
  checkInteger('seed', seed, 0);
  const programs = new Programs<Kept>();
  let calls = 0;

  const call = (...args: unknown[]): unknown => {
    const trees = args.map((arg, i) => treeOf(`argument ${i}`, arg));
    const leaves = trees.flatMap((tree) => tree.leaves);
    const operands = leaves.map(({ value }) => value);
    const outer = graphOf(name, operands);
    if (outer !== undefined) {
      const values = leaves.map(({ path, value }) => lift(outer, path, value, false, true));
      const { tree, results } = recordTree(name, outer, fn, trees, values);
      return tree.rebuild(results.map((result) => new SymbolicValue(result)));
    }
    const engine = engineFor(operands);
    const numbers = leaves.map(numbersOf);
    const program = programs.get(engine, signatureOf(trees, numbers), () => {
      const graph = new Graph(engine, engine.scope(), 1);
      graph.seeds = seedsOf(seed);
      try {
        const values = numbers.map((leaf) => placeholder(graph, leaf));
        const { tree, results } = recordTree(name, graph, fn, trees, values);
        return { ...finish(graph, values, results), tree, shapes: results.map(({ shape }) => shape) };
      } catch (error) {
        graph.scope.dispose();
        throw error;
      }
    });
    const made: FloatTensor[] = [];
    try {
      for (const shape of program.shapes) made.push(allocate(engine, 'float32', shape));
      run(program, numbers, calls++);
    } catch (error) {
      for (const tensor of made) tensor.dispose();
      throw error;
    }
    for (const [i, result] of program.results.entries()) made[i]?.data.set(result);
    return program.tree.rebuild(made);
  };
  const dispose = (): void => programs.dispose();
  return Object.assign(call, { dispose, [Symbol.dispose]: dispose });
}
