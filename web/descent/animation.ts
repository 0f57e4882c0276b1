/** The descent as an animated GIF: from the start to the step that is shown, in about five seconds. */
import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import type { Descent } from './descent.ts';
import type { Picture } from './picture.ts';

const WIDTH = 640;
const FRAMES = 60;
/** Milliseconds; the last frame stays. */
const FRAME = 80;
const LAST = 1500;

export async function animated(
  picture: Picture,
  start: readonly [number, number],
  descents: readonly Descent[],
): Promise<Blob> {
  const { canvas, context, paint } = picture.painter(WIDTH, start, descents);
  if (!context) throw new Error('this browser gives no canvas');
  const longest = Math.max(1, ...descents.map(({ steps }) => steps));
  const frames = Math.min(FRAMES, longest);
  const gif = GIFEncoder();
  for (let i = 0; i <= frames; i++) {
    paint(Math.round((longest * i) / frames));
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const palette = quantize(data, 256);
    const delay = i === frames ? LAST : FRAME;
    gif.writeFrame(applyPalette(data, palette), canvas.width, canvas.height, { palette, delay });
    // the page answers in between
    await new Promise((resolve) => setTimeout(resolve));
  }
  gif.finish();
  return new Blob([gif.bytesView() as Uint8Array<ArrayBuffer>], { type: 'image/gif' });
}
