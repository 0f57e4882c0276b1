/** 200 random graphs (branches, shared values, broadcasts, several outputs) against TensorFlow, central differences, and other numbers of threads. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Operand, ops } from '../../src/index.ts';
import type { SymbolicValue } from '../../src/ops/symbolic.ts';
import { bitsOf } from '../helpers.ts';
import { threaded } from '../threads.ts';
import { checkOperation, type Input, type Options } from './check.ts';

interface RandomGraph {
  readonly inputs: readonly { readonly rows: boolean; readonly shape: readonly number[]; readonly numbers: number[] }[];
  readonly steps: readonly (readonly [name: string, operands: readonly number[], ...rest: never[]])[];
  readonly outputs: readonly number[];
  readonly loss: number;
  readonly gradients: readonly number[][];
}

const { graphs } = JSON.parse(readFileSync(new URL('../reference/graphs.json', import.meta.url), 'utf8')) as {
  readonly graphs: readonly string[];
};
const all = graphs.map((text) => JSON.parse(text) as RandomGraph);

type Step = (x: SymbolicValue, y: SymbolicValue, ...rest: never[]) => SymbolicValue;
const axes =
  (name: 'sum' | 'mean' | 'max' | 'variance' | 'logSumExp'): Step =>
  (x, axis: readonly number[] | SymbolicValue, keepdims?: never) =>
    ops[name](x, { axis: axis as readonly number[], keepdims: keepdims ?? false });
/** What the steps of test/reference/generate/graphs.py are, where they are not the operation of that name with its operands. */
const steps: Readonly<Record<string, Step>> = {
  divide: (x, y) => ops.divide(x, ops.add(1, ops.square(y))),
  where: (x, y) => ops.where(ops.greater(x, y), ops.multiply(x, y), ops.subtract(x, y)),
  expm1: (x) => ops.expm1(ops.tanh(x)),
  log1p: (x) => ops.log1p(ops.square(x)),
  rsqrt: (x) => ops.rsqrt(ops.add(1, ops.square(x))),
  sum: axes('sum'),
  mean: axes('mean'),
  max: axes('max'),
  variance: axes('variance'),
  logSumExp: axes('logSumExp'),
  matmul: (x, y, transposeA, transposeB) => ops.matmul(x, y, { transposeA, transposeB }),
  transpose: (x, order) => ops.transpose(x, { axes: order as never }),
  concatenate: (x, axis) => ops.concatenate([x, ops.sin(x), x], { axis: axis as never }),
  pad: (x, width) => ops.pad(x, width as never, { constantValue: 0.5 }),
  repeat: (x, axis) => ops.repeat(x, 2, { axis: axis as never }),
  cumsum: (x, axis) => ops.cumsum(x, { axis: axis as never }),
  take: (x, indices, axis) => ops.take(x, indices, { axis }),
};

/** The loss of a graph: the sum of the mean squares of its outputs. */
function lossOf({ steps: recorded, outputs }: RandomGraph, inputs: readonly SymbolicValue[]): SymbolicValue {
  const values = [...inputs];
  for (const [name, operands, ...rest] of recorded) {
    const step = steps[name] ?? (ops[name as 'add'] as unknown as Step);
    const taken = operands.map((i) => values[i] as SymbolicValue);
    values.push(step(...([...taken, ...rest] as never as [SymbolicValue, SymbolicValue])));
  }
  return outputs
    .map((i) => ops.mean(ops.square(values[i] as SymbolicValue)))
    .reduce((a: Operand, b) => ops.add(a, b)) as SymbolicValue;
}

function run(graph: RandomGraph, options: Options): Float32Array[] {
  const inputs: Input[] = graph.inputs.map(({ rows, shape }) => ({ rows, shape }));
  const given = graph.inputs.map(({ numbers }) => numbers);
  return checkOperation((...x) => lossOf(graph, x), inputs, {
    plain: true,
    given,
    tolerance: 1e-4,
    differences: 1e-5,
    ...options,
  });
}

describe('agree with TensorFlow and with central differences', () => {
  test.each(all.map((graph, i) => [i, graph] as const))('%i', (i, graph) => {
    // second derivatives of some: they take a hundred times the operations
    const [loss, ...gradients] = run(graph, { second: i % 10 === 0 });
    expect(Math.abs((loss?.[0] ?? Number.NaN) - graph.loss)).toBeLessThan(1e-5 * Math.max(1, graph.loss));
    for (const [input, want] of graph.gradients.entries()) {
      const scale = Math.max(1, ...want.map(Math.abs));
      const got = gradients[input];
      expect(got?.length).toBe(want.length);
      for (const [place, value] of want.entries())
        expect(Math.abs((got?.[place] ?? Number.NaN) - value), `gradient ${place} by input ${input}`).toBeLessThan(
          1e-4 * scale,
        );
    }
  });
});

test('give the same bits with 1, 2, 3 and 7 threads', async () => {
  const some = all.filter((_, i) => i % 4 === 0);
  const bits = [];
  for (const threads of [1, 2, 3, 7]) {
    const engine = await threaded(threads);
    bits.push(some.map((graph) => run(graph, { engine, quick: true, second: false }).map(bitsOf)));
    expect(engine.workers).toBe(threads - 1);
    engine.dispose();
  }
  for (const other of bits) expect(other).toEqual(bits[0]);
});
