/**
 * Convolutions of images, and the two gradients of one; the three are closed under differentiation, as the products of a dense layer are.
 * x [.., height, width, channels], kernel [height, width, channels / groups, filters], y [.., height, width, filters].
 */
import * as forwardWords from '../../../../assembly/words/conv.ts';
import * as inputWords from '../../../../assembly/words/conv-input-gradient.ts';
import * as kernelWords from '../../../../assembly/words/conv-kernel-gradient.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Graph, Value } from '../../graph.ts';
import { type Gradients, type Numbers, operation, type Shape } from '../../operation.ts';
import { describe, inputShape, kernelShape, outputShape, type Sizes, sizesIn } from './sizes.ts';

type Counts = Numbers<'times' | 'perRow' | 'work'>;

/** Nanoseconds: 20 multiply-adds each. */
const cost = ({ times, perRow, work }: Counts, rows: number): number =>
  (times * (perRow ? rows : 1) * work * 1000) / 20;

/** The axes before those of an image. */
const before = (shape: Shape): Shape => shape.slice(0, -3);

const countsOf = ({ times, perRow, work }: Counts): Counts => ({ times, perRow, work });

/** y = x * kernel + bias, and relu of it if `relu` is 1, which fuse.ts says. */
const conv = /* @__PURE__ */ operation(
  forwardWords,
  { inputs: ['x', 'kernel', 'sizes'], optional: ['bias'], outputs: ['y'] },
  {
    name: 'conv',
    absorbs: 'relu',
    needs: full,
    shape: ({ x, sizes }) => ({
      y: { shape: [...before(x.shape), ...outputShape(sizesIn(sizes as Value))], rows: x.rows },
    }),
    cost,
    gradient({
      graph,
      label,
      inputs: { x, kernel, bias, sizes },
      attributes,
      dy: { y: dz },
      wants,
    }): Gradients<'x' | 'kernel' | 'bias' | 'sizes'> {
      if (dz === undefined) return {};
      const counts = countsOf(attributes);
      const { dkernel, dbias } =
        wants('kernel') || wants('bias')
          ? graph.add(
              kernelGradient,
              `${label} kernel gradient`,
              { x, dz, sizes },
              counts,
              bias ? ['dkernel', 'dbias'] : ['dkernel'],
            )
          : {};
      const dx = wants('x')
        ? graph.add(inputGradient, `${label} input gradient`, { dz, kernel, sizes }, counts).dx
        : undefined;
      return { x: dx, kernel: dkernel, bias: dbias };
    },
  },
);

/** dkernel and dbias over all images. */
const kernelGradient = /* @__PURE__ */ operation(
  kernelWords,
  { inputs: ['x', 'dz', 'sizes'], outputs: ['dkernel', 'dbias'] },
  {
    name: 'convKernelGradient',
    needs: full,
    shape({ sizes }) {
      const all = sizesIn(sizes as Value);
      return {
        dkernel: { shape: kernelShape(all), rows: false },
        dbias: { shape: [all.filters], rows: false },
      };
    },
    cost,
    gradient({
      graph,
      label,
      inputs: { x, dz, sizes },
      attributes,
      dy: { dkernel, dbias },
      wants,
    }): Gradients<'x' | 'dz' | 'sizes'> {
      if (dkernel === undefined) throw new Error(`${label}: a second derivative by a bias alone is not available`);
      const counts = countsOf(attributes);
      return {
        x: wants('x')
          ? graph.add(inputGradient, `${label} by x`, { dz, kernel: dkernel, sizes }, counts).dx
          : undefined,
        dz: wants('dz')
          ? graph.add(conv, `${label} by dz`, { x, kernel: dkernel, bias: dbias, sizes }, { ...counts, relu: 0 }).y
          : undefined,
      };
    },
  },
);

/** dx; 0 where `y`, if it is there, is not above 0: relu's derivative, which fuse.ts puts here. */
const inputGradient = /* @__PURE__ */ operation(
  inputWords,
  { inputs: ['dz', 'kernel', 'sizes'], optional: ['y'], outputs: ['dx'] },
  {
    name: 'convInputGradient',
    absorbs: 'reluGradient',
    needs: full,
    shape: ({ dz, sizes }) => ({
      dx: { shape: [...before(dz.shape), ...inputShape(sizesIn(sizes as Value))], rows: dz.rows },
    }),
    cost,
    gradient({
      graph,
      label,
      inputs: { dz, kernel, sizes },
      attributes,
      dy: { dx: x },
      wants,
    }): Gradients<'dz' | 'kernel' | 'sizes'> {
      if (x === undefined) return {};
      const counts = countsOf(attributes);
      return {
        dz: wants('dz') ? graph.add(conv, `${label} by dz`, { x, kernel, sizes }, { ...counts, relu: 0 }).y : undefined,
        kernel: wants('kernel')
          ? graph.add(kernelGradient, `${label} by kernel`, { x, dz, sizes }, counts, ['dkernel']).dkernel
          : undefined,
      };
    },
  },
);

/** How many images `x` has, for each row or in all, and the multiply-adds of one. */
function counted(x: Value, sizes: Sizes): Counts {
  const madds = sizeOf(outputShape(sizes)) * sizeOf(kernelShape(sizes).slice(0, 3));
  const times = sizeOf(before(x.shape));
  return { times, perRow: x.rows ? 1 : 0, work: Math.ceil(madds / 1000) };
}

/** A convolution of the images of `x`, whose last three axes are those that `sizes` says. */
export function convolve(
  graph: Graph,
  label: string,
  x: Value,
  kernel: Value,
  bias: Value | undefined,
  sizes: Sizes,
): Value {
  const inputs = { x, kernel, bias, sizes: describe(graph, sizes) };
  return graph.add(conv, label, inputs, { ...counted(x, sizes), relu: 0 }).y;
}

/** The transposed convolution: what the gradient of a convolution by its input is of `z`, which `sizes` takes for its output. */
export function convolveTransposed(graph: Graph, label: string, z: Value, kernel: Value, sizes: Sizes): Value {
  const inputs = { dz: z, kernel, sizes: describe(graph, sizes) };
  return graph.add(inputGradient, label, inputs, counted(z, sizes)).dx;
}
