/**
 * Checks a function of `ops` in a graph with a batch: its numbers, gradients and second derivatives, by the kernels and in float64, against
 * central differences of the float64 reference.
 */
import { expect } from 'vitest';
import { Engine } from '../../src/engine/runtime.ts';
import { differentiate } from '../../src/graph/differentiate.ts';
import { evaluate, type Numbers64 } from '../../src/graph/evaluate.ts';
import { Graph, type Value } from '../../src/graph/graph.ts';
import { lower } from '../../src/graph/lower.ts';
import { arithmetic } from '../../src/graph/operations/arrays/arithmetic.ts';
import { filled } from '../../src/graph/operations/arrays/fill.ts';
import { reduceAxes } from '../../src/graph/operations/arrays/reduce.ts';
import { gather } from '../../src/graph/operations/gather.ts';
import { copy } from '../../src/graph/operations/sum.ts';
import { SymbolicValue } from '../../src/ops/symbolic.ts';
import { randomFloats } from '../core.ts';

/** An input: `rows` of a batch (the shape is without the batch axis) or fixed, with numbers from `of(random)`. */
export interface Input {
  readonly shape: readonly number[];
  readonly rows?: boolean;
  readonly of?: (random: number, index: number) => number;
  /** Not to be differentiated by. */
  readonly constant?: boolean;
}

export const batched = (...shape: number[]): Input => ({ shape, rows: true });
export const fixed = (...shape: number[]): Input => ({ shape });

const size = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** Rows of the batch. */
const ROWS = 3;

/** Records Σ w y of a value, with weights that tell its numbers apart. */
function weighted(y: Value, seed: number): Value {
  const random = randomFloats(seed);
  const m = arithmetic('test');
  const weights = y.graph.constant(
    y.shape,
    Float32Array.from({ length: y.size }, () => random() + 0.1),
  );
  const product = m.multiply(y, weights);
  const axes = y.shape.map((_, axis) => axis);
  return reduceAxes('test', 0, product, axes, y.rows);
}

export interface Options {
  /** Relative tolerance of kernels against float64. */
  readonly tolerance?: number;
  /** Relative tolerance of central differences, which are further off where a function bends sharply. */
  readonly differences?: number;
  /** Whether a second derivative exists. */
  readonly second?: boolean;
  readonly seed?: number;
  /** A runtime of the caller's, which stays. */
  readonly engine?: Engine;
  /** The result is the loss itself, not weighted. */
  readonly plain?: boolean;
  /** By the kernels alone. */
  readonly quick?: boolean;
  /** The numbers of the inputs. */
  readonly given?: readonly ArrayLike<number>[];
}

/** The numbers of the result, its gradients and second derivatives, as the kernels have them. */
export function checkOperation(
  fn: (...inputs: SymbolicValue[]) => SymbolicValue | readonly SymbolicValue[],
  inputs: readonly Input[],
  {
    tolerance = 2e-5,
    differences: near = 1e-6,
    second = true,
    seed = 1,
    engine = new Engine(2 ** 26, 1),
    plain = false,
    quick = false,
    given: numbersGiven,
  }: Options = {},
): Float32Array[] {
  const scope = engine.scope();
  const graph = new Graph(engine, scope, ROWS);
  const random = randomFloats(seed);
  const given = inputs.map(({ shape, rows, of = (x: number) => x }, input) => {
    const numbers = Float32Array.from(
      numbersGiven?.[input] ?? { length: size(shape) * (rows ? ROWS : 1) },
      (x, i) => x ?? of(random(), i),
    );
    const address = scope.allocate(numbers.byteLength);
    engine.f32(address, numbers.length).set(numbers);
    const value = rows ? gather(graph, 'input', address, shape) : graph.memory(shape, address);
    return { value, numbers: Float64Array.from(numbers) };
  });
  const result = fn(...given.map(({ value }) => new SymbolicValue(value)));
  const results = (result instanceof SymbolicValue ? [result] : result).map(({ value }) => value);
  const m = arithmetic('test');
  const total = (values: readonly Value[], offset: number): Value =>
    values.map((y, i) => weighted(y, i + offset)).reduce((a, b) => m.add(a, b));
  const wanted = given.filter((_, i) => inputs[i]?.constant !== true);
  const variables = wanted.map(({ value }) => value);
  const gradientsOf = (of: Value): Value[] => {
    const found = differentiate(graph, new Map([[of, filled(graph, 'test', of, 1)]]), variables);
    return variables.map((variable) => found.get(variable) ?? filled(graph, 'test', variable, 0));
  };
  const [only] = results;
  const loss = plain && only !== undefined ? only : total(results, 10);
  const first = gradientsOf(loss);
  const slope = second && first.length > 0 ? total(first, 20) : undefined;
  const curvature = slope === undefined ? [] : gradientsOf(slope);

  const numbersWith = (changed?: Value, place = 0, step = 0): Numbers64 => {
    const numbers: Numbers64 = new Map();
    for (const { value, numbers: own } of given) {
      const moved = own.slice();
      if (value === changed) moved[place] = (own[place] ?? 0) + step;
      numbers.set(value, moved);
    }
    return evaluate(graph, numbers, ROWS);
  };
  const exact = quick ? new Map() : numbersWith();
  const at = (numbers: Numbers64, value: Value): Float64Array => numbers.get(value) ?? new Float64Array(0);
  const differences = (of: Value, by: Value, count: number): number[] =>
    Array.from({ length: count }, (_, i) => {
      const h = 1e-5;
      const [up, down] = [numbersWith(by, i, h), numbersWith(by, i, -h)];
      return ((at(up, of)[0] ?? 0) - (at(down, of)[0] ?? 0)) / (2 * h);
    });
  for (const [i, { value, numbers }] of quick ? [] : wanted.entries()) {
    const check = (of: Value, gradient: Value | undefined, what: string): void => {
      if (gradient === undefined) return;
      expect([gradient.rows, gradient.shape], `type of ${what} by input ${i}`).toEqual([value.rows, value.shape]);
      close(at(exact, gradient), differences(of, value, numbers.length), near, `float64 ${what} by input ${i}`);
    };
    check(loss, first[i], 'gradient');
    if (slope !== undefined) check(slope, curvature[i], 'second derivative');
  }

  const outputs = [...results, ...first, ...curvature].map((value) => ({ value, kept: copy(graph, 'kept', value) }));
  for (const { kept } of outputs) graph.kept.add(kept);
  const program = lower(graph);
  program.begin(ROWS);
  program.run(1);
  program.finish();
  const got = outputs.map(({ value, kept }, i) => {
    const numbers = engine.f32(kept.address ?? 0, value.size * (value.rows ? ROWS : 1)).slice();
    if (!quick) close(numbers, at(exact, value), tolerance, `output ${i} of the kernels`);
    return numbers;
  });
  scope.dispose();
  return got;
}

function close(got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number, what: string): void {
  expect(got.length, what).toBe(want.length);
  const scale = Math.max(1, ...Array.from(want, Math.abs).filter(Number.isFinite));
  for (const [i, b] of Array.from(want).entries()) {
    const a = got[i] ?? Number.NaN;
    if (!Object.is(a, b) && !(Math.abs(a - b) <= tolerance * scale))
      expect.fail(`${what}, number ${i}: expected ${b}, got ${a}`);
  }
}
