/** Pictures between their pixels: turned, moved, enlarged, of another size. */
import * as kinds from '../../../../assembly/codes.ts';
import * as words from '../../../../assembly/words/resample.ts';
import * as gradientWords from '../../../../assembly/words/resample-gradient.ts';
import { full } from '../../../engine/full.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, type Numbers, operation, type Shape } from '../../operation.ts';

type Sizes = Numbers<'height' | 'width' | 'channels' | 'outHeight' | 'outWidth' | 'smooth' | 'outside' | 'value'>;

const cost = ({ outHeight, outWidth, channels }: Sizes, rows: number): number =>
  rows * outHeight * outWidth * (14 + channels);

const resample = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], optional: ['matrix'], outputs: ['y'] },
  {
    name: 'resample',
    needs: full,
    floats: ['value'],
    shape: (_, { outHeight, outWidth, channels }) => ({ y: { shape: [outHeight, outWidth, channels], rows: true } }),
    cost,
    gradient: ({ graph, label, inputs: { matrix }, attributes, dy: { y: dy }, wants }): Gradients<'x'> => ({
      x: dy && wants('x') ? graph.add(resampleGradient, label, { dy, matrix }, attributes).dx : undefined,
    }),
  },
);

const resampleGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dy'], optional: ['matrix'], outputs: ['dx'] },
  {
    name: 'resampleGradient',
    needs: full,
    floats: ['value'],
    shape: (_, { height, width, channels }) => ({ dx: { shape: [height, width, channels], rows: true } }),
    cost,
    // the sums are linear in dy
    gradient: ({ graph, label, inputs: { matrix }, attributes, dy: { dx }, wants }): Gradients<'dy'> => ({
      dy: dx && wants('dy') ? graph.add(resample, label, { x: dx, matrix }, { ...attributes, value: 0 }).y : undefined,
    }),
  },
);

/** What lies outside of a picture, by the names of Keras. */
export const outsides = {
  constant: kinds.OUTSIDE_CONSTANT,
  nearest: kinds.OUTSIDE_NEAREST,
  reflect: kinds.OUTSIDE_REFLECT,
  wrap: kinds.OUTSIDE_WRAP,
} as const;

/** How to take pictures: between pixels or the nearest ones, and what lies outside. */
export interface Sampling {
  readonly smooth: boolean;
  readonly outside: keyof typeof outsides;
  /** Of outside `constant`. */
  readonly value: number;
}

/** Pictures [height, width, channels] of another size; with a matrix [6] for each row, taken from where it says. No gradient passes to the matrix. */
export function resampled(
  label: string,
  x: Value,
  [outHeight = 1, outWidth = 1]: Shape,
  { smooth, outside, value }: Sampling,
  matrix?: Value,
): Value {
  const [height = 1, width = 1, channels = 1] = x.shape;
  const sizes = { height, width, channels, outHeight, outWidth };
  const rules = { smooth: smooth ? 1 : 0, outside: outsides[outside], value };
  return x.graph.add(resample, label, { x, matrix }, { ...sizes, ...rules }).y;
}
