/**
 * The operations of a graph in float64, one after the other, as their definitions say: the reference for kernels and gradients.
 * Uses nothing of the core.
 */
import * as words from '../../assembly/opcodes.ts';
import * as activationWords from '../../assembly/words/activation.ts';
import * as activationGradientWords from '../../assembly/words/activation-gradient.ts';
import * as momentWords from '../../assembly/words/batch-moments.ts';
import * as binaryWords from '../../assembly/words/binary.ts';
import * as channelSumWords from '../../assembly/words/channel-sums.ts';
import * as channelTotalWords from '../../assembly/words/channel-totals.ts';
import * as copyWords from '../../assembly/words/copy-strided.ts';
import * as cumulativeWords from '../../assembly/words/cumulative-sum.ts';
import * as denseWords from '../../assembly/words/dense.ts';
import * as inputGradientWords from '../../assembly/words/dense-input-gradient.ts';
import * as kernelGradientWords from '../../assembly/words/dense-kernel-gradient.ts';
import * as divideWords from '../../assembly/words/divide-by-rows.ts';
import * as fillWords from '../../assembly/words/fill.ts';
import * as normalizeWords from '../../assembly/words/normalize.ts';
import * as normalizeGradientWords from '../../assembly/words/normalize-gradient.ts';
import * as oneHotWords from '../../assembly/words/one-hot.ts';
import * as productsWords from '../../assembly/words/products.ts';
import * as reduceWords from '../../assembly/words/reduce.ts';
import * as reduceRowsWords from '../../assembly/words/reduce-rows.ts';
import * as resampleWords from '../../assembly/words/resample.ts';
import * as resampleGradientWords from '../../assembly/words/resample-gradient.ts';
import * as selectWords from '../../assembly/words/select.ts';
import * as sumWords from '../../assembly/words/sum.ts';
import * as takeWords from '../../assembly/words/take.ts';
import * as takeGradientWords from '../../assembly/words/take-gradient.ts';
import * as unaryWords from '../../assembly/words/unary.ts';
import { activate64, activateBack64 } from './evaluate-activations.ts';
import { convRules } from './evaluate-conv.ts';
import { tapsOf } from './evaluate-pictures.ts';
import { binary64, reduce64, unary64 } from './evaluate-scalars.ts';
import { type Graph, isView, type Node, type Value } from './graph.ts';
import { geometryOf } from './operations/arrays/copy.ts';

/** The numbers of each value. */
export type Numbers64 = Map<Value, Float64Array>;

/** Arguments of an operation: its attributes, the rows of the batch, its inputs and outputs. */
interface Step {
  readonly at: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly input: (name: string) => Float64Array;
  readonly output: (name: string) => Float64Array | undefined;
  readonly node: Node;
}

const num = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN;

/** How often `perRow` makes it repeat. */
const times = ({ at, rows }: Step): number => (at.perRow ? rows : 1);

/** c[m, n] += op(a) op(b), beginning at these places. */
function product(
  [c, cAt]: readonly [Float64Array, number],
  [a, aAt, ta]: readonly [Float64Array, number, boolean],
  [b, bAt, tb]: readonly [Float64Array, number, boolean],
  [m, n, k]: readonly [number, number, number],
): void {
  for (let i = 0; i < m; i++)
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let p = 0; p < k; p++)
        sum += num(a, aAt + (ta ? p * m + i : i * k + p)) * num(b, bAt + (tb ? j * k + p : p * n + j));
      c[cAt + i * n + j] = num(c, cAt + i * n + j) + sum;
    }
}

const ownRules: Readonly<Record<number, (step: Step) => void>> = {
  [binaryWords.code](step) {
    const { at, input, output } = step;
    const [a, b, y] = [input('a'), input('b'), output('y')];
    const read = (x: Float64Array, i: number, period = 0, repeat = 1): number => {
      const index = Math.floor(i / repeat);
      return num(x, period ? index % period : index);
    };
    y?.forEach((_, i) => {
      y[i] = binary64(at.kind, read(a, i, at.aPeriod, at.aRepeat), read(b, i, at.bPeriod, at.bRepeat));
    });
  },
  [unaryWords.code]({ at, input, output }) {
    const [x, y] = [input('x'), output('y')];
    y?.forEach((_, i) => {
      y[i] = unary64(at.kind, num(x, i), at.parameter ?? 0, at.parameter2 ?? 0);
    });
  },
  [selectWords.code]({ input, output }) {
    const [condition, a, b, y] = [input('condition'), input('a'), input('b'), output('y')];
    y?.forEach((_, i) => {
      y[i] = num(condition, i) !== 0 ? num(a, i) : num(b, i);
    });
  },
  [reduceWords.code](step) {
    const { at, input, output } = step;
    const [x, y] = [input('x'), output('y')];
    const { outer = 1, count = 1, inner = 1 } = at;
    for (let o = 0; o < outer * times(step); o++)
      for (let i = 0; i < inner; i++) {
        const line = Array.from({ length: count }, (_, c) => num(x, (o * count + c) * inner + i));
        if (y) y[o * inner + i] = reduce64(at.kind, line);
      }
  },
  [reduceRowsWords.code]({ at, rows, input, output }) {
    const [x, y] = [input('x'), output('y')];
    const { n = 0 } = at;
    y?.forEach((_, j) => {
      y[j] = reduce64(
        at.kind,
        Array.from({ length: rows }, (_row, r) => num(x, r * n + j)),
      );
    });
  },
  [copyWords.code](step) {
    const { input, output, node } = step;
    const { descriptor, y: before, x: from } = node.inputs;
    const [x, y] = [input('x'), output('y')];
    if (descriptor === undefined || y === undefined) return;
    if (before !== undefined) y.set(input('y'));
    const { axes, yOffset, xOffset } = geometryOf(descriptor);
    const [yRow, xRow] = [y.length / times(step), from?.rows ? (from.size ?? 0) : 0];
    const run = (axis: number, to: number, at: number): void => {
      const one = axes[axis];
      if (one === undefined) y[to] = num(x, at);
      else for (let i = 0; i < one.size; i++) run(axis + 1, to + i * one.y, at + i * one.x);
    };
    for (let r = 0; r < times(step); r++) run(0, yOffset + r * yRow, xOffset + r * xRow);
  },
  [fillWords.code]({ at, output }) {
    output('y')?.fill(at.value ?? 0);
  },
  [takeWords.code]({ at, input, output }) {
    const [table, indices, y] = [input('table'), input('indices'), output('y')];
    const { width = 1, count = 0 } = at;
    y?.forEach((_, i) => {
      const index = Math.trunc(num(indices, Math.floor(i / width)));
      y[i] = index >= 0 && index < count ? num(table, index * width + (i % width)) : Number.NaN;
    });
  },
  [takeGradientWords.code]({ at, input, output }) {
    const [dy, indices, table] = [input('dy'), input('indices'), output('dtable')];
    const { width = 1, count = 0 } = at;
    dy.forEach((value, i) => {
      const index = Math.trunc(num(indices, Math.floor(i / width)));
      const place = index * width + (i % width);
      if (table && index >= 0 && index < count) table[place] = num(table, place) + value;
    });
  },
  [productsWords.code](step) {
    const { at, input, output } = step;
    const [a, b, c] = [input('a'), input('b'), output('c')];
    const { m = 1, n = 1, k = 1, flags = 0, aPeriod = 0, bPeriod = 0, times: count = 1 } = at;
    const [ta, tb] = [(flags & words.TRANSPOSE_A) !== 0, (flags & words.TRANSPOSE_B) !== 0];
    for (let p = 0; c !== undefined && p < count * times(step); p++) {
      const [pa, pb] = [aPeriod ? p % aPeriod : p, bPeriod ? p % bPeriod : p];
      product([c, p * m * n], [a, pa * m * k, ta], [b, pb * k * n, tb], [m, n, k]);
    }
  },
  [denseWords.code]({ at, rows, input, output, node }) {
    const { inputs = 1, units = 1, times: vectors = 1, relu } = at;
    const y = output('y');
    if (y === undefined) return;
    product([y, 0], [input('x'), 0, false], [input('kernel'), 0, false], [rows * vectors, units, inputs]);
    const bias = node.inputs.bias && input('bias');
    y.forEach((value, i) => {
      const sum = value + (bias ? num(bias, i % units) : 0);
      y[i] = relu === 1 ? Math.max(sum, 0) : sum;
    });
  },
  [kernelGradientWords.code]({ at, rows, input, output }) {
    const { inputs = 1, units = 1, times: vectors = 1 } = at;
    const [dkernel, dbias, dz] = [output('dkernel'), output('dbias'), input('dz')];
    if (dkernel) product([dkernel, 0], [input('x'), 0, true], [dz, 0, false], [inputs, units, rows * vectors]);
    dz.forEach((value, i) => {
      if (dbias) dbias[i % units] = num(dbias, i % units) + value;
    });
  },
  [inputGradientWords.code]({ at, rows, input, output }) {
    const { inputs = 1, units = 1, times: vectors = 1 } = at;
    const dx = output('dx');
    if (dx) product([dx, 0], [input('dz'), 0, false], [input('kernel'), 0, true], [rows * vectors, inputs, units]);
  },
  [oneHotWords.code]({ at, input, output }) {
    const [indices, y] = [input('indices'), output('y')];
    const { depth = 1 } = at;
    y?.forEach((_, i) => {
      y[i] = Math.trunc(num(indices, Math.floor(i / depth))) === i % depth ? 1 : 0;
    });
  },
  [divideWords.code]({ rows, input, output }) {
    output('y')?.set(input('x').map((value) => value / rows));
  },
  [cumulativeWords.code](step) {
    const { at, input, output } = step;
    const [x, y] = [input('x'), output('y')];
    const { outer = 1, count = 1, inner = 1, reverse } = at;
    for (let o = 0; o < outer * times(step); o++)
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let c = 0; c < count; c++) {
          const place = (o * count + (reverse ? count - 1 - c : c)) * inner + i;
          sum += num(x, place);
          if (y) y[place] = sum;
        }
      }
  },
  [resampleWords.code]({ at, rows, input, output, node }) {
    const { channels = 1, value = 0 } = at;
    const [x, y] = [input('x'), output('y')];
    const taps = tapsOf(at, rows, node.inputs.matrix && input('matrix'));
    y?.forEach((_, i) => {
      const c = i % channels;
      y[i] = (taps[(i - c) / channels] ?? []).reduce(
        (sum, { pixel, weight }) => sum + weight * (pixel < 0 ? value : num(x, pixel * channels + c)),
        0,
      );
    });
  },
  [resampleGradientWords.code]({ at, rows, input, output, node }) {
    const { channels = 1 } = at;
    const [dy, dx] = [input('dy'), output('dx')];
    const taps = tapsOf(at, rows, node.inputs.matrix && input('matrix'));
    dy.forEach((value, i) => {
      const c = i % channels;
      for (const { pixel, weight } of taps[(i - c) / channels] ?? [])
        if (dx && pixel >= 0) dx[pixel * channels + c] = num(dx, pixel * channels + c) + weight * value;
    });
  },
  [channelSumWords.code]({ at, input, output, node }) {
    const { channels = 1 } = at;
    const [x, sums] = [input('x'), output('sums')];
    const dy = node.inputs.dy && input('dy');
    x.forEach((value, i) => {
      const c = i % channels;
      const a = dy ? num(dy, i) : value;
      const b = dy ? (value - num(input('mean'), c)) * num(input('inverse'), c) : value;
      // the two sums of the first channel, of the second, …: the layout of the kernel's blocks is its own
      sums?.set([num(sums, 2 * c) + a, num(sums, 2 * c + 1) + a * b], 2 * c);
    });
  },
  [momentWords.code]({ at, rows, input, output }) {
    const { times: positions = 1, epsilon = 0 } = at;
    const [sums, mean, inverse] = [input('sums'), output('mean'), output('inverse')];
    mean?.forEach((_, c) => {
      const n = rows * positions;
      mean[c] = num(sums, 2 * c) / n;
      if (inverse) inverse[c] = 1 / Math.sqrt(num(sums, 2 * c + 1) / n - num(mean, c) ** 2 + epsilon);
    });
  },
  [channelTotalWords.code]({ input, output }) {
    const sums = input('sums');
    for (const [name, k] of [
      ['first', 0],
      ['second', 1],
    ] as const)
      output(name)?.forEach((_, c, list) => {
        list[c] = num(sums, 2 * c + k);
      });
  },
  [normalizeWords.code]({ at, input, output, node }) {
    const { channels = 1, relu } = at;
    const [x, mean, inverse, y] = [input('x'), input('mean'), input('inverse'), output('y')];
    const gamma = node.inputs.gamma && input('gamma');
    const beta = node.inputs.beta && input('beta');
    y?.forEach((_, i) => {
      const c = i % channels;
      const unit = (num(x, i) - num(mean, c)) * num(inverse, c);
      const value = unit * (gamma ? num(gamma, c) : 1) + (beta ? num(beta, c) : 0);
      y[i] = relu === 1 ? Math.max(value, 0) : value;
    });
  },
  [normalizeGradientWords.code]({ at, rows, input, output, node }) {
    const { channels = 1, times: positions = 1 } = at;
    const [dy, x, mean, inverse, dx] = [input('dy'), input('x'), input('mean'), input('inverse'), output('dx')];
    const given = (name: string): Float64Array | undefined => node.inputs[name] && input(name);
    const [gamma, dbeta, dgamma] = [given('gamma'), given('dbeta'), given('dgamma')];
    const n = rows * positions;
    dx?.forEach((_, i) => {
      const c = i % channels;
      const unit = (num(x, i) - num(mean, c)) * num(inverse, c);
      const through = dbeta && dgamma ? (num(dbeta, c) + unit * num(dgamma, c)) / n : 0;
      dx[i] = num(inverse, c) * (gamma ? num(gamma, c) : 1) * (num(dy, i) - through);
    });
  },
  [sumWords.code]({ input, output, node }) {
    const a = input('a');
    const b = node.inputs.b && input('b');
    output('y')?.set(a.map((value, i) => value + (b ? num(b, i) : 0)));
  },
  [activationWords.code]({ at, input, output }) {
    output('y')?.set(activate64(at.kind, input('x'), at.alpha ?? 0, at.cols ?? 1));
  },
  [activationGradientWords.code]({ at, input, output, node }) {
    const from = node.inputs.x ? input('x') : input('y');
    output('dx')?.set(activateBack64(at.kind, input('dy'), from, at.alpha ?? 0, at.cols ?? 1));
  },
};

/** The numbers of `value`, if no operation has to compute them. */
function given(value: Value, numbers: Numbers64): Float64Array | undefined {
  const known = numbers.get(value) ?? numbers.get(value.root);
  if (known !== undefined) return known;
  const { data, address } = value.root;
  if (data !== undefined) return Float64Array.from(data);
  const { engine } = value.graph;
  return address === undefined ? undefined : Float64Array.from(engine.f32(address, value.size));
}

/**
 * Runs all nodes of a graph that has not been lowered, in order, for `rows` rows of the batch; `numbers` holds the given values, and receives
 * all others.
 *
 * @throws Error for an operation without a definition here: random numbers, and those of losses, optimizers and data.
 */
export function evaluate({ nodes }: Graph, numbers: Numbers64, rows = 1): Numbers64 {
  const of = (value: Value): Float64Array => {
    const found = given(value, numbers);
    if (found === undefined) throw new Error('a value is read before it is there');
    numbers.set(value, found);
    return found;
  };
  for (const node of nodes) {
    const { operation, inputs, outputs, attributes } = node;
    if (isView(node)) {
      const { x } = inputs;
      if (x !== undefined) for (const value of Object.values(outputs)) numbers.set(value, of(x));
      continue;
    }
    const made = Object.values(outputs);
    if (made.length > 0 && made.every((value) => numbers.has(value))) continue;
    const code = operation.words.code ?? 0;
    const rule = ownRules[code] ?? convRules[code];
    if (rule === undefined) throw new Error(`${node.label}: ${operation.name} cannot be evaluated in float64`);
    for (const value of made)
      if (!numbers.has(value)) numbers.set(value, new Float64Array(value.size * (value.rows ? rows : 1)));
    const input = (name: string): Float64Array => {
      const value = inputs[name];
      if (value === undefined) throw new Error(`${operation.name} has no ${name}`);
      return of(value);
    };
    const output = (name: string) => {
      const value = outputs[name];
      return value && numbers.get(value);
    };
    rule({ at: attributes, rows, input, output, node });
  }
  return numbers;
}
