/** The surface as shaded contours, and on it the trails: a canvas, drawn in CSS pixels. */
import { OPTIMIZERS } from '../optimizers.ts';
import { ink, lineOf } from '../ui/pens.ts';
import { type Pixel, paintHead } from '../ui/trails.ts';
import type { Descent } from './descent.ts';
import { type Frame, pixelOf, pointOf } from './frame.ts';
import { Ground, Layer } from './layer.ts';
import type { Surface } from './surfaces.ts';

/** Lengths in CSS pixels. */
const ARROW = { least: 14, most: 60 } as const;
const ELLIPSE = 26;
/** Of the canvas for one of CSS, at most. */
const MOST_PIXELS = 2;

export class Picture {
  readonly canvas = document.createElement('canvas');
  /** Whether velocities and mean squares are drawn at the heads. */
  arrows = true;
  surface: Surface;
  readonly #layer = new Layer();
  #ground: Ground | undefined;

  constructor(surface: Surface) {
    this.surface = surface;
  }

  /** The point of the plane at a place of the canvas, in CSS pixels. */
  pointAt(px: number, py: number): readonly [number, number] {
    return pointOf(this.#frame(), [px, py]);
  }

  /** Reads the layout: once for a drawing. */
  #frame(): Frame {
    const { clientWidth, clientHeight } = this.canvas;
    return { view: this.surface.view, width: clientWidth || 600, height: clientHeight || 450 };
  }

  /** The shading and the contours, which stay as long as nothing but the trails moves. */
  #groundFor(frame: Frame): Ground {
    const scale = Math.min(devicePixelRatio, MOST_PIXELS);
    if (!this.#ground?.fits(this.surface, frame, scale)) this.#ground = new Ground(this.surface, frame, scale);
    return this.#ground;
  }

  /** `growing`: the trails of these descents may only go on where they were drawn last, one above the other in the order of steps. */
  draw(start: readonly [number, number], descents: readonly Descent[], growing = false): void {
    const ground = this.#groundFor(this.#frame());
    if (!growing || !this.#layer.grows(ground, descents)) this.#layer.begin(ground, descents, ground.canvas);
    this.#paint(this.canvas, this.#layer, ground.frame, start, descents);
  }

  /** Paints the same step after step, for an animation, on a canvas of so many pixels that is read in between. */
  painter(width: number, start: readonly [number, number], descents: readonly Descent[]) {
    const ground = this.#groundFor(this.#frame());
    const [canvas, layer] = [document.createElement('canvas'), new Layer(true)];
    layer.begin(ground, descents, { width, height: Math.round((width * ground.frame.height) / ground.frame.width) });
    return {
      canvas,
      context: canvas.getContext('2d', { willReadFrequently: true }),
      paint: (step: number) => this.#paint(canvas, layer, ground.frame, start, descents, step),
    };
  }

  #paint(
    canvas: HTMLCanvasElement,
    layer: Layer,
    frame: Frame,
    start: readonly [number, number],
    descents: readonly Descent[],
    step = Number.POSITIVE_INFINITY,
  ): void {
    layer.grow(step);
    const { width, height } = layer.canvas;
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    const context = canvas.getContext('2d');
    if (!context) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.drawImage(layer.canvas, 0, 0);
    context.setTransform(width / frame.width, 0, 0, height / frame.height, 0, 0);
    for (const descent of descents) this.#head(context, frame, descent, step);
    this.#cross(context, pixelOf(frame, ...start));
  }

  #head(context: CanvasRenderingContext2D, frame: Frame, descent: Descent, step: number): void {
    const { entrant, trail, slots } = descent;
    const place = trail[Math.min(step, trail.length - 1)];
    if (!place) return;
    const { color } = lineOf(entrant.name);
    const [px, py] = pixelOf(frame, place.x, place.y);
    paintHead(context, entrant.name, [px, py]);
    // what it remembers belongs to the last step
    if (!this.arrows || !slots || step < trail.length - 1) return;
    const { direction, spread } = memory(entrant.name, slots);
    if (spread) this.#ellipse(context, color, px, py, spread);
    if (direction) this.#arrow(context, color, frame, [px, py], direction);
  }

  #arrow(
    context: CanvasRenderingContext2D,
    color: string,
    { view: [left, right, bottom, top], width, height }: Frame,
    [px, py]: Pixel,
    [dx = 0, dy = 0]: readonly number[],
  ): void {
    const [ax, ay] = [(dx / (right - left)) * width, (-dy / (top - bottom)) * height];
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

  #cross(context: CanvasRenderingContext2D, [px, py]: Pixel): void {
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

/** For those who do not see the picture. */
export const described = (surface: Surface, descents: readonly Descent[]): string =>
  `Contours of ${surface.text}. ${descents
    .map(
      ({ entrant, place, steps }) =>
        `${OPTIMIZERS[entrant.name].title} after ${steps} steps at ${near(place.x)}, ${near(place.y)}.`,
    )
    .join(' ')}`;
const near = (value: number): string => String(Number(value.toPrecision(3)));
