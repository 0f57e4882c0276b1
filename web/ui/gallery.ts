/** The first test images and what the racer classifies them as: right or wrong by mark, word and colour. */
import { CLASSES } from '../classes.ts';
import type { Insight, RaceData } from '../race/messages.ts';
import { h, setText } from './dom.ts';
import { count, percent } from './format.ts';
import { greys } from './pixels.ts';

const SHOWN = 30;
const SIDE = 28;
const PIXELS = SIDE * SIDE;

export interface Gallery {
  readonly element: HTMLElement;
  show(insight: Insight, data: RaceData): Promise<void>;
  clear(): void;
  /** After a change of colours. */
  recolour(): void;
}

export function gallery(): Gallery {
  const list = h('ul', { class: 'gallery' });
  const says = h('span', { class: 'hint' });
  const mistakesOnly = h('input', { type: 'checkbox', id: 'mistakes-only' });
  let last: [Insight, RaceData] | undefined;
  mistakesOnly.addEventListener('change', () => {
    if (last) void show(...last);
  });
  const element = h(
    'div',
    {},
    h('h3', {}, 'Test images'),
    h('p', { class: 'row' }, h('label', { class: 'check' }, mistakesOnly, h('span', {}, 'Mistakes only')), says),
    list,
  );

  async function show(insight: Insight, data: RaceData): Promise<void> {
    last = [insight, data];
    const labels = new Uint8Array(await data.test.labels.arrayBuffer());
    const right = (i: number) => insight.predicted[i] === labels[i];
    const all = Array.from(labels.keys());
    const indices = (mistakesOnly.checked ? all.filter((i) => !right(i)) : all).slice(0, SHOWN);
    const tiles = await Promise.all(indices.map((i) => tile(i, insight, labels, data.test.images)));
    if (last?.[0] !== insight) return; // cleared, or followed by another
    list.replaceChildren(...tiles);
    const wrong = all.filter((i) => !right(i)).length;
    setText(says, `${percent(1 - wrong / all.length)} of ${count(all.length)} test images are classified correctly`);
  }
  const recolour = () => {
    if (last) void show(...last);
  };
  const clear = () => {
    last = undefined;
    list.replaceChildren();
    setText(says, '');
  };
  return { element, show, clear, recolour };
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
  const says = right
    ? `${actual?.name}, classified correctly, ${sure} sure`
    : `${actual?.name}, classified as ${taken?.name}, ${sure} sure`;
  return h(
    'li',
    { class: right ? 'right' : 'wrong' },
    picture(pixels, says),
    h('span', { 'aria-hidden': 'true' }, h('b', {}, right ? '✓ ' : '✗ '), taken?.short),
    h('span', { 'aria-hidden': 'true' }, right ? `${sure} sure` : `is ${actual?.short}`),
  );
}

function picture(pixels: Uint8Array, label: string): HTMLCanvasElement {
  const canvas = h('canvas', { width: SIDE, height: SIDE, role: 'img', 'aria-label': label });
  greys(canvas, pixels);
  return canvas;
}
