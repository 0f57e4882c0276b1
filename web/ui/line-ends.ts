/** Names at the ends of lines, so that no legend is needed to read a chart. */
import type uPlot from 'uplot';
import { font, textScale } from './pens.ts';

/** CSS pixels at the usual size of text: a line, and the room to the right of a plot for the longest name. */
const LINE = 14;
export const ROOM = 92;
/** Narrower plots have no room for names. */
export const LEAST_WIDTH = 560;

export interface End {
  readonly name: string;
  readonly color: string;
  /** The number of the series. */
  readonly series: number;
}

/** Draws the names of the series that are shown beside their last points, moved apart where they would cover each other. */
export function drawEnds(plot: uPlot, ends: readonly End[]): void {
  const { ctx, bbox } = plot;
  const scale = devicePixelRatio * textScale();
  const placed = ends
    .flatMap((end) => {
      const { show } = plot.series[end.series] ?? {};
      const line = plot.data[end.series] ?? [];
      const at = line.findLastIndex((value) => typeof value === 'number');
      const [x, y] = [plot.data[0][at], line[at]];
      if (show === false || typeof x !== 'number' || typeof y !== 'number') return [];
      const px = plot.valToPos(x, 'x', true);
      const py = Math.min(Math.max(plot.valToPos(y, 'y', true), bbox.top), bbox.top + bbox.height);
      return [{ ...end, px, py }];
    })
    .sort((a, b) => a.py - b.py);
  // downwards until none covers the one above, then all of them up again as far as they hang out below
  let [below, over] = [Number.NEGATIVE_INFINITY, 0];
  const rows = placed.map((one) => {
    const y = Math.max(one.py, below);
    below = y + LINE * scale;
    over = Math.max(over, y - (bbox.top + bbox.height));
    return { ...one, y };
  });
  ctx.save();
  ctx.font = font(scale);
  ctx.textBaseline = 'middle';
  ctx.textAlign = 'left';
  for (const { name, color, px, y } of rows) {
    ctx.fillStyle = color;
    ctx.fillText(name, px + 8 * scale, y - over);
  }
  ctx.restore();
}
