/** Axes of samples as options name them: counted with that of the batch, 0, negative ones from the end. */
import { checkInteger, checkKind, showShape } from '../validate.ts';
import { type Layer, labelOf, type Shape, single } from './layer.ts';

/** An axis, or several. @inline */
export type Axes = number | readonly number[];

/** Checks the option of a layer that has not seen a sample yet; returns a copy. */
export function checkAxes(what: string, axes: Axes): Axes {
  const list = (Array.isArray(axes) ? axes : [axes]) as readonly number[];
  for (const axis of list) checkInteger(what, axis, Number.MIN_SAFE_INTEGER);
  return Array.isArray(axes) ? [...list] : axes;
}

/** An axis of a sample, counted from 0 without the batch's. */
export function sampleAxis(layer: Layer, axis: number, shape: Shape): number {
  const rank = shape.length;
  const at = axis < 0 ? rank + axis : axis - 1;
  if (at >= 0 && at < rank) return at;
  const name = labelOf(layer);
  const got = `got ${axis} for ${showShape(['..', ...shape])}`;
  if (rank === 0) throw new RangeError(`${name}: expected samples of at least one axis, ${got}`);
  throw new RangeError(`${name}: expected an axis from 1 to ${rank} or from ${-rank} to -1, ${got}`);
}

/** Several axes of a sample, ascending. */
export function sampleAxes(layer: Layer, axes: Axes, shape: Shape): number[] {
  const list = (typeof axes === 'number' ? [axes] : axes).map((axis) => sampleAxis(layer, axis, shape));
  if (new Set(list).size < list.length)
    throw new RangeError(`${labelOf(layer)}: axis names an axis of ${showShape(['..', ...shape])} twice`);
  return list.sort((a, b) => a - b);
}

/** Refuses samples of another number of axes; `meaning` names them: `[height, width, channels]`. */
export function checkRank(layer: Layer, shape: Shape, meaning: string): void {
  const rank = meaning.split(',').length;
  if (shape.length === rank) return;
  const target = shape.length === rank - 1 ? showShape([...shape, 1]) : meaning;
  const hint = shape.length < rank ? `; put layers.reshape({ targetShape: ${target} }) before it` : '';
  throw new RangeError(`${labelOf(layer)}: expected samples ${meaning}, got ${showShape(['..', ...shape])}${hint}`);
}

/** What samples with `rank` axes of positions are. */
export const positioned = (rank: number): string => (rank === 1 ? '[steps, channels]' : '[height, width, channels]');

/** The sample of a layer of sequences, `rank` 1, or of images. */
export function positionedInput(layer: Layer, inputs: readonly Shape[], rank = 2): Shape {
  const input = single(layer, inputs);
  checkRank(layer, input, positioned(rank));
  return input;
}

/** Refuses channels that cannot be divided into groups of equal size. */
export function checkGroups(label: string, channels: number, groups: number, of: string): void {
  if (channels % groups === 0) return;
  const fitting = Array.from({ length: Math.min(channels, 512) }, (_, i) => i + 1).filter(
    (one) => channels % one === 0,
  );
  throw new RangeError(
    `${label}: ${channels} ${of} cannot be divided into ${groups} groups; groups may be one of ${showShape(fitting)}`,
  );
}

/** A pair of options that may be given as one number, as Keras does. */
export function pairOf(what: string, value: unknown, check: (what: string, one: unknown) => void): [number, number] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [value, value];
  checkKind(list.length === 2, what, 'a number or two of them', value);
  for (const one of list) check(what, one);
  return [list[0] as number, list[1] as number];
}
