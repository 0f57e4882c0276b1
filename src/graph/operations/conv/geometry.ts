/** The options that convolutions and poolings have in common, checked, for one or two axes; images of one axis have a height of 1. */
import { checkInteger, checkKind, checkSpelling, showShape } from '../../../validate.ts';
import type { Padding, PerAxis } from './options.ts';
import { type Axis, axisOf } from './sizes.ts';

/** One integer for each of `rank` axes. @throws TypeError or RangeError for anything else. */
export function perAxis(what: string, value: PerAxis, rank: number, minimum = 1): readonly number[] {
  const all = Array.isArray(value) ? (value as readonly number[]) : Array.from({ length: rank }, () => value as number);
  checkKind(all.length === rank, what, rank === 1 ? 'an integer' : `an integer or ${rank} of them`, value);
  for (const one of all) checkInteger(what, one, minimum);
  return [...all];
}

export interface Window {
  readonly kernel: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: Padding | 'causal';
}

/** `size` is what the size of the window is called. @throws RangeError for another padding, or strides and dilation both above 1, which nobody defines. */
export function windowOf(
  what: string,
  rank: number,
  size: string,
  kernel: PerAxis,
  strides: PerAxis,
  padding: Padding | 'causal',
  dilation: PerAxis = 1,
): Window {
  const window = {
    kernel: perAxis(`${what}: ${size}`, kernel, rank),
    strides: perAxis(`${what}: strides`, strides, rank),
    dilation: perAxis(`${what}: dilationRate`, dilation, rank),
    padding: checkSpelling(`padding of ${what}`, padding, rank === 1 ? ['valid', 'same', 'causal'] : ['valid', 'same']),
  } as Window;
  if (window.strides.some((one) => one > 1) && window.dilation.some((one) => one > 1))
    throw new RangeError(
      `${what}: strides ${showShape(window.strides)} and dilationRate ${showShape(window.dilation)} cannot both be above 1; give one of them`,
    );
  return window;
}

/** A row of pixels is an image of height 1. */
const ROW: Axis = { input: 1, output: 1, kernel: 1, stride: 1, before: 0, dilation: 1 };

/**
 * The axes of images of these spatial sizes.
 *
 * @throws RangeError that names both if the window is larger than a `valid` image.
 */
export function axesOf(
  what: string,
  spatial: readonly number[],
  { kernel, strides, dilation, padding }: Window,
): { readonly y: Axis; readonly x: Axis; readonly output: readonly number[] } {
  const axes = spatial.map((input, i) => axisOf(input, kernel[i] ?? 1, strides[i] ?? 1, padding, dilation[i] ?? 1));
  if (axes.some(({ output }) => output < 1)) {
    const span = kernel.map((one, i) => (one - 1) * (dilation[i] ?? 1) + 1);
    const [first, second] = spatial;
    const image =
      second === undefined ? `a sequence of ${first} steps` : `an image of height ${first} and width ${second}`;
    const spread = dilation.some((one) => one > 1) ? `, spread by dilationRate ${showShape(dilation)},` : '';
    throw new RangeError(
      `${what}: a window of ${showShape(span)}${spread} does not fit into ${image}; make it smaller, or take padding: 'same'`,
    );
  }
  const [first = ROW, second] = axes;
  const output = axes.map((axis) => axis.output);
  return second === undefined ? { y: ROW, x: first, output } : { y: first, x: second, output };
}
