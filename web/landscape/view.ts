/** The landscape of a race that is over: which plane, the picture while it is measured, and the same as a table. */
import { sha256 } from '../../src/datasets/browser/verify.ts';
import { OPTIMIZERS } from '../optimizers.ts';
import type { SurveyedPath } from '../race/messages.ts';
import type { Race } from '../race/race.ts';
import { h, scrolling, setText } from '../ui/dom.ts';
import { count, decimals, percent } from '../ui/format.ts';
import { FINEST, Grid, IMAGES, measure, viewOf } from './grid.ts';
import { LandscapePicture } from './picture.ts';
import { type Plane, planeThrough } from './plane.ts';

const START = 'start';
const AROUND = 'around';

export class LandscapeView {
  readonly element: HTMLElement;
  readonly #picture = new LandscapePicture();
  readonly #corners = ['First point', 'Second point', 'Third point'].map((label, i) => ({
    label,
    select: h('select', { id: `corner-${i}` }),
  }));
  readonly #button = h('button', { type: 'button', id: 'measure', class: 'primary' }, 'Measure');
  readonly #bar = h('progress', { max: 1, value: 0, 'aria-label': 'Points measured' });
  readonly #state = h('p', { id: 'landscape-state', role: 'status' });
  readonly #readout = h('span', { class: 'hint' });
  readonly #digest = h('code', { id: 'landscape-digest' });
  readonly #rows = h('tbody');
  readonly #result = h('div', { hidden: true });
  #race: Race | undefined;
  #grid: Grid | undefined;
  #stage: number | undefined;
  #paths: readonly SurveyedPath[] = [];
  #measuring: AbortController | undefined;

  constructor() {
    this.#button.addEventListener('click', () => {
      if (this.#measuring) this.#measuring.abort();
      else void this.#measure();
    });
    const { canvas } = this.#picture;
    canvas.addEventListener('pointermove', ({ clientX, clientY }) => {
      const { left, top, width, height } = canvas.getBoundingClientRect();
      const value = this.#grid?.near((clientX - left) / width, (clientY - top) / height) ?? Number.NaN;
      setText(this.#readout, Number.isNaN(value) ? '' : `loss ${decimals(value)}`);
    });
    canvas.addEventListener('pointerleave', () => setText(this.#readout, ''));
    new ResizeObserver(() => this.draw()).observe(canvas);
    this.#corners[0]?.select.addEventListener('change', () => this.#offer());
    this.#corners[2]?.select.addEventListener('change', () => this.#offer());
    const fields = this.#corners.map(({ label, select }) =>
      h('div', { class: 'field' }, h('label', { for: select.id }, label), select),
    );
    const columns = ['Racer', 'Loss at its end', 'Way seen', 'Off the plane'];
    const head = h('tr', {}, ...columns.map((one) => h('th', { scope: 'col' }, one)));
    this.#result.append(
      h(
        'figure',
        { class: 'stage' },
        canvas,
        h('figcaption', {}, h('span', {}, 'Dots: the weights after some epochs.'), this.#readout),
      ),
      scrolling('Racers on the plane', h('table', { class: 'opinions' }, h('thead', {}, head), this.#rows)),
      h(
        'p',
        { class: 'hint' },
        `Points are the weights at the end of a racer. Paths lie beside the plane: what is seen of one is its shadow, and the table says how far its end is off, both in the length of the difference of all weights. Digest of the losses, the same in Node: `,
        this.#digest,
      ),
    );
    this.element = h(
      'div',
      {},
      h('div', { class: 'corners' }, ...fields, this.#button),
      this.#state,
      this.#bar,
      this.#result,
    );
  }

  /** Takes another race, which is over. */
  show(race: Race): void {
    if (race === this.#race) return;
    this.leave();
    this.#race = race;
    this.#grid = undefined;
    this.#result.hidden = true;
    const best = (name: string) =>
      race.racers.find(({ entrant }) => entrant.name === name)?.epochs.at(-1)?.val_loss ?? 0;
    const names = race.racers.map(({ entrant }) => entrant.name).filter((name) => Number.isFinite(best(name)));
    const points = names.toSorted((a, b) => best(a) - best(b)).slice(0, 3) as string[];
    if (points.length < 3) points.unshift(START);
    if (points.length < 3) points.push(AROUND);
    for (const [i, { select }] of this.#corners.entries()) {
      const option = (value: string, text: string) => h('option', { value, selected: value === points[i] }, text);
      select.replaceChildren(
        option(START, 'the start'),
        ...race.racers.map(({ entrant: { name } }) => option(name, OPTIMIZERS[name].title)),
        ...(i === 2 ? [option(AROUND, 'none: random directions around the first')] : []),
      );
    }
    if (points[2] === AROUND && this.#corners[0]) this.#corners[0].select.value = points[1] ?? START;
    this.#offer();
    void this.#measure();
  }

  /** Ends what is under way: the race is left. */
  leave(): void {
    this.#measuring?.abort();
    this.#race = undefined;
  }

  draw(): void {
    if (this.#grid && this.#stage !== undefined && !this.#result.hidden)
      this.#picture.draw(this.#grid, this.#stage, this.#paths);
  }

  #offer(): void {
    const [first, second, third] = this.#corners.map(({ select }) => select);
    if (!first || !second || !third) return;
    second.disabled = third.value === AROUND;
  }

  async #plane(race: Race): Promise<Plane> {
    const [first = START, second = START, third = START] = this.#corners.map(({ select }) => select.value);
    const named = (name: string) => (name === START ? (race.racers[0]?.entrant.name ?? '') : name);
    if (third === AROUND) {
      if (first === START) throw new RangeError('choose the end of a racer to look around from');
      return race.around(first);
    }
    if (new Set([first, second, third]).size < 3) throw new RangeError('choose three different points');
    const [a, b, c] = await Promise.all(
      [first, second, third].map((one) => race.weightsOf(named(one), one === START ? 'start' : 'end')),
    );
    if (!a || !b || !c) throw new Error('a plane has three points');
    return planeThrough(a, b, c);
  }

  async #measure(): Promise<void> {
    const race = this.#race;
    if (!race) return;
    const measuring = new AbortController();
    this.#measuring = measuring;
    // a closed race answers no more
    const signal = AbortSignal.any([measuring.signal, race.closed]);
    const ended = new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    ended.catch(() => undefined);
    setText(this.#button, 'Cancel');
    setText(this.#digest, '…');
    setText(this.#state, 'Measuring…');
    this.#bar.value = 0;
    try {
      await Promise.race([this.#work(race, signal), ended]);
      setText(this.#state, `${count(FINEST ** 2)} points measured: ${this.#range()}.`);
    } catch (error) {
      if (!signal.aborted)
        setText(this.#state, `Nothing to see: ${error instanceof Error ? error.message : String(error)}.`);
      else
        setText(this.#state, this.#stage === undefined ? 'Cancelled.' : `Cancelled: what has been measured is shown.`);
    } finally {
      if (this.#measuring === measuring) this.#measuring = undefined;
      setText(this.#button, 'Measure');
    }
  }

  async #work(race: Race, signal: AbortSignal): Promise<void> {
    const plane = await this.#plane(race);
    this.#paths = await race.survey(plane);
    signal.throwIfAborted();
    const chosen = this.#corners.map(({ select }) => select.value);
    const around = chosen[2] === AROUND;
    // in random directions paths look like dots: what is seen there is the surroundings
    const seen = around
      ? [
          { x: -1, y: -0.75 },
          { x: 1, y: 0.75 },
        ]
      : this.#paths.filter(({ name }) => chosen.includes(name)).flatMap(({ places }) => places);
    const grid = new Grid(viewOf(seen));
    this.#grid = grid;
    this.#stage = undefined;
    this.#fill();
    await measure(grid, race.gauges, signal, (done, stage) => {
      if (signal.aborted) return;
      this.#bar.value = done;
      if (stage === undefined) return;
      this.#stage = stage;
      this.#result.hidden = false;
      this.draw();
      setText(this.#state, `Measuring: ${percent(done, 0)} of the points, ${this.#range()}.`);
    });
    setText(this.#digest, await sha256(new Uint8Array(grid.values.buffer)));
  }

  #range(): string {
    const finite = this.#grid?.values.filter(Number.isFinite) ?? new Float64Array();
    const [low, high] = [
      finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
      finite.reduce((a, b) => Math.max(a, b), 0),
    ];
    const images = Math.min(IMAGES, this.#race?.settings.limit ?? IMAGES);
    return `the loss on the first ${count(images)} training images is from ${decimals(low)} to ${decimals(high)}`;
  }

  #fill(): void {
    const first = this.#paths[0]?.places[0];
    const rows = (this.#race?.racers ?? []).map(({ entrant: { name } }) => {
      const path = this.#paths.find((one) => one.name === name);
      const end = path?.places.at(-1);
      const way = end && first ? Math.sqrt((end.x - first.x) ** 2 + (end.y - first.y) ** 2) : Number.NaN;
      return h(
        'tr',
        {},
        h('th', { scope: 'row' }, OPTIMIZERS[name].title),
        h('td', {}, decimals(path?.loss)),
        h('td', {}, decimals(way, 2)),
        h('td', {}, decimals(end?.off, 2)),
      );
    });
    this.#rows.replaceChildren(...rows);
  }
}
