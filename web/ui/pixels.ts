/** Grey images on a canvas: dark on light pages and the other way round, so that what is empty looks like paper. */
import { isDark } from './theme.ts';

/** Draws the bytes, 0 for empty, as they fill the canvas row by row. */
export function greys(canvas: HTMLCanvasElement, values: Uint8Array): void {
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(canvas.width, canvas.height);
  const dark = isDark();
  for (const [at, value] of values.entries()) {
    const shade = dark ? value : 255 - value;
    image.data.set([shade, shade, shade, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
}
