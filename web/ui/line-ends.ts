/** Names at the ends of lines, so that no legend is needed to read a chart. */
import type uPlot from 'uplot';
import { font, textScale } from './pens.ts';

/** CSS pixels at the usual size of text: a line, and from a line to its name. */
const LINE = 14;
const GAP = 8;
/** Narrower plots have no room for names. */
export const LEAST_WIDTH = 560;

/** The room to the right of a plot that these names need, in CSS pixels. */
export function roomFor(names: readonly string[]): number {
  const context = document.createElement('canvas').getContext('2d');
  if (context) context.font = font();
  const widths = names.map((name) => context?.measureText(name).width ?? 0);
  return Math.ceil(Math.max(0, ...widths)) + 2 * GAP * textScale();
}

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
    ctx.fillText(name, px + GAP * scale, y - over);
  }
  ctx.restore();
}
