/** Where the points of the plane lie on a picture, in CSS pixels. */
import type { View } from '../ui/heights.ts';
import type { Pixel } from '../ui/trails.ts';

export interface Frame {
  readonly view: View;
  readonly width: number;
  readonly height: number;
}

export const pixelOf = ({ view: [left, right, bottom, top], width, height }: Frame, x: number, y: number): Pixel => [
  ((x - left) / (right - left)) * width,
  ((top - y) / (top - bottom)) * height,
];

export const pointOf = (
  { view: [left, right, bottom, top], width, height }: Frame,
  [px, py]: Pixel,
): readonly [number, number] => [left + ((right - left) * px) / width, top - ((top - bottom) * py) / height];
