/** The first test images, and what the racer takes them for: right or wrong by mark, word and colour. */
import { CLASSES } from '../classes.ts';
import type { Insight, RaceData } from '../race/messages.ts';
import { h, setText } from './dom.ts';
import { percent } from './format.ts';
import { isDark } from './theme.ts';

const SHOWN = 30;
const SIDE = 28;
const PIXELS = SIDE * SIDE;

export interface Gallery {
  readonly element: HTMLElement;
  show(insight: Insight, data: RaceData): Promise<void>;
  /** After a change of colours. */
  recolour(): void;
}

export function gallery(): Gallery {
  const list = h('ul', { class: 'gallery' });
  const says = h('span', { class: 'hint' });
  const wrongOnly = h('input', { type: 'checkbox', id: 'wrong-only' });
  let last: [Insight, RaceData] | undefined;
  wrongOnly.addEventListener('change', () => {
    if (last) void show(...last);
  });
  const element = h(
    'div',
    {},
    h('h3', {}, 'Test images'),
    h('p', { class: 'row' }, h('label', { class: 'check' }, wrongOnly, h('span', {}, 'wrong ones only')), says),
    list,
  );

  async function show(insight: Insight, data: RaceData): Promise<void> {
    last = [insight, data];
    const labels = new Uint8Array(await data.test.labels.arrayBuffer());
    const right = (i: number) => insight.predicted[i] === labels[i];
    const all = Array.from(labels.keys());
    const indices = (wrongOnly.checked ? all.filter((i) => !right(i)) : all).slice(0, SHOWN);
    const tiles = await Promise.all(indices.map((i) => tile(i, insight, labels, data.test.images)));
    list.replaceChildren(...tiles);
    const wrong = all.filter((i) => !right(i)).length;
    setText(says, `${percent(1 - wrong / all.length)} of ${all.length} are right`);
  }
  const recolour = () => {
    if (last) void show(...last);
  };
  return { element, show, recolour };
}

async function tile(
  i: number,
  { predicted, sureness }: Insight,
  labels: Uint8Array,
  images: Blob,
): Promise<HTMLElement> {
  const actual = CLASSES[labels[i] ?? 0];
  const taken = CLASSES[predicted[i] ?? 0];
  const right = predicted[i] === labels[i];
  const sure = percent(sureness[i] ?? 0, 0);
  const pixels = new Uint8Array(await images.slice(i * PIXELS, (i + 1) * PIXELS).arrayBuffer());
  const title = right
    ? `${actual?.name}, told right, ${sure} sure`
    : `${actual?.name}, taken for ${taken?.name}, ${sure} sure`;
  return h(
    'li',
    { class: right ? 'right' : 'wrong', title },
    picture(pixels, title),
    h('span', { 'aria-hidden': 'true' }, h('b', {}, right ? '✓ ' : '✗ '), taken?.short ?? ''),
  );
}

function picture(pixels: Uint8Array, label: string): HTMLCanvasElement {
  const canvas = h('canvas', { width: SIDE, height: SIDE, role: 'img', 'aria-label': label });
  const context = canvas.getContext('2d');
  if (!context) return canvas;
  const image = context.createImageData(SIDE, SIDE);
  const dark = isDark();
  for (const [at, value] of pixels.entries()) {
    const shade = dark ? value : 255 - value;
    image.data.set([shade, shade, shade, 255], 4 * at);
  }
  context.putImageData(image, 0, 0);
  return canvas;
}
