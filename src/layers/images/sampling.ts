/** How images are read between their pixels and beyond their edges: options that several layers share. */
import { outsides, type Sampling } from '../../graph/operations/arrays/resample.ts';
import { checkName, checkNumber } from '../../validate.ts';
import type { LayerOptions } from '../layer.ts';

/** How an image is read between its pixels: from the nearest one, or from the four around, by their distances. */
export type Interpolation = 'nearest' | 'bilinear';

/**
 * What lies beyond the edge of an image `a b c d`: a number (`'constant'`), the edge (`'nearest'`: `a a a | a b c d`), the image as in a
 * mirror (`'reflect'`: `c b a | a b c d`), or the image again (`'wrap'`: `b c d | a b c d`).
 */
export type FillMode = 'constant' | 'nearest' | 'reflect' | 'wrap';

/** How far at random: as far either way, or from the lower number to the upper. @inline */
export type RandomFactor = number | readonly [lower: number, upper: number];

/** Options of layers that move images. */
export interface SamplingOptions extends LayerOptions {
  /** What comes into the image from beyond its edge. Default `'reflect'`. */
  readonly fillMode?: FillMode;
  /** Default `'bilinear'`. */
  readonly interpolation?: Interpolation;
  /** Every number beyond the edge, for the fill mode `'constant'`. Default 0. */
  readonly fillValue?: number;
}

export const samplingNames = ['fillMode', 'interpolation', 'fillValue'] as const;

export const interpolationOf = (value: unknown): Interpolation =>
  checkName('interpolation', value, ['nearest', 'bilinear']);

/** Checks these options; returns all of them, as descriptions have them. */
export function samplingOf(options: SamplingOptions): Required<Pick<SamplingOptions, (typeof samplingNames)[number]>> {
  const { fillMode = 'reflect', interpolation = 'bilinear', fillValue = 0 } = options;
  checkNumber('fillValue', fillValue, Number.NEGATIVE_INFINITY);
  const outside = checkName('fillMode', fillMode, Object.keys(outsides) as FillMode[]);
  return { fillMode: outside, interpolation: interpolationOf(interpolation), fillValue };
}

/** The same for the operation. */
export const sampling = ({ fillMode, interpolation, fillValue }: ReturnType<typeof samplingOf>): Sampling => ({
  smooth: interpolation === 'bilinear',
  outside: fillMode,
  value: fillValue,
});
