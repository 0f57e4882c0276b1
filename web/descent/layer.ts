/** The surface, with the trails on it as far as they have been drawn: a frame adds what is new, because long trails take longer than a frame. */
import { paintHeights } from '../ui/heights.ts';
import { ink } from '../ui/pens.ts';
import { isDark } from '../ui/theme.ts';
import { type Pixel, Trail } from '../ui/trails.ts';
import type { Descent } from './descent.ts';
import { evaluate, parse } from './expression.ts';
import { type Frame, pixelOf } from './frame.ts';
import type { Surface } from './surfaces.ts';

/** Cells of the grid on which the surface is evaluated, along each axis. */
const CELLS = 150;
/** The first steps have dots; later ones are too many to be told apart. */
const DOTS = 60;

/** The shading, the contours and the minima, which stay as long as nothing but the trails moves. */
export class Ground {
  readonly canvas = document.createElement('canvas');
  readonly frame: Frame;
  readonly #key: string;

  constructor(surface: Surface, frame: Frame, scale: number) {
    this.frame = frame;
    this.#key = keyOf(surface, frame, scale);
    const { width, height } = frame;
    [this.canvas.width, this.canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    const context = this.canvas.getContext('2d');
    if (!context) return;
    context.scale(scale, scale);
    paintGround(context, surface.text, frame);
    for (const [x, y] of surface.minima) paintStar(context, pixelOf(frame, x, y));
  }

  fits(surface: Surface, frame: Frame, scale: number): boolean {
    return this.#key === keyOf(surface, frame, scale);
  }
}

const keyOf = ({ text }: Surface, { view, width, height }: Frame, scale: number): string =>
  [text, ...view, width, height, scale, isDark()].join();

export class Layer {
  readonly canvas = document.createElement('canvas');
  readonly #context: CanvasRenderingContext2D | null;
  #ground: Ground | undefined;
  #descents: readonly Descent[] = [];
  #trails: { readonly descent: Descent; readonly trail: Trail; drawn: number }[] = [];

  /** `read`: whether its pixels are read back often. */
  constructor(read = false) {
    this.#context = this.canvas.getContext('2d', { willReadFrequently: read });
  }

  /** Whether what is there is the beginning of what is wanted. */
  grows(ground: Ground, descents: readonly Descent[]): boolean {
    return ground === this.#ground && descents === this.#descents;
  }

  /** Begins with the surface alone, on so many pixels. */
  begin(
    ground: Ground,
    descents: readonly Descent[],
    pixels: { readonly width: number; readonly height: number },
  ): void {
    [this.#ground, this.#descents] = [ground, descents];
    this.#trails = descents.map((descent) => ({ descent, trail: new Trail(descent.entrant.name), drawn: 0 }));
    if (this.canvas.width !== pixels.width) this.canvas.width = pixels.width;
    if (this.canvas.height !== pixels.height) this.canvas.height = pixels.height;
    const { width, height } = ground.frame;
    this.#context?.setTransform(pixels.width / width, 0, 0, pixels.height / height, 0, 0);
    this.#context?.drawImage(ground.canvas, 0, 0, width, height);
  }

  /** Draws the trails on, up to a step. */
  grow(step = Number.POSITIVE_INFINITY): void {
    const [context, frame] = [this.#context, this.#ground?.frame];
    if (!context || !frame) return;
    for (const one of this.#trails) {
      const { descent, trail, drawn } = one;
      const places = descent.trail.slice(drawn, Math.min(descent.trail.length, step + 1));
      if (places.length === 0) continue;
      one.drawn += places.length;
      trail.grow(
        context,
        places.map(({ x, y }) => pixelOf(frame, x, y)),
        Math.max(0, DOTS - drawn),
      );
    }
  }
}

/** The surface at the middle of each cell. */
function paintGround(context: CanvasRenderingContext2D, text: string, { view, width, height }: Frame): void {
  const f = evaluate(parse(text));
  const [left, right, bottom, top] = view;
  const values = Float64Array.from({ length: CELLS * CELLS }, (_, k) => {
    const [i, j] = [k % CELLS, Math.floor(k / CELLS)];
    return f(left + ((right - left) * (i + 0.5)) / CELLS, top - ((top - bottom) * (j + 0.5)) / CELLS);
  });
  paintHeights(context, { values, side: CELLS, inset: 0 }, view, width, height);
}

function paintStar(context: CanvasRenderingContext2D, [px, py]: Pixel): void {
  context.fillStyle = ink().text;
  context.beginPath();
  for (let i = 0; i < 10; i++) {
    const [angle, radius] = [(Math.PI * i) / 5 - Math.PI / 2, i % 2 === 0 ? 7 : 3];
    context.lineTo(px + radius * Math.cos(angle), py + radius * Math.sin(angle));
  }
  context.fill();
}
