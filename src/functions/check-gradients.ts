/** Compares gradients with central differences of the same operations in float64. */
import { evaluate, type Numbers64 } from '../graph/evaluate.ts';
import { Graph } from '../graph/graph.ts';
import { engineFor } from '../ops/operand.ts';
import type { SymbolicValue } from '../ops/symbolic.ts';
import { Tensor } from '../tensor.ts';
import { checkInteger, checkNumber, checkOptions } from '../validate.ts';
import { placeholder, record } from './recording.ts';
import { numbersOf, treeOf } from './tree.ts';
import { type Arguments, type SymbolicTree, valueAndGrad } from './value-and-grad.ts';

/** Options of {@link checkGradients}. */
export interface CheckGradientsOptions {
  /** The arguments to differentiate by: their numbers, from 0. Default: all. */
  readonly argnums?: readonly number[];
  /** Distance between the two points of a difference. Default 1e-4. */
  readonly step?: number;
  /** Largest error that passes, relative to the largest derivative by the same tensor. Default 1e-3. */
  readonly tolerance?: number;
  /** Most numbers of each tensor to check, spread evenly. Default 100. */
  readonly most?: number;
}

/** A derivative by one number. */
export interface CheckedDerivative {
  /** The tensor: `argument 0.kernel`. */
  readonly path: string;
  /** Which of its numbers, row-major. */
  readonly index: number;
  /** The library's result. */
  readonly gradient: number;
  /** Central differences in float64. */
  readonly expected: number;
  /** Their distance, relative to the largest derivative by the same tensor. */
  readonly error: number;
}

/** Result of {@link checkGradients}. */
export interface GradientReport {
  /** Whether all errors are within the tolerance. */
  readonly passed: boolean;
  /** Number of derivatives checked. */
  readonly checked: number;
  /** The derivatives outside the tolerance, worst first; if there are none, the worst one. */
  readonly worst: readonly CheckedDerivative[];
  /** The same in words. */
  readonly message: string;
}

/** Indices spread evenly over `size`. */
const spread = (size: number, most: number): number[] =>
  Array.from({ length: Math.min(size, most) }, (_, i) => Math.floor((i * size) / Math.min(size, most)));

/**
 * Checks the gradients of a function at `args` against central differences of the recorded operations, evaluated in float64 without any of the
 * library's kernels. Where a function has a kink within `step` (relu, abs, max of equal numbers), the two may differ legitimately.
 *
 * @param fn as for {@link valueAndGrad}, without random numbers
 * @throws like valueAndGrad.
 * @example
 * ```ts
 * import { checkGradients, ops, tensor } from 'simdescent';
 * const report = checkGradients((x) => ops.sum(ops.exp(ops.square(x))), [tensor([3], [0.1, 0.2, 0.3])]);
 * if (!report.passed) throw new Error(report.message);
 * ```
 * @category Tensors and gradients
 */
export function checkGradients(
  fn: (...args: SymbolicValue[]) => SymbolicValue,
  args: readonly Arguments<SymbolicValue>[],
  options?: CheckGradientsOptions,
): GradientReport;
export function checkGradients<A extends readonly SymbolicTree[]>(
  fn: (...args: A) => SymbolicValue,
  args: { readonly [K in keyof A]: Arguments<A[K]> },
  options?: CheckGradientsOptions,
): GradientReport;
export function checkGradients(
  fn: (...args: never[]) => SymbolicValue,
  args: readonly unknown[],
  options: CheckGradientsOptions = {},
): GradientReport {
  checkOptions('checkGradients', options, ['argnums', 'step', 'tolerance', 'most']);
  const { argnums, step = 1e-4, tolerance = 1e-3, most = 100 } = options;
  checkNumber('step', step, 1e-12);
  checkNumber('tolerance', tolerance, 0);
  checkInteger('most', most, 1);
  const trees = args.map((arg, i) => treeOf(`argument ${i}`, arg));
  const leaves = trees.flatMap((tree) => tree.leaves);
  const engine = engineFor(leaves.map(({ value }) => value));
  const scope = engine.scope();
  const graph = new Graph(engine, scope, 1);
  const given = leaves.map(numbersOf);
  const values = given.map((leaf) => placeholder(graph, leaf));
  const loss = record('checkGradients', graph, fn, trees, values);
  const numbers = given.map(({ data }) => Float64Array.from(data));
  /** The loss with one number moved. */
  const lossAt = (leaf: number, index: number, by: number): number => {
    const moved: Numbers64 = new Map(values.map((value, i) => [value, numbers[i]?.slice() ?? new Float64Array(0)]));
    const own = values[leaf] && moved.get(values[leaf]);
    if (own) own[index] = (own[index] ?? 0) + by;
    return evaluate(graph, moved).get(loss)?.[0] ?? Number.NaN;
  };

  const differentiate = valueAndGrad(fn as (...all: SymbolicValue[]) => SymbolicValue, { ...(argnums && { argnums }) });
  const { gradients } = differentiate(...(args as Arguments<SymbolicValue>[]));
  differentiate.dispose();
  const found = gradients.flatMap((gradient, i) => treeOf(`${i}`, gradient).leaves);
  const wanted = trees.flatMap((tree, i) => tree.leaves.map(() => argnums?.includes(i) ?? true));
  let next = 0;
  const derivatives = leaves.flatMap(({ path }, leaf): CheckedDerivative[] => {
    const gradient = wanted[leaf] ? found[next++]?.value : undefined;
    if (!(gradient instanceof Tensor)) return [];
    const pairs = spread(gradient.size, most).map((index) => ({
      index,
      gradient: gradient.data[index] ?? Number.NaN,
      expected: (lossAt(leaf, index, step) - lossAt(leaf, index, -step)) / (2 * step),
    }));
    gradient.dispose();
    const largest = Math.max(...pairs.map(({ expected }) => Math.abs(expected)), Number.MIN_VALUE);
    const scale = largest < 1e-12 ? 1 : largest;
    return pairs.map((pair) => ({ path, ...pair, error: Math.abs(pair.gradient - pair.expected) / scale }));
  });
  const sorted = derivatives.sort((a, b) => (Number.isNaN(a.error) ? -1 : b.error - a.error));
  const wrong = sorted.filter(({ error }) => !(error <= tolerance));
  const worst = wrong.length > 0 ? wrong : sorted.slice(0, 1);
  const lines = worst
    .slice(0, 10)
    .map(
      ({ path, index, gradient, expected, error }) =>
        `  ${path}[${index}]: gradient ${gradient}, central difference ${expected}, relative error ${error.toExponential(1)}`,
    );
  const head =
    wrong.length > 0
      ? `${wrong.length} of ${sorted.length} derivatives differ from central differences by more than ${tolerance}:`
      : `${sorted.length} derivatives agree with central differences within ${tolerance}; the worst:`;
  return { passed: wrong.length === 0, checked: sorted.length, worst, message: [head, ...lines].join('\n') };
}
