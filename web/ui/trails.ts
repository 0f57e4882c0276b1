/** The way of an optimizer over a surface, in its colour. */
import type { RacerName } from '../optimizers.ts';
import { lineOf } from './pens.ts';
import { isDark } from './theme.ts';

export type Pixel = readonly [number, number];

/** Nothing that is so far outside is drawn, and nothing behind it. */
const FAR = 1e5;
/** Places closer together than this, in CSS pixels, are one place of a line. */
const CLOSE = 0.5;

/** A line with dots that grows at its end, so that each place is drawn once, however long the line becomes. */
export class Trail {
  readonly #name: RacerName;
  #end: Pixel | undefined;
  /** So far: dashes go on where they ended. */
  #length = 0;
  #left = false;

  constructor(name: RacerName) {
    this.#name = name;
  }

  /** Draws on through these places, with dots at the first `dotted` of them. */
  grow(context: CanvasRenderingContext2D, places: readonly Pixel[], dotted = places.length): void {
    const { color, dash } = lineOf(this.#name);
    context.strokeStyle = color;
    context.lineWidth = 2;
    context.lineJoin = 'round';
    // a solid line has round ends, so that nothing shows where it was continued
    context.lineCap = dash.length > 0 ? 'butt' : 'round';
    context.setLineDash([...dash]);
    context.lineDashOffset = this.#length;
    context.beginPath();
    if (this.#end) context.moveTo(...this.#end);
    for (const [px, py] of places) {
      this.#left ||= !(Math.abs(px) < FAR && Math.abs(py) < FAR);
      if (this.#left) break;
      const [ex, ey] = this.#end ?? [px, py];
      const way = Math.hypot(px - ex, py - ey);
      if (this.#end && way < CLOSE) continue;
      context.lineTo(px, py);
      this.#length += way;
      this.#end = [px, py];
    }
    context.stroke();
    context.setLineDash([]);
    context.lineCap = 'butt';
    context.fillStyle = color;
    for (const [px, py] of places.slice(0, dotted)) {
      context.beginPath();
      context.arc(px, py, 2, 0, 2 * Math.PI);
      context.fill();
    }
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
