/** One live chart: a line for each racer against steps, epochs or seconds, and the same numbers as a table. */
import uPlot from 'uplot';
import { OPTIMIZERS, type RacerName } from '../optimizers.ts';
import type { RacerView, RaceView } from '../race/race.ts';
import { stepsPerEpoch } from '../settings.ts';
import type { Part } from './app.ts';
import { h, scrolling, setText } from './dom.ts';
import { decimals } from './format.ts';
import { drawEnds, LEAST_WIDTH, roomFor } from './line-ends.ts';
import { axisStyle, lineOf, tall, textScale } from './pens.ts';
import { smooth } from './smooth.ts';

export type Axis = 'step' | 'epoch' | 'seconds';
export type Quantity = 'loss' | 'val_loss' | 'val_accuracy';

export const AXES: readonly Axis[] = ['step', 'epoch', 'seconds'];
const AXIS_TITLES: Readonly<Record<Axis, string>> = {
  step: 'training step',
  epoch: 'epoch',
  seconds: 'seconds of each optimizer’s own training',
};

/** What all charts show. */
export interface Shown {
  race: RaceView | undefined;
  axis: Axis;
  /** Whether lines of batches are drawn smoothly, over the faint line of what was measured. */
  smooth: boolean;
  /** Whether losses stand on a logarithmic axis. */
  logarithmic: boolean;
  /** Racers whose lines are not wanted. */
  readonly hidden: ReadonlySet<string>;
}

interface Place {
  readonly step: number;
  readonly seconds: number;
}

/** The points of a racer's line. What is not a number ends the line. */
function lineData(racer: RacerView, quantity: Quantity, axis: Axis, perEpoch: number): [number[], (number | null)[]] {
  const x = ({ step, seconds }: Place) => (axis === 'seconds' ? seconds : axis === 'step' ? step : step / perEpoch);
  const y = (value: number) => (Number.isFinite(value) ? value : null);
  if (quantity === 'loss') {
    const points = racer.tail ? [...racer.points, racer.tail] : racer.points;
    return [points.map(x), points.map(({ loss }) => y(loss))];
  }
  return [racer.epochs.map(x), racer.epochs.map((point) => y(point[quantity]))];
}

/** What is far above the start is cut off: a racer that diverges must not flatten all others. */
const CUT = 2;

export class Chart implements Part {
  readonly element: HTMLElement;
  readonly quantity: Quantity;
  readonly title: string;
  readonly #shown: Shown;
  readonly #place = h('div', { class: 'plot' });
  readonly #tip = h('div', { class: 'tip', hidden: true });
  readonly #table = h('table');
  readonly #details: HTMLDetailsElement;
  readonly #height: number;
  #plot: uPlot | undefined;
  #names: readonly RacerName[] = [];
  #race: RaceView | undefined;
  /** Axis and switches that the plot was made for. */
  #kind: string | undefined;
  #rows = -1;
  #drawn = '';

  constructor(shown: Shown, quantity: Quantity, title: string, hint: string, height: number) {
    this.#shown = shown;
    this.quantity = quantity;
    this.title = title;
    this.#height = tall(height);
    this.#details = h(
      'details',
      { ontoggle: () => this.#fillTable(true) },
      h('summary', {}, `${title} as a table`),
      scrolling(`${title} by epoch`, this.#table),
    );
    this.element = h(
      'figure',
      { class: 'card chart' },
      h('figcaption', {}, h('h3', {}, title), h('span', {}, hint)),
      this.#place,
      this.#details,
    );
    this.#place.setAttribute('role', 'img');
    this.#place.style.minHeight = `${this.#height}px`;
    new ResizeObserver(() => this.#plot?.setSize({ width: this.#place.clientWidth, height: this.#height })).observe(
      this.#place,
    );
  }

  /** The chart in another size, whatever the window's is. */
  async picture(width: number, height: number): Promise<HTMLCanvasElement> {
    const plot = new uPlot(this.#options(this.#shown.axis, width, height), this.#data(this.#shown.axis), h('div'));
    await undefined; // uPlot draws at the end of its task
    plot.destroy();
    return plot.ctx.canvas;
  }

  /** The colours have changed: draws everything again at the next update. */
  outdate(): void {
    this.#kind = undefined;
  }

  get #wanted(): string {
    const { axis, smooth, logarithmic } = this.#shown;
    return `${axis} ${smooth} ${logarithmic}`;
  }

  /** Whether each racer has a second, faint line of what was measured; it is behind all first ones in the data. */
  get #faint(): boolean {
    return this.quantity === 'loss' && this.#shown.smooth;
  }

  /** Draws everything again: other racers, another axis, other colours. */
  #rebuild(): void {
    const { race, axis } = this.#shown;
    this.#plot?.destroy();
    this.#race = race;
    this.#kind = this.#wanted;
    this.#names = race?.racers.map(({ entrant }) => entrant.name) ?? [];
    this.#plot = new uPlot(
      this.#options(axis, this.#place.clientWidth || 300, this.#height),
      this.#data(axis),
      this.#place,
    );
    this.#plot.over.append(this.#tip);
    this.#rows = -1;
    this.#drawn = this.#contents();
    this.#describe(axis);
  }

  #options(axis: Axis, width: number, height: number): uPlot.Options {
    const logarithmic = this.quantity !== 'val_accuracy' && this.#shown.logarithmic;
    const named = width >= LEAST_WIDTH * textScale();
    const ends = this.#names.map((name, i) => ({
      name: OPTIMIZERS[name].title,
      color: lineOf(name).color,
      series: i + 1,
    }));
    const series = this.#names.map((name) => {
      const { color, dash } = lineOf(name);
      const points = { show: this.quantity !== 'loss', size: 4, fill: color };
      return {
        label: OPTIMIZERS[name].title,
        stroke: color,
        width: 2,
        dash: [...dash],
        spanGaps: true,
        points,
        show: !this.#shown.hidden.has(name),
      };
    });
    const measured = this.#faint
      ? this.#names.map((name) => ({
          stroke: `color-mix(in srgb, ${lineOf(name).color} 25%, transparent)`,
          width: 1,
          spanGaps: true,
          points: { show: false },
          show: !this.#shown.hidden.has(name),
        }))
      : [];
    const percentage = this.quantity === 'val_accuracy';
    const value = (v: number) => (percentage ? `${Math.round(v * 1000) / 10} %` : String(Math.round(v * 1e4) / 1e4));
    return {
      width,
      height,
      legend: { show: false },
      ...(named && { padding: [null, roomFor(ends.map((end) => end.name)), null, null] as uPlot.Padding }),
      cursor: { sync: { key: 'race' }, drag: { x: false, y: false }, points: { size: 7 }, focus: { prox: 24 } },
      // the line next to the pointer, or of the name that is pointed at, stands out
      focus: { alpha: 0.25 },
      scales: {
        x: { time: false, range: (_, min, max) => this.#range(axis, min, max) },
        y: { distr: logarithmic ? 3 : 1, range: (_, min, max) => this.#yRange(min, max, logarithmic) },
      },
      series: [{}, ...series, ...measured],
      axes: [
        axisStyle({ label: AXIS_TITLES[axis] }),
        { ...axisStyle({ width: 54 }), values: (_, splits) => splits.map(value) },
      ],
      hooks: {
        setCursor: [(plot) => this.#showTip(plot, axis)],
        draw: named ? [(plot) => drawEnds(plot, ends)] : [],
      },
    };
  }

  show(name: RacerName, shown: boolean): void {
    for (const index of this.#seriesOf(name)) this.#plot?.setSeries(index, { show: shown });
  }

  /** Makes this racer's line stand out, or none. */
  highlight(name: RacerName | undefined): void {
    const [index = null] = name === undefined ? [] : this.#seriesOf(name);
    this.#plot?.setSeries(index, { focus: index !== null });
  }

  #seriesOf(name: RacerName): number[] {
    const index = this.#names.indexOf(name);
    if (index < 0) return [];
    return this.#faint ? [index + 1, index + 1 + this.#names.length] : [index + 1];
  }

  /** Draws what is new. */
  update(): void {
    const { race, axis } = this.#shown;
    if (race?.live !== this.#race?.live || this.#wanted !== this.#kind) {
      this.#rebuild();
      return;
    }
    this.#race = race;
    const contents = this.#contents();
    if (contents === this.#drawn) return;
    this.#drawn = contents;
    this.#plot?.setData(this.#data(axis));
    this.#describe(axis);
  }

  /** Changes when there is something new to draw. */
  #contents(): string {
    const parts = this.#race?.racers.map(({ points, tail, epochs }) =>
      this.quantity === 'loss' ? `${points.length} ${tail?.step}` : epochs.length,
    );
    return parts?.join() ?? '';
  }

  /** The same in words and as a table. */
  #describe(axis: Axis): void {
    this.#fillTable(false);
    const last = this.#race?.racers.flatMap(({ entrant, epochs }) => {
      const value = epochs.at(-1)?.[this.quantity];
      return value === undefined || !Number.isFinite(value)
        ? []
        : [`${OPTIMIZERS[entrant.name].title} ${decimals(value)}`];
    });
    const label = `${this.title} against ${AXIS_TITLES[axis]}. Last epoch: ${last?.join(', ') || 'none yet'}. The table below has the numbers.`;
    if (this.#place.getAttribute('aria-label') !== label) this.#place.setAttribute('aria-label', label);
  }

  #data(axis: Axis): uPlot.AlignedData {
    const race = this.#race;
    const lines = this.#faint ? [...this.#names, ...this.#names] : this.#names;
    if (!race || race.racers.length === 0) return [[0], ...lines.map(() => [null])];
    const perEpoch = stepsPerEpoch(race.settings);
    const measured = race.racers.map((racer) => lineData(racer, this.quantity, axis, perEpoch));
    if (!this.#faint) return uPlot.join(measured);
    return uPlot.join([...measured.map(([x, y]): uPlot.AlignedData => [x, smooth(y)]), ...measured]);
  }

  /** Steps and epochs show the whole way from the start, so that lines grow into a picture that stands still. */
  #range(axis: Axis, min: number, max: number): [number, number] {
    const race = this.#race;
    if (!race || axis === 'seconds') return [0, Math.max(max, 0.1, min)];
    return [0, axis === 'step' ? race.steps : race.settings.epochs];
  }

  #yRange(min: number, max: number, logarithmic: boolean): [number, number] {
    if (!Number.isFinite(min) || !Number.isFinite(max)) return logarithmic ? [0.1, 10] : [0, 1];
    if (this.quantity === 'val_accuracy') return [Math.max(0, min - 0.02), Math.min(1, max + 0.02)];
    const start = this.#race?.racers[0]?.epochs[0]?.val_loss ?? max;
    const top = Math.min(max, CUT * start);
    if (logarithmic) return [Math.max(min, 1e-6 * top, Number.MIN_VALUE) / 1.2, top * 1.2];
    // the start alone is one point: around it there is room for what comes
    const bottom = Math.min(min, 0.9 * top);
    const room = 0.05 * Math.max(top - bottom, 0.01);
    return [Math.max(0, bottom - room), top + room];
  }

  #showTip(plot: uPlot, axis: Axis): void {
    const { idx, left = -1 } = plot.cursor;
    const values = this.#names.flatMap((name, i) => {
      if (
        idx === null ||
        idx === undefined ||
        left < 0 ||
        !plot.over.matches(':hover') ||
        plot.series[i + 1]?.show === false
      )
        return [];
      // lines have their points in different places: the last one before the cursor counts
      let at = idx;
      const line = plot.data[i + 1];
      while (at >= 0 && (line?.[at] ?? null) === null) at--;
      const value = line?.[at];
      return typeof value === 'number' ? [{ name, value }] : [];
    });
    this.#tip.hidden = values.length === 0;
    if (values.length === 0) return;
    const better = this.quantity === 'val_accuracy' ? -1 : 1;
    values.sort((a, b) => better * (a.value - b.value));
    const x = plot.data[0][idx ?? 0] ?? 0;
    const where = `${axis} ${axis === 'step' ? x : x.toFixed(2)}`;
    const rows = values.map(({ name, value }) =>
      h('li', { style: `--line:${lineOf(name).color}` }, OPTIMIZERS[name].title, h('b', {}, decimals(value))),
    );
    this.#tip.replaceChildren(h('p', {}, where), h('ul', {}, ...rows));
    this.#tip.classList.toggle('left', left > plot.over.clientWidth / 2);
    this.#tip.style.setProperty('--x', `${left}px`);
  }

  #fillTable(opened: boolean): void {
    const race = this.#race;
    if (!this.#details.open || !race) return;
    const rows = Math.max(0, ...race.racers.map(({ epochs }) => epochs.length));
    const cells = race.racers.reduce((sum, { epochs }) => sum + epochs.length, 0);
    if (!opened && cells === this.#rows) return;
    this.#rows = cells;
    const head = h(
      'tr',
      {},
      h('th', { scope: 'col' }, 'epoch'),
      ...this.#names.map((name) => h('th', { scope: 'col' }, OPTIMIZERS[name].title)),
    );
    const from = this.quantity === 'loss' ? 1 : 0;
    const body = Array.from({ length: Math.max(0, rows - from) }, (_, i) => {
      const values = race.racers.map(({ epochs }) => h('td', {}, decimals(epochs[i + from]?.[this.quantity])));
      return h('tr', {}, h('th', { scope: 'row' }, String(i + from)), ...values);
    });
    this.#table.replaceChildren(h('thead', {}, head), h('tbody', {}, ...body));
    if (body.length === 0) setText(this.#table, '');
  }
}
