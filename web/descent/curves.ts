/** How high each optimizer still is, step by step. */
import uPlot from 'uplot';
import { OPTIMIZERS } from '../optimizers.ts';
import { h } from '../ui/dom.ts';
import { axisStyle, lineOf, tall } from '../ui/pens.ts';
import type { Descent } from './descent.ts';

const HEIGHT = 240;
/** More points than pixels show nothing more. */
const POINTS = 400;
/** Below this share of the highest value a logarithmic axis has nothing to show. */
const FLOOR = 1e-8;

/** Powers of ten, or of more where there would be too many. */
function powers(min: number, max: number): number[] {
  const [from, to] = [Math.ceil(Math.log10(min)), Math.floor(Math.log10(max))];
  const every = Math.max(1, Math.ceil((to - from) / 6));
  return Array.from({ length: Math.max(0, Math.floor((to - from) / every) + 1) }, (_, i) => 10 ** (from + i * every));
}

export class Curves {
  readonly element: HTMLElement;
  readonly #place = h('div', { class: 'plot', role: 'img' });
  #plot: uPlot | undefined;
  #key = '';
  #logarithmic = true;

  constructor(changed: () => void) {
    const box = h('input', { type: 'checkbox', checked: true, id: 'logarithmic' });
    box.addEventListener('change', () => {
      this.#logarithmic = box.checked;
      changed();
    });
    this.#place.style.minHeight = `${tall(HEIGHT)}px`;
    this.element = h(
      'figure',
      { class: 'card chart' },
      h(
        'figcaption',
        {},
        h('h3', {}, 'Height'),
        h('span', {}, 'value of the function above the lowest reached, step by step'),
        h('label', { class: 'check' }, box, h('span', {}, 'logarithmic')),
      ),
      this.#place,
    );
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#place.clientWidth, height: tall(HEIGHT) })).observe(
      this.#place,
    );
  }

  outdate(): void {
    this.#key = '';
  }

  update(descents: readonly Descent[], bottom: number | undefined): void {
    const key = [...descents.map(({ entrant }) => entrant.name), this.#logarithmic].join();
    const data = this.#data(descents, bottom);
    if (key === this.#key) {
      this.#plot?.setData(data);
      return;
    }
    this.#key = key;
    const names = descents.map(({ entrant }) => OPTIMIZERS[entrant.name].title);
    this.#place.setAttribute('aria-label', `Heights of ${names.join(', ')}`);
    this.#plot?.destroy();
    this.#plot = new uPlot(this.#options(descents), data, this.#place);
  }

  #data(descents: readonly Descent[], bottom: number | undefined): uPlot.AlignedData {
    const longest = Math.max(1, ...descents.map(({ steps }) => steps));
    const every = Math.max(1, Math.ceil(longest / POINTS));
    const steps = Array.from({ length: Math.floor(longest / every) + 1 }, (_, i) => i * every);
    let lowest = bottom ?? Number.POSITIVE_INFINITY;
    if (bottom === undefined)
      for (const { trail } of descents)
        for (const { value } of trail) if (Number.isFinite(value) && value < lowest) lowest = value;
    const first = descents[0]?.trail[0]?.value ?? 1;
    const least = Math.max((first - lowest) * FLOOR, Number.MIN_VALUE);
    const most = 10 * Math.max(first - lowest, least);
    const shown = (value: number | undefined) => {
      if (value === undefined || !Number.isFinite(value)) return null;
      // what diverges must not flatten all others
      const height = Math.min(value - lowest, most);
      return this.#logarithmic ? Math.max(height, least) : height;
    };
    return [steps, ...descents.map(({ trail }) => steps.map((at) => shown(trail[at]?.value)))];
  }

  #options(descents: readonly Descent[]): uPlot.Options {
    const value = (v: number) =>
      v === 0 || (v >= 0.01 && v < 1e4) ? String(Number(v.toPrecision(3))) : v.toExponential(0);
    return {
      width: this.#place.clientWidth || 300,
      height: tall(HEIGHT),
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false }, y: { distr: this.#logarithmic ? 3 : 1 } },
      series: [
        {},
        ...descents.map(({ entrant: { name } }) => {
          const { color, dash } = lineOf(name);
          return { label: OPTIMIZERS[name].title, stroke: color, width: 2, dash: [...dash], points: { show: false } };
        }),
      ],
      axes: [
        axisStyle({ label: 'step' }),
        {
          ...axisStyle({ width: 58 }),
          ...(this.#logarithmic && { splits: (_: uPlot, __: number, min: number, max: number) => powers(min, max) }),
          values: (_, splits) => splits.map((one) => (one === null ? '' : value(one))),
        },
      ],
    };
  }
}
