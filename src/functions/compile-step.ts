/** A training step of your own: a loss function, parameters and an optimizer, in one program. */
import { differentiate } from '../graph/differentiate.ts';
import { Graph, type Value } from '../graph/graph.ts';
import { filled } from '../graph/operations/arrays/fill.ts';
import { copy } from '../graph/operations/sum.ts';
import { engineFor, type FloatTensor } from '../ops/operand.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { makeBlocks, type Spot } from '../optimizers/blocks.ts';
import { Optimizer } from '../optimizers/optimizer.ts';
import { seedsOf } from '../seeds.ts';
import { Tensor } from '../tensor.ts';
import { checkInteger, checkKind, checkOptions } from '../validate.ts';
import { finish, Programs, place, placeholder, type Recorded, record, run } from './recording.ts';
import { type LeafNumbers, numbersOf, signatureOf, type Tree, treeOf } from './tree.ts';
import type { Arguments, SymbolicTree } from './value-and-grad.ts';

/** Tensors, or plain objects and arrays of them: the parameters of a step. */
export type ParameterTree = FloatTensor | readonly ParameterTree[] | { readonly [key: string]: ParameterTree };

/** The loss function's view of the parameters. */
export type Symbolic<P> = P extends Tensor ? SymbolicValue : { readonly [K in keyof P]: Symbolic<P[K]> };

/** Options of {@link compileStep}. */
export interface CompileStepOptions<P extends ParameterTree, A extends readonly SymbolicTree[]> {
  /** The scalar to minimize, made of the parameters and the inputs of a step by `ops`. */
  readonly loss: (parameters: Symbolic<P>, ...inputs: A) => SymbolicValue;
  /** Float32 tensors of one runtime, updated in place. Do not dispose of them before the step. */
  readonly parameters: P;
  /** The update rule; it belongs to this step until the step is disposed of. */
  readonly optimizer: Optimizer;
  /** Seeds `ops.randomNormal` and the like; each step draws new numbers. Default 0. */
  readonly seed?: number;
}

/** One training step: returns the loss before the update. Made by {@link compileStep}. */
export interface CompiledStep<A extends readonly unknown[]> {
  (...inputs: { readonly [K in keyof A]: Arguments<A[K]> }): number;
  /** Frees programs, gradients and slots, and releases the optimizer; the parameters stay. */
  dispose(): void;
  /** {@link dispose}, for `using`. */
  [Symbol.dispose](): void;
}

/** The tensors of the parameters, which do not overlap. */
function parametersOf(tree: Tree): FloatTensor[] {
  const tensors = tree.leaves.map(({ path, value }) => {
    checkKind(value instanceof Tensor, path, 'a tensor', value);
    if (value.dtype !== 'float32') throw new TypeError(`${path} must be a float32 tensor, got ${value.dtype}`);
    return value as FloatTensor;
  });
  if (tensors.length === 0) throw new RangeError('compileStep: there are no parameters');
  const sorted = [...tensors].sort((a, b) => a.address - b.address);
  for (const [i, { address, size }] of sorted.entries())
    if ((sorted[i + 1]?.address ?? Number.POSITIVE_INFINITY) < address + 4 * size)
      throw new Error('compileStep: a parameter is given twice, or overlaps another');
  return tensors;
}

/** Records forward, backward and update. */
function recordStep(
  graph: Graph,
  loss: (...args: never[]) => SymbolicValue,
  tree: Tree,
  parameters: readonly FloatTensor[],
  inputs: readonly Tree[],
  numbers: readonly LeafNumbers[],
  optimizer: Optimizer,
  spots: readonly Spot[],
): Recorded {
  const weights = parameters.map(({ shape, address }) => graph.memory(shape, address));
  const values = numbers.map((leaf) => placeholder(graph, leaf));
  /** The loss, and its gradients where the optimizer reads them. */
  const differentiated = (): Value => {
    const from = graph.nodes.length;
    // a second time with the same random numbers
    graph.draws = 0;
    const value = record('compileStep', graph, loss, [tree, ...inputs], [...weights, ...values]);
    const found = differentiate(graph, new Map([[value, filled(graph, 'loss', value, 1)]]), weights, from);
    for (const [i, weight] of weights.entries()) {
      const gradient = found.get(weight);
      const path = tree.leaves[i]?.path ?? '';
      if (gradient === undefined)
        throw new Error(`compileStep: the loss does not depend on ${path}; use that parameter or remove it`);
      place(graph, `gradient of ${path}`, gradient, spots[i]?.gradient ?? 0);
    }
    return value;
  };
  const value = differentiated();
  const pairs = weights.map((w, i) => ({ w, g: graph.memory(w.shape, spots[i]?.gradient ?? 0) }));
  const found = optimizer.spec.rule.searches !== true ? 0 : graph.block(4);
  if (found !== 0) copy(graph, 'loss', value).address = found;
  const again = (): void => {
    const changed = differentiated();
    if (found !== 0) copy(graph, 'loss', changed).address = found;
  };
  optimizer.ascent?.(graph, pairs, again);
  optimizer.record(graph, [], { total: 0, value: found, again });
  return finish(graph, values, [value]);
}

/**
 * Makes a training step from a loss function: records the gradients of `loss` by the parameters and the optimizer's update once for each shape of
 * inputs, and runs them as one program. The returned function takes the inputs that `loss` takes after the parameters, trains one step at once
 * and returns the loss; repeated calls allocate nothing in the runtime's memory.
 *
 * @throws TypeError for parameters that are not float32 tensors; Error for an optimizer that is in use, or a parameter that the loss does not depend on;
 * RangeError for a loss that is not a scalar.
 * @example
 * ```ts
 * import { compileStep, ops, optimizers, tensor } from 'simdescent';
 * const parameters = { w: tensor([2, 1]), b: tensor([1]) };
 * const step = compileStep({
 *   loss: ({ w, b }, x, y) => ops.mean(ops.square(ops.subtract(ops.add(ops.matmul(x, w), b), y))),
 *   parameters,
 *   optimizer: optimizers.adam({ learningRate: 0.1 }),
 * });
 * for (let i = 0; i < 100; i++) step([[0, 1], [1, 0], [1, 1]], [[1], [2], [3]]);
 * step.dispose();
 * ```
 * @category Tensors and gradients
 */
export function compileStep<P extends ParameterTree>(
  options: CompileStepOptions<P, readonly SymbolicValue[]>,
): CompiledStep<readonly SymbolicValue[]>;
export function compileStep<P extends ParameterTree, A extends readonly SymbolicTree[]>(
  options: CompileStepOptions<P, A>,
): CompiledStep<A>;
export function compileStep(options: {
  readonly loss: (...args: never[]) => SymbolicValue;
  readonly parameters: unknown;
  readonly optimizer: Optimizer;
  readonly seed?: number;
}): unknown {
  checkOptions('compileStep', options, ['loss', 'parameters', 'optimizer', 'seed']);
  const { loss, parameters: given, optimizer, seed = 0 } = options;
  checkKind(typeof loss === 'function', 'compileStep: loss', 'a function', loss);
  checkKind(optimizer instanceof Optimizer, 'compileStep: optimizer', 'made by optimizers', optimizer);
  checkInteger('seed', seed, 0);
  const tree = treeOf('parameters', given);
  const parameters = parametersOf(tree);
  const engine = engineFor(parameters);
  const owner = {};
  const scope = engine.scope();
  const programs = new Programs();
  optimizer.checkFree(owner);
  let spots: readonly Spot[];
  try {
    const weights = parameters.map(({ shape, address }, i) => ({ name: tree.leaves[i]?.path ?? '', shape, address }));
    optimizer.checkNames(weights.map(({ name }) => name));
    const made = makeBlocks(engine, scope, optimizer, weights, true);
    optimizer.bind(owner, engine, scope, made.blocks);
    spots = made.spots;
  } catch (error) {
    scope.dispose();
    throw error;
  }
  let [steps, disposed] = [0, false];

  const step = (...inputs: unknown[]): number => {
    if (disposed) throw new Error('this step has been disposed of');
    // asking for an address finds out whether a tensor has been disposed of
    for (const parameter of parameters) void parameter.address;
    const trees = inputs.map((input, i) => treeOf(`input ${i}`, input));
    const numbers = trees.flatMap(({ leaves }) => leaves.map(numbersOf));
    const program = programs.get(engine, signatureOf(trees, numbers), () => {
      const graph = new Graph(engine, engine.scope(), 1);
      graph.seeds = seedsOf(seed);
      try {
        return recordStep(graph, loss, tree, parameters, trees, numbers, optimizer, spots);
      } catch (error) {
        graph.scope.dispose();
        throw error;
      }
    });
    run(program, numbers, steps++);
    return program.results[0]?.[0] ?? Number.NaN;
  };
  const dispose = (): void => {
    if (disposed) return;
    disposed = true;
    programs.dispose();
    optimizer.release(owner);
    if (!engine.disposed) scope.dispose();
  };
  return Object.assign(step, { dispose, [Symbol.dispose]: dispose });
}
