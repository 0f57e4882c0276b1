/** A surface as shaded contours with numbers along the edges, on a canvas, in CSS pixels. */
import { contours } from 'd3-contour';
import { font, ink, textScale } from './pens.ts';
import { isDark } from './theme.ts';

/** x from, x to, y from, y to. */
export type View = readonly [number, number, number, number];

/** Values on a square grid, row by row from the top left. */
export interface Heights {
  readonly values: Float64Array;
  /** Values along each edge. */
  readonly side: number;
  /** Where the outermost values are: 0 in the middle of cells whose edges are those of the view, 0.5 on the edges. */
  readonly inset: 0 | 0.5;
}

const LEVELS = 16;
const TICKS = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100];

/** Low is dark green and deep, high is light; the other way round on dark pages. */
const SHADES = {
  light: { low: [118, 178, 156], high: [250, 252, 251], line: 'rgb(20 70 55 / 0.28)' },
  dark: { low: [17, 74, 58], high: [19, 24, 23], line: 'rgb(150 220 195 / 0.22)' },
} as const;

/** Shades by rank, which shows valleys of every depth, and contours that enclose equal areas, closer together towards the lowest place. */
export function paintHeights(
  context: CanvasRenderingContext2D,
  heights: Heights,
  view: View,
  width: number,
  height: number,
): void {
  const finite = heights.values.filter(Number.isFinite).sort();
  paintShades(context, heights, finite, width, height);
  paintContours(context, heights, finite, width, height);
  paintAxes(context, view, width, height);
}

function paintShades(
  context: CanvasRenderingContext2D,
  { values, side, inset }: Heights,
  finite: Float64Array,
  width: number,
  height: number,
): void {
  const { low, high } = SHADES[isDark() ? 'dark' : 'light'];
  const rank = (value: number) => {
    let [from, to] = [0, finite.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((finite[middle] ?? 0) < value) from = middle + 1;
      else to = middle;
    }
    return from / Math.max(1, finite.length);
  };
  const shading = document.createElement('canvas');
  [shading.width, shading.height] = [side, side];
  const cells = shading.getContext('2d');
  if (cells) {
    const image = cells.createImageData(side, side);
    for (const [k, value] of values.entries()) {
      const share = Number.isFinite(value) ? rank(value) : 1;
      const color = low.map((from, c) => from + ((high[c] ?? 0) - from) * share);
      image.data.set([...color, 255], 4 * k);
    }
    cells.putImageData(image, 0, 0);
  }
  context.imageSmoothingQuality = 'high';
  const shown = side - 2 * inset;
  context.drawImage(shading, inset, inset, shown, shown, 0, 0, width, height);
}

function paintContours(
  context: CanvasRenderingContext2D,
  { values, side, inset }: Heights,
  finite: Float64Array,
  width: number,
  height: number,
): void {
  const levels = Array.from(
    { length: LEVELS },
    (_, i) => finite[Math.floor(finite.length * ((i + 1) / (LEVELS + 1)) ** 1.5)] ?? 0,
  );
  const shown = side - 2 * inset;
  const place = (x: number, y: number) => [((x - inset) / shown) * width, ((y - inset) / shown) * height] as const;
  context.strokeStyle = SHADES[isDark() ? 'dark' : 'light'].line;
  context.lineWidth = 1;
  const rings = contours()
    .size([side, side])
    .thresholds([...new Set(levels)]);
  for (const { coordinates } of rings(
    Array.from(values, (value) => (Number.isFinite(value) ? value : Number.MAX_VALUE)),
  ))
    for (const polygon of coordinates)
      for (const ring of polygon) {
        context.beginPath();
        for (const [i, [x = 0, y = 0]] of ring.entries()) {
          const [px = x, py = y] = ring[i - 1] ?? [];
          // along the edge of the picture a ring is only closed
          const edge = (x === px && x % side === 0) || (y === py && y % side === 0);
          if (edge) context.moveTo(...place(x, y));
          else context.lineTo(...place(x, y));
        }
        context.stroke();
      }
}

/** Numbers along the lower and the left edge. */
function paintAxes(
  context: CanvasRenderingContext2D,
  [left, right, bottom, top]: View,
  width: number,
  height: number,
): void {
  const { muted } = ink();
  context.fillStyle = muted;
  context.font = font();
  const most = 7 / textScale();
  const every = (size: number) => TICKS.find((one) => size / one <= most) ?? size / most;
  const text = (value: number) => String(Number(value.toFixed(2))).replace('-', '−');
  context.textAlign = 'center';
  const stepX = every(right - left);
  for (let x = Math.ceil(left / stepX) * stepX; x < right; x += stepX)
    if (x > left + stepX / 3) context.fillText(text(x), ((x - left) / (right - left)) * width, height - 5);
  context.textAlign = 'left';
  const stepY = every(top - bottom);
  for (let y = Math.ceil(bottom / stepY) * stepY; y < top; y += stepY)
    if (y > bottom + stepY / 3) context.fillText(text(y), 5, ((top - y) / (top - bottom)) * height + 4);
}
