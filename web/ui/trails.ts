/** The way of an optimizer over a surface, in its colour. */
import type { RacerName } from '../optimizers.ts';
import { lineOf } from './pens.ts';
import { isDark } from './theme.ts';

export type Pixel = readonly [number, number];

/** Nothing that is so far outside is drawn, and nothing behind it. */
const FAR = 1e5;

/** A line along all places, and a dot at some. */
export function paintTrail(
  context: CanvasRenderingContext2D,
  name: RacerName,
  line: readonly Pixel[],
  dots: readonly Pixel[],
): void {
  const { color, dash } = lineOf(name);
  context.strokeStyle = color;
  context.lineWidth = 2;
  context.lineJoin = 'round';
  context.setLineDash([...dash]);
  context.beginPath();
  for (const [px, py] of line) {
    if (!(Math.abs(px) < FAR && Math.abs(py) < FAR)) break;
    context.lineTo(px, py);
  }
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = color;
  for (const [px, py] of dots) {
    context.beginPath();
    context.arc(px, py, 2, 0, 2 * Math.PI);
    context.fill();
  }
}

/** Where it is. */
export function paintHead(context: CanvasRenderingContext2D, name: RacerName, [px, py]: Pixel): void {
  context.fillStyle = lineOf(name).color;
  context.strokeStyle = isDark() ? '#0f1312' : '#ffffff';
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(px, py, 6, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
}
