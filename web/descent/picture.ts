/** The surface as shaded contours, and on it the trails: a canvas, drawn in CSS pixels. */
import { OPTIMIZERS } from '../optimizers.ts';
import { paintHeights, type View } from '../ui/heights.ts';
import { ink, lineOf } from '../ui/pens.ts';
import { isDark } from '../ui/theme.ts';
import { paintHead, paintTrail } from '../ui/trails.ts';
import type { Descent, Place } from './descent.ts';
import { evaluate, parse } from './expression.ts';
import type { Surface } from './surfaces.ts';

/** Cells of the grid on which the surface is evaluated, along each axis. */
const CELLS = 150;
/** Of a trail, the newest places are drawn one by one; the others a long time ago lie on top of each other. */
const NEWEST = 3000;
/** Lengths in CSS pixels. */
const ARROW = { least: 14, most: 60 } as const;
const ELLIPSE = 26;

interface Ground {
  readonly key: string;
  readonly canvas: HTMLCanvasElement;
}

export class Picture {
  readonly canvas = document.createElement('canvas');
  /** Whether velocities and mean squares are drawn at the heads. */
  arrows = true;
  surface: Surface;
  #ground: Ground | undefined;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  /** The point of the plane at a place of the canvas, in CSS pixels. */
  pointAt(px: number, py: number): readonly [number, number] {
    const [left, right, bottom, top] = this.surface.view;
    const { width, height } = this.#size;
    return [left + ((right - left) * px) / width, top - ((top - bottom) * py) / height];
  }

  get #size(): { readonly width: number; readonly height: number } {
    return { width: this.canvas.clientWidth || 600, height: this.canvas.clientHeight || 450 };
  }

  #pixel(x: number, y: number): readonly [number, number] {
    const [left, right, bottom, top] = this.surface.view;
    const { width, height } = this.#size;
    return [((x - left) / (right - left)) * width, ((top - y) / (top - bottom)) * height];
  }

  draw(start: readonly [number, number], descents: readonly Descent[]): void {
    const { width, height } = this.#size;
    const scale = Math.min(devicePixelRatio, 3);
    if (this.canvas.width !== Math.round(width * scale)) this.canvas.width = Math.round(width * scale);
    if (this.canvas.height !== Math.round(height * scale)) this.canvas.height = Math.round(height * scale);
    const context = this.canvas.getContext('2d');
    if (context) this.#paint(context, scale, width, height, start, descents);
  }

  /** The same up to a step, for an animation, on a canvas of another size. */
  paintOn(canvas: HTMLCanvasElement, start: readonly [number, number], descents: readonly Descent[], step: number) {
    const context = canvas.getContext('2d', { willReadFrequently: true });
    const { width, height } = this.#size;
    if (context) this.#paint(context, canvas.width / width, width, height, start, descents, step);
  }

  #paint(
    context: CanvasRenderingContext2D,
    scale: number,
    width: number,
    height: number,
    start: readonly [number, number],
    descents: readonly Descent[],
    step = Number.POSITIVE_INFINITY,
  ): void {
    const ground = this.#groundFor(width, height);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.drawImage(ground, 0, 0, width, height);
    for (const [x, y] of this.surface.minima) this.#star(context, this.#pixel(x, y));
    for (const descent of descents) this.#trail(context, descent, step);
    for (const descent of descents) this.#head(context, descent, step);
    this.#cross(context, this.#pixel(...start));
  }

  /** The shading and the contours, which stay as long as nothing but the trails moves. */
  #groundFor(width: number, height: number): HTMLCanvasElement {
    const key = [this.surface.text, this.surface.view, width, height, isDark()].join();
    if (this.#ground?.key === key) return this.#ground.canvas;
    const canvas = document.createElement('canvas');
    const scale = Math.min(devicePixelRatio, 3);
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const context = canvas.getContext('2d');
    if (context) {
      context.scale(scale, scale);
      paintGround(context, this.surface.text, this.surface.view, width, height);
    }
    this.#ground = { key, canvas };
    return canvas;
  }

  #trail(context: CanvasRenderingContext2D, { entrant, trail }: Descent, step: number): void {
    const end = Math.min(trail.length, step + 1);
    const pixels = (places: readonly Place[]) => places.map(({ x, y }) => this.#pixel(x, y));
    // each step by itself, as long as they are few enough to be told apart
    paintTrail(
      context,
      entrant.name,
      pixels(trail.slice(Math.max(0, end - NEWEST), end)),
      pixels(trail.slice(0, Math.min(end, 60))),
    );
  }

  #head(context: CanvasRenderingContext2D, descent: Descent, step: number): void {
    const { entrant, trail, slots } = descent;
    const place = trail[Math.min(step, trail.length - 1)];
    if (!place) return;
    const { color } = lineOf(entrant.name);
    const [px, py] = this.#pixel(place.x, place.y);
    paintHead(context, entrant.name, [px, py]);
    // what it remembers belongs to the last step
    if (!this.arrows || !slots || step < trail.length - 1) return;
    const { direction, spread } = memory(entrant.name, slots);
    if (spread) this.#ellipse(context, color, px, py, spread);
    if (direction) this.#arrow(context, color, px, py, direction);
  }

  #arrow(context: CanvasRenderingContext2D, color: string, px: number, py: number, [dx, dy]: readonly number[]): void {
    const [left, right, bottom, top] = this.surface.view;
    const { width, height } = this.#size;
    const [ax, ay] = [((dx ?? 0) / (right - left)) * width, (-(dy ?? 0) / (top - bottom)) * height];
    const size = Math.hypot(ax, ay);
    if (!(size > 1e-6)) return;
    const length = Math.min(ARROW.most, ARROW.least + 8 * Math.log1p(size));
    const [ux, uy] = [ax / size, ay / size];
    const [ex, ey] = [px + ux * length, py + uy * length];
    context.strokeStyle = color;
    context.lineWidth = 2.5;
    context.beginPath();
    context.moveTo(px, py);
    context.lineTo(ex, ey);
    context.moveTo(ex - 8 * ux + 5 * uy, ey - 8 * uy - 5 * ux);
    context.lineTo(ex, ey);
    context.lineTo(ex - 8 * ux - 5 * uy, ey - 8 * uy + 5 * ux);
    context.stroke();
  }

  /** Long where the mean square is small: in that direction a gradient is followed further. */
  #ellipse(context: CanvasRenderingContext2D, color: string, px: number, py: number, spread: readonly number[]): void {
    const [sx = 0, sy = 0] = spread.map((square) => 1 / Math.sqrt(Math.abs(square) + 1e-12));
    const most = Math.max(sx, sy);
    context.strokeStyle = color;
    context.lineWidth = 1;
    context.beginPath();
    context.ellipse(px, py, Math.max(2, (ELLIPSE * sx) / most), Math.max(2, (ELLIPSE * sy) / most), 0, 0, 2 * Math.PI);
    context.stroke();
  }

  #star(context: CanvasRenderingContext2D, [px, py]: readonly [number, number]): void {
    context.fillStyle = ink().text;
    context.beginPath();
    for (let i = 0; i < 10; i++) {
      const [angle, radius] = [(Math.PI * i) / 5 - Math.PI / 2, i % 2 === 0 ? 7 : 3];
      context.lineTo(px + radius * Math.cos(angle), py + radius * Math.sin(angle));
    }
    context.fill();
  }

  #cross(context: CanvasRenderingContext2D, [px, py]: readonly [number, number]): void {
    context.strokeStyle = ink().text;
    context.lineWidth = 2;
    context.beginPath();
    for (const [dx, dy] of [
      [1, 0],
      [0, 1],
    ] as const) {
      context.moveTo(px - 9 * dx, py - 9 * dy);
      context.lineTo(px + 9 * dx, py + 9 * dy);
    }
    context.stroke();
  }
}

/** Their velocity is the step itself; what others call so is a mean of squares. */
const ROLLING: readonly string[] = ['sgd', 'momentum', 'nesterov'];
const SQUARES = ['velocity', 'variance', 'accumulator', 'accumulatedGradient', 'norm'];

/** Where an optimizer is pulled, and what it divides by, if it has such slots. */
function memory(name: string, slots: Readonly<Record<string, Float32Array>>) {
  const vector = (slot: string) => (slots[slot]?.length === 2 ? Array.from(slots[slot]) : undefined);
  if (ROLLING.includes(name)) return { direction: vector('velocity'), spread: undefined };
  // a mean of gradients is followed downhill
  const direction = vector('momentum')?.map((value) => -value);
  return { direction, spread: SQUARES.map(vector).find((found) => found !== undefined) };
}

/** The surface at the middle of each cell. */
function paintGround(context: CanvasRenderingContext2D, text: string, view: View, width: number, height: number): void {
  const f = evaluate(parse(text));
  const [left, right, bottom, top] = view;
  const values = Float64Array.from({ length: CELLS * CELLS }, (_, k) => {
    const [i, j] = [k % CELLS, Math.floor(k / CELLS)];
    return f(left + ((right - left) * (i + 0.5)) / CELLS, top - ((top - bottom) * (j + 0.5)) / CELLS);
  });
  paintHeights(context, { values, side: CELLS, inset: 0 }, view, width, height);
}

/** How far the nearest minimum is, as a share of the picture's size; undefined where there is none. */
export function distance({ minima, view: [left, right, bottom, top] }: Surface, { x, y }: Place): number | undefined {
  if (minima.length === 0) return undefined;
  return Math.min(...minima.map(([mx, my]) => Math.hypot((x - mx) / (right - left), (y - my) / (top - bottom))));
}

/** For those who do not see the picture. */
export const described = (surface: Surface, descents: readonly Descent[]): string =>
  `Contours of ${surface.text}. ${descents
    .map(
      ({ entrant, place, steps }) =>
        `${OPTIMIZERS[entrant.name].title} after ${steps} steps at ${near(place.x)}, ${near(place.y)}.`,
    )
    .join(' ')}`;
const near = (value: number): string => String(Number(value.toPrecision(3)));
