/** The first layer's filters as pictures: black is negative, white positive, and one scale for all, so that they can be compared. */
import type { Filters } from '../race/messages.ts';
import { h, setText } from './dom.ts';
import { count } from './format.ts';

export interface FilterPictures {
  readonly element: HTMLElement;
  /** Draws them; where there are none, it hides. */
  show(filters: Filters | undefined): void;
}

export function filterPictures(): FilterPictures {
  const list = h('ul', { class: 'filters' });
  const says = h('p', { class: 'hint' });
  const element = h('div', { hidden: true }, h('h3', {}, 'Filters of the first layer'), list, says);

  function show(filters: Filters | undefined): void {
    element.hidden = !filters;
    if (!filters) return;
    const { kind, all, height, width, values } = filters;
    const pixels = height * width;
    const shown = values.length / pixels;
    const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    while (list.childElementCount > shown) list.lastElementChild?.remove();
    while (list.childElementCount < shown) list.append(h('li', {}, h('canvas', { role: 'img' })));
    for (const [i, canvas] of list.querySelectorAll('canvas').entries()) {
      const picture = values.subarray(i * pixels, (i + 1) * pixels);
      draw(canvas, picture, width, height, largest);
      canvas.setAttribute('aria-label', `Filter ${i + 1}: ${rangeOf(picture)}`);
    }
    const which = shown < all ? `The first ${shown} of ${count(all)}` : `All ${count(all)}`;
    const units =
      kind === 'dense' ? 'units, each with a weight for every pixel' : `filters of ${height}×${width} pixels`;
    setText(says, `${which} ${units}, after ${count(filters.step)} steps. ${scaleOf(largest)}`);
  }
  return { element, show };
}

const short = (value: number): string => value.toFixed(2).replace('-', '−');
const rangeOf = (values: Float32Array): string =>
  `${short(values.reduce((a, b) => Math.min(a, b)))} to ${short(values.reduce((a, b) => Math.max(a, b)))}`;
const scaleOf = (largest: number): string =>
  Number.isFinite(largest)
    ? `Black is −${short(largest)}, grey 0, white ${short(largest)}.`
    : 'Some weights are not finite.';

/** Grey is zero; `largest` is white, and black where it is negative. */
function draw(canvas: HTMLCanvasElement, values: Float32Array, width: number, height: number, largest: number): void {
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  if (!context) return;
  const image = context.createImageData(width, height);
  for (const [at, value] of values.entries()) {
    const shade = 127.5 + 127.5 * (value / (largest || 1));
    image.data.set([shade, shade, shade, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
}
