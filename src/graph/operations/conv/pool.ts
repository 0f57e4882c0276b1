/** The largest values and the means in windows of images [.., height, width, channels]. */
import * as poolWords from '../../../../assembly/words/pool.ts';
import * as gradientWords from '../../../../assembly/words/pool-gradient.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Graph, Value } from '../../graph.ts';
import { type Gradients, type Numbers, operation } from '../../operation.ts';
import { describe, inputShape, outputShape, type Sizes, sizesIn } from './sizes.ts';

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
    shape: ({ dy, sizes }) => ({
      dx: { shape: [...dy.shape.slice(0, -3), ...inputShape(sizesIn(sizes as Value))], rows: dy.rows },
    }),
    cost,
    gradient({ graph, label, inputs: { sizes }, attributes, dy: { dx } }): Gradients<'dy' | 'sizes' | 'x' | 'y'> {
      if (dx === undefined) return {};
      if (!attributes.mean) throw new Error(`${label}: a second derivative of a largest value is not available`);
      return { dy: graph.add(pool, `${label} by dy`, { x: dx, sizes }, attributes).y };
    },
  },
);

/** The largest value of each window, or its mean, of the images of `x`. */
export function pooled(graph: Graph, label: string, x: Value, mean: boolean, sizes: Sizes): Value {
  const { y, x: across } = sizes;
  const seen = sizeOf(outputShape(sizes)) * y.kernel * across.kernel;
  const counts = { times: sizeOf(x.shape.slice(0, -3)), perRow: x.rows ? 1 : 0, work: Math.ceil(seen / 1000) };
  return graph.add(pool, label, { x, sizes: describe(graph, sizes) }, { ...counts, mean: mean ? 1 : 0 }).y;
}
