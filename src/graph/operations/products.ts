/**
 * The products of a dense layer, closed under differentiation: the gradients of each are the two others.
 * x [rows, times, inputs], kernel [inputs, units], y [rows, times, units].
 */
import * as denseWords from '../../../assembly/words/dense.ts';
import * as inputWords from '../../../assembly/words/dense-input-gradient.ts';
import * as kernelWords from '../../../assembly/words/dense-kernel-gradient.ts';
import type { Value } from '../graph.ts';
import { type Gradients, type Numbers, operation, type Shape, type Type } from '../operation.ts';

type Sizes = Numbers<'inputs' | 'units' | 'times'>;

/** Nanoseconds: one for 20 multiply-adds. */
const cost = ({ inputs, units, times }: Sizes, rows: number): number => (rows * times * inputs * units) / 20;

const last = (shape: Shape, size: number): Shape => [...shape.slice(0, -1), size];

/** The sizes of a product of `x` with a kernel. */
export function sizesOf(x: Value, kernel: Value): Sizes {
  const [inputs = 1, units = 1] = kernel.shape;
  return { inputs, units, times: x.size / inputs };
}

/** y = x kernel + bias, then relu if `relu` is 1, which fuse.ts sets. */
export const dense = /* @__PURE__ */ operation(
  denseWords,
  { inputs: ['x', 'kernel'], optional: ['bias'], outputs: ['y'] },
  {
    name: 'dense',
    absorbs: 'relu',
    shape: ({ x }, { units }) => ({ y: { shape: last(x.shape, units), rows: x.rows } }),
    cost,
    gradient({
      graph,
      label,
      inputs: { x, kernel, bias },
      attributes,
      dy: { y: dz },
      wants,
    }): Gradients<'x' | 'kernel' | 'bias'> {
      if (dz === undefined) return {};
      const { inputs, units, times } = attributes;
      const sizes = { inputs, units, times };
      // maybe only a bias is trained
      const trains = wants('kernel') || wants('bias');
      const { dkernel, dbias } = trains
        ? graph.add(
            kernelGradient,
            `${label} kernel gradient`,
            { x, dz },
            sizes,
            bias ? ['dkernel', 'dbias'] : ['dkernel'],
          )
        : {};
      const dx = wants('x') ? graph.add(inputGradient, `${label} input gradient`, { dz, kernel }, sizes).dx : undefined;
      return { x: dx, kernel: dkernel, bias: dbias };
    },
  },
);

/** dkernel = xᵀ dz and dbias = the sums of the columns of dz, over all rows. */
export const kernelGradient = /* @__PURE__ */ operation(
  kernelWords,
  { inputs: ['x', 'dz'], outputs: ['dkernel', 'dbias'] },
  {
    name: 'denseKernelGradient',
    shape: (_, { inputs, units }) => ({
      dkernel: { shape: [inputs, units], rows: false },
      dbias: { shape: [units], rows: false },
    }),
    cost,
    gradient({
      graph,
      label,
      inputs: { x, dz },
      attributes: sizes,
      dy: { dkernel, dbias },
      wants,
    }): Gradients<'x' | 'dz'> {
      if (dkernel === undefined) throw new Error(`${label}: a second derivative by a bias alone is not available`);
      return {
        x: wants('x') ? graph.add(inputGradient, `${label} by x`, { dz, kernel: dkernel }, sizes).dx : undefined,
        dz: wants('dz')
          ? graph.add(dense, `${label} by dz`, { x, kernel: dkernel, bias: dbias }, { ...sizes, relu: 0 }).y
          : undefined,
      };
    },
  },
);

/** dx = dz kernelᵀ; with `y`, 0 where y is not above 0: relu's derivative, which fuse.ts puts here. */
export const inputGradient = /* @__PURE__ */ operation(
  inputWords,
  { inputs: ['dz', 'kernel'], optional: ['y'], outputs: ['dx'] },
  {
    name: 'denseInputGradient',
    absorbs: 'reluGradient',
    shape: ({ dz }, { inputs }): { dx: Type } => ({ dx: { shape: last(dz.shape, inputs), rows: dz.rows } }),
    cost,
    gradient({
      graph,
      label,
      inputs: { dz, kernel },
      attributes: sizes,
      dy: { dx: x },
      wants,
    }): Gradients<'dz' | 'kernel'> {
      if (x === undefined) return {};
      return {
        dz: wants('dz') ? graph.add(dense, `${label} by dz`, { x, kernel }, { ...sizes, relu: 0 }).y : undefined,
        kernel: wants('kernel')
          ? graph.add(kernelGradient, `${label} by kernel`, { x, dz }, sizes, ['dkernel']).dkernel
          : undefined,
      };
    },
  },
);
