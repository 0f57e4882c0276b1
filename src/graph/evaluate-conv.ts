/** Convolutions and poolings in float64, pixel by pixel, for evaluate.ts. */
import * as convWords from '../../assembly/words/conv.ts';
import * as inputGradientWords from '../../assembly/words/conv-input-gradient.ts';
import * as kernelGradientWords from '../../assembly/words/conv-kernel-gradient.ts';
import * as poolWords from '../../assembly/words/pool.ts';
import * as poolGradientWords from '../../assembly/words/pool-gradient.ts';
import type { Node } from './graph.ts';
import { type Sizes, sizesIn } from './operations/conv/sizes.ts';

/** Arguments of an operation, as in evaluate.ts. */
interface Step {
  readonly at: Readonly<Record<string, number>>;
  readonly rows: number;
  readonly input: (name: string) => Float64Array;
  readonly output: (name: string) => Float64Array | undefined;
  readonly node: Node;
}

const num = (x: ArrayLike<number>, i: number): number => x[i] ?? Number.NaN;

const sizesOf = ({ node }: Step): Sizes => {
  const { sizes } = node.inputs;
  if (sizes === undefined) throw new Error(`${node.label} has no sizes`);
  return sizesIn(sizes);
};

const imagesOf = ({ at, rows }: Step): number => (at.times ?? 1) * (at.perRow ? rows : 1);

/** Calls `visit` with every pair of an output pixel and an input pixel that it sees, by their numbers, and the number of the kernel element. */
function eachTap(step: Step, visit: (out: number, from: number, tap: number) => void): void {
  const { y, x } = sizesOf(step);
  for (let image = 0; image < imagesOf(step); image++)
    for (let i = 0; i < y.output; i++)
      for (let j = 0; j < x.output; j++)
        for (let v = 0; v < y.kernel; v++)
          for (let u = 0; u < x.kernel; u++) {
            const row = i * y.stride - y.before + v * y.dilation;
            const column = j * x.stride - x.before + u * x.dilation;
            if (row < 0 || row >= y.input || column < 0 || column >= x.input) continue;
            const out = (image * y.output + i) * x.output + j;
            visit(out, (image * y.input + row) * x.input + column, v * x.kernel + u);
          }
}

/** Calls `visit` with the places of y, x and the kernel of every product. */
function eachProduct(step: Step, visit: (y: number, x: number, kernel: number) => void): void {
  const { channels, filters, groups } = sizesOf(step);
  const [own, made] = [channels / groups, filters / groups];
  eachTap(step, (out, from, tap) => {
    for (let f = 0; f < filters; f++) {
      const first = Math.floor(f / made) * own;
      for (let c = 0; c < own; c++)
        visit(out * filters + f, from * channels + first + c, (tap * own + c) * filters + f);
    }
  });
}

function addTo(values: Float64Array, at: number, value: number): void {
  values[at] = num(values, at) + value;
}

/** Input pixels that each output pixel sees. */
function counts(step: Step): readonly number[] {
  const { y, x } = sizesOf(step);
  const seen = new Array<number>(imagesOf(step) * y.output * x.output).fill(0);
  eachTap(step, (out) => {
    seen[out] = num(seen, out) + 1;
  });
  return seen;
}

export const convRules: Readonly<Record<number, (step: Step) => void>> = {
  [convWords.code](step) {
    const { input, output, node, at } = step;
    const [x, kernel, y] = [input('x'), input('kernel'), output('y')];
    if (y === undefined) return;
    eachProduct(step, (to, from, weight) => addTo(y, to, num(x, from) * num(kernel, weight)));
    const bias = node.inputs.bias && input('bias');
    const { filters } = sizesOf(step);
    y.forEach((value, i) => {
      const sum = value + (bias ? num(bias, i % filters) : 0);
      y[i] = at.relu === 1 ? Math.max(sum, 0) : sum;
    });
  },
  [inputGradientWords.code](step) {
    const { input, output } = step;
    const [dz, kernel, dx] = [input('dz'), input('kernel'), output('dx')];
    if (dx) eachProduct(step, (from, to, weight) => addTo(dx, to, num(dz, from) * num(kernel, weight)));
  },
  [kernelGradientWords.code](step) {
    const { input, output } = step;
    const [dz, x, dkernel, dbias] = [input('dz'), input('x'), output('dkernel'), output('dbias')];
    if (dkernel) eachProduct(step, (out, from, weight) => addTo(dkernel, weight, num(dz, out) * num(x, from)));
    const { filters } = sizesOf(step);
    if (dbias) dz.forEach((value, i) => void addTo(dbias, i % filters, value));
  },
  [poolWords.code](step) {
    const { at, input, output } = step;
    const [x, y] = [input('x'), output('y')];
    if (y === undefined) return;
    const { channels } = sizesOf(step);
    const seen = counts(step);
    y.fill(at.mean ? 0 : Number.NEGATIVE_INFINITY);
    eachTap(step, (out, from) => {
      for (let c = 0; c < channels; c++) {
        const [to, value] = [out * channels + c, num(x, from * channels + c)];
        y[to] = at.mean ? num(y, to) + value / num(seen, out) : Math.max(num(y, to), value);
      }
    });
  },
  [poolGradientWords.code](step) {
    const { at, input, output } = step;
    const [dy, dx] = [input('dy'), output('dx')];
    if (dx === undefined) return;
    const { channels } = sizesOf(step);
    const seen = counts(step);
    const had = new Set<number>();
    const [x, y] = at.mean ? [dx, dy] : [input('x'), input('y')];
    eachTap(step, (out, from) => {
      for (let c = 0; c < channels; c++) {
        const [at0, to] = [out * channels + c, from * channels + c];
        if (at.mean) addTo(dx, to, num(dy, at0) / num(seen, out));
        else if (!had.has(at0) && num(x, to) === num(y, at0)) {
          had.add(at0);
          addTo(dx, to, num(dy, at0));
        }
      }
    });
  },
};
