/** The largest values and the means in windows of images [.., height, width, channels]. */
import * as poolWords from '../../../../assembly/words/pool.ts';
import * as gradientWords from '../../../../assembly/words/pool-gradient.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Graph, Value } from '../../graph.ts';
import { type Gradients, type Numbers, operation } from '../../operation.ts';
import { arithmetic } from '../arrays/arithmetic.ts';
import { copy, stridesOf } from '../arrays/copy.ts';
import { pad } from '../arrays/pieces.ts';
import { type Axis, describe, inputShape, outputShape, type Sizes, sizesIn } from './sizes.ts';

type Counts = Numbers<'times' | 'perRow' | 'work'>;

const cost = ({ times, perRow, work }: Counts, rows: number): number => times * (perRow ? rows : 1) * work * 300;

const pool = /* @__PURE__ */ operation(
  poolWords,
  { inputs: ['x', 'sizes'], outputs: ['y'] },
  {
    name: 'pool',
    needs: full,
    shape: ({ x, sizes }) => ({
      y: { shape: [...x.shape.slice(0, -3), ...outputShape(sizesIn(sizes as Value))], rows: x.rows },
    }),
    cost,
    gradient({
      graph,
      label,
      inputs: { x, sizes },
      outputs: { y },
      attributes,
      dy: { y: dy },
    }): Gradients<'x' | 'sizes'> {
      if (dy === undefined) return {};
      const seen = attributes.mean ? {} : { x, y };
      return { x: graph.add(poolGradient, `${label} gradient`, { dy, sizes, ...seen }, attributes).dx };
    },
  },
);

const poolGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dy', 'sizes'], optional: ['x', 'y'], outputs: ['dx'] },
  {
    name: 'poolGradient',
    needs: full,
    selects: true,
    shape: ({ dy, sizes }) => ({
      dx: { shape: [...dy.shape.slice(0, -3), ...inputShape(sizesIn(sizes as Value))], rows: dy.rows },
    }),
    cost,
    gradient({ graph, label, inputs, attributes, dy: { dx } }): Gradients<'dy' | 'sizes' | 'x' | 'y'> {
      if (dx === undefined) return {};
      const { sizes, x, y } = inputs;
      // which value is the largest does not change under a small step
      if (x !== undefined && y !== undefined) return { dy: atLargest(label, dx, x, y, sizesIn(sizes as Value)) };
      return { dy: graph.add(pool, `${label} by dy`, { x: dx, sizes }, attributes).y };
    },
  },
);

/** What `g` has where `x` has the largest value `y` of each window, the first in row-major order. */
function atLargest(label: string, g: Value, x: Value, y: Value, { y: down, x: across, channels }: Sizes): Value {
  const m = arithmetic(label);
  const lead = x.shape.slice(0, -3);
  const margin = ({ input, output, kernel, stride, before }: Axis): readonly [number, number] => [
    before,
    Math.max(0, (output - 1) * stride + kernel - before - input),
  ];
  const margins = [...lead.map(() => [0, 0] as const), margin(down), margin(across), [0, 0] as const];
  const [largest, gradient] = [pad(label, x, margins, Number.NEGATIVE_INFINITY), pad(label, g, margins, 0)];
  const strides = stridesOf(largest.shape);
  const [line = 1, pixel = 1] = strides.slice(-3);
  const steps = [...strides.slice(0, -3), line * down.stride, pixel * across.stride, 1];
  const shape = [...lead, down.output, across.output, channels];
  const own = stridesOf(shape);
  const axes = shape.map((size, axis) => ({ size, y: own[axis] ?? 0, x: steps[axis] ?? 0 }));
  const at = (value: Value, xOffset: number): Value => copy(x.graph, label, value, x.rows, { axes, xOffset });
  let found: Value | number = 0;
  let free: Value | number = 1;
  for (let v = 0; v < down.kernel; v++)
    for (let u = 0; u < across.kernel; u++) {
      const offset = v * line + u * pixel;
      // not below: equal, or not a number
      const hit = m.select(m.less(at(largest, offset), y), 0, free);
      found = m.select(hit, at(gradient, offset), found);
      free = m.select(hit, 0, free);
    }
  return x.graph.view(found as Value, y.shape);
}

/** The largest value of each window, or its mean, of the images of `x`. */
export function pooled(graph: Graph, label: string, x: Value, mean: boolean, sizes: Sizes): Value {
  const { y, x: across } = sizes;
  const seen = sizeOf(outputShape(sizes)) * y.kernel * across.kernel;
  const counts = { times: sizeOf(x.shape.slice(0, -3)), perRow: x.rows ? 1 : 0, work: Math.ceil(seen / 1000) };
  return graph.add(pool, label, { x, sizes: describe(graph, sizes) }, { ...counts, mean: mean ? 1 : 0 }).y;
}
