/** The landscape as shaded contours, and on it the paths of the racers. */
import { OPTIMIZERS } from '../optimizers.ts';
import type { SurveyedPath } from '../race/messages.ts';
import { h } from '../ui/dom.ts';
import { paintHeights } from '../ui/heights.ts';
import { font, ink, textScale } from '../ui/pens.ts';
import { type Pixel, paintHead, Trail } from '../ui/trails.ts';
import type { Grid } from './grid.ts';

interface Box {
  readonly left: number;
  readonly top: number;
  readonly width: number;
}

const LINE = 14;

/** Where a name can stand that no other name is: beside its place, else above or below. */
function free([px, py]: Pixel, size: number, line: number, width: number, taken: readonly Box[]): Box {
  const left = px + 10 + size > width ? px - 10 - size : px + 10;
  const meets = (top: number) =>
    taken.some((one) => Math.abs(one.top - top) < line && left < one.left + one.width && one.left < left + size);
  for (let i = 0; i < 2 * taken.length + 2; i++) {
    const top = py - line / 2 + line * (i % 2 === 0 ? i / 2 : -(i + 1) / 2);
    if (!meets(top)) return { left, top, width: size };
  }
  return { left, top: py - line / 2, width: size };
}

export class LandscapePicture {
  readonly canvas = h('canvas', { class: 'surface', id: 'landscape', role: 'img' });

  draw(grid: Grid, stage: number, paths: readonly SurveyedPath[]): void {
    const { canvas } = this;
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    const context = canvas.getContext('2d');
    if (!context || width === 0) return;
    const scale = Math.min(devicePixelRatio, 3);
    [canvas.width, canvas.height] = [Math.round(width * scale), Math.round(height * scale)];
    context.scale(scale, scale);
    paintHeights(context, { values: grid.at(stage), side: stage, inset: 0.5 }, grid.view, width, height);
    const [left, right, bottom, top] = grid.view;
    const pixel = (x: number, y: number): Pixel => [
      ((x - left) / (right - left)) * width,
      ((top - y) / (top - bottom)) * height,
    ];
    for (const { name, places } of paths)
      new Trail(name).grow(
        context,
        places.map(({ x, y }) => pixel(x, y)),
      );
    const ends = paths.flatMap(({ name, places }) => {
      const end = places.at(-1);
      return end && Number.isFinite(end.x + end.y) ? [{ name, at: pixel(end.x, end.y) }] : [];
    });
    for (const { name, at } of ends) paintHead(context, name, at);
    const line = LINE * textScale();
    context.font = font();
    context.textAlign = 'left';
    context.fillStyle = ink().text;
    const taken: Box[] = [];
    for (const { name, at } of ends) {
      const text = OPTIMIZERS[name].title;
      const box = free(at, context.measureText(text).width, line, width, taken);
      taken.push(box);
      context.fillText(text, box.left, box.top + line - 3);
    }
    const names = paths.map(({ name }) => OPTIMIZERS[name].title).join(', ');
    canvas.setAttribute('aria-label', `Contours of the loss around the ends of the racers, with the paths of ${names}`);
  }
}
