/** The page: a surface, optimizers on their way down, and what can be asked of them. */
import 'uplot/dist/uPlot.min.css';
import '../style.css';
import { bringCore } from '../core.ts';
import type { Facts } from '../data/facts.ts';
import { NAMES, optionsOfPoints, type RacerName } from '../optimizers.ts';
import { sent, total } from '../sent.ts';
import { byId, h, setText } from '../ui/dom.ts';
import { bytes, count } from '../ui/format.ts';
import { onKeys } from '../ui/keys.ts';
import { repairLanguage } from '../ui/language.ts';
import { field, racer } from '../ui/settings-form.ts';
import { linkButton, save } from '../ui/sharing.ts';
import { themeSwitch } from '../ui/theme.ts';
import { Descent, MOST_STEPS, type Objective, objective } from './descent.ts';
import { evaluate, parse } from './expression.ts';
import { Legend } from './legend.ts';
import { described, Picture } from './picture.ts';
import { sameAsNode } from './proof.ts';
import type { Curves, Explained } from './reading.ts';
import {
  coordinate,
  entrant,
  fromQuery,
  onSurface,
  parseStart,
  type Settings,
  surfaceFrom,
  toQuery,
} from './settings.ts';
import { SURFACES, type Surface } from './surfaces.ts';
import { Table } from './table.ts';

/** Steps a second; frames show as many as they can. */
const SPEEDS = {
  'three steps a second': 3,
  'ten steps a second': 10,
  'sixty steps a second': 60,
  'as fast as seen': 600,
};
/** Where a descent rests unless somebody wants more. */
const USUAL = 300;
/** Milliseconds between two changes of what is read; the picture moves in each frame. */
const READ = 125;
/** Share of the picture that an arrow key moves the start by. */
const NUDGE = 0.02;

/** Minima of a function that was typed are only those of a grid. */
function bottomOf({ name, text, minima }: Surface): number | undefined {
  if (name === 'own' || minima.length === 0) return undefined;
  const f = evaluate(parse(text));
  return Math.min(...minima.map(([x, y]) => f(x, y)));
}

class Page {
  settings: Settings;
  readonly #facts: Facts;
  readonly #picture: Picture;
  readonly #curves: Curves;
  readonly #table = new Table((name) => this.#explain(name));
  readonly #legend = new Legend((name) => this.#explain(name));
  readonly #explained: Explained;
  readonly #updates: (() => void)[] = [];
  /** What is read, and when each was drawn last; undefined if it shows the newest step. */
  readonly #read = [
    { since: 0, stale: false, draw: () => this.#curves.update(this.#descents, this.#bottom) },
    { since: 0, stale: false, draw: () => this.#table.update(this.settings.surface, this.#descents, this.#bits) },
    { since: 0, stale: false, draw: () => this.#explained.update(this.#descents) },
    { since: 0, stale: false, draw: () => setText(this.#numbers, `step ${count(this.#steps)}`) },
  ];
  readonly #state = h('strong', { id: 'state', role: 'status' });
  readonly #numbers = h('span', { class: 'numbers', id: 'numbers' });
  readonly #hint = h('p', { class: 'hint' });
  readonly #bits = new Map<string, boolean | undefined>();
  #objective: Objective;
  /** The least value of the surface, where it is known. */
  #bottom: number | undefined;
  #descents: Descent[] = [];
  #play = h('button', { type: 'button', id: 'play', class: 'primary', 'aria-keyshortcuts': 'Space' }, '▶ Play');
  #playing = false;
  #speed = 10;
  /** Where the descent rests; playing on goes as far again. */
  #until = USUAL;
  /** Steps that are due, with their fraction. */
  #due = 0;
  #frame = 0;

  constructor(facts: Facts, reading: typeof import('./reading.ts')) {
    this.#facts = facts;
    const { settings, problems } = fromQuery(location.search);
    this.settings = settings;
    this.#picture = new Picture(settings.surface);
    this.#curves = new reading.Curves(() => this.#draw());
    this.#explained = new reading.Explained(() => this.#draw());
    this.#objective = objective(parse(settings.surface.text));
    this.#bottom = bottomOf(settings.surface);
    byId('settings').append(this.#form());
    const notices = problems.map((problem) => h('p', { class: 'notice', role: 'status' }, `${problem}.`));
    byId('descent').append(
      h('div', { class: 'notices' }, ...notices),
      this.#transport(),
      h('div', { class: 'board' }, this.#stage(), this.#curves.element, this.#explained.element),
      this.#table.element,
      this.#exporting(),
    );
    byId('theme').append(themeSwitch(() => this.#recolour()));
    this.#restart(0);
    this.#setPlaying(!matchMedia('(prefers-reduced-motion: reduce)').matches);
  }

  change(settings: Partial<Settings>): void {
    const surface = settings.surface ?? this.settings.surface;
    if (surface !== this.settings.surface) {
      this.#objective.dispose();
      this.#objective = objective(parse(surface.text));
      this.#picture.surface = surface;
      this.#bottom = bottomOf(surface);
    }
    this.settings = settings.surface
      ? onSurface(this.settings, surface, settings.start ?? surface.start)
      : { ...this.settings, ...settings };
    // another surface is walked from its start, other options as far as before
    const steps = settings.surface ? 0 : Math.max(0, ...this.#descents.map((one) => one.steps));
    this.#restart(steps);
    if (settings.surface) this.#setPlaying(true);
  }

  /** All at the start, and so many steps on. */
  #restart(steps: number): void {
    for (const descent of this.#descents) descent.dispose();
    this.#bits.clear();
    this.#until = Math.max(USUAL, steps);
    this.#due = 0;
    const { entrants, start } = this.settings;
    this.#descents = entrants.map((one) => new Descent(this.#objective, one, start));
    this.#advance(steps);
    for (const update of this.#updates) update();
    this.#legend.show(entrants.map(({ name }) => name));
    this.#draw();
    // last, because a browser may refuse it: Safari does so more than 100 times in half a minute
    history.replaceState(null, '', `${location.pathname}${toQuery(this.settings)}`);
  }

  #advance(steps: number): void {
    for (const descent of this.#descents) for (let i = 0; i < steps && !descent.over; i++) descent.step();
    for (const descent of this.#descents) void this.#prove(descent);
  }

  async #prove(descent: Descent): Promise<void> {
    const { name } = descent.entrant;
    if (this.#bits.has(name)) return;
    const same = await sameAsNode(this.#facts.descents, this.settings, descent);
    if (same === undefined || !this.#descents.includes(descent) || this.#bits.has(name)) return;
    this.#bits.set(name, same);
    this.#table.update(this.settings.surface, this.#descents, this.#bits);
  }

  get #steps(): number {
    return Math.max(0, ...this.#descents.map(({ steps }) => steps));
  }

  get #over(): boolean {
    return this.#descents.every(({ over }) => over);
  }

  #setPlaying(playing: boolean): void {
    if (playing && this.#steps >= this.#until) this.#until = Math.min(MOST_STEPS, this.#until + USUAL);
    this.#playing = playing && !this.#over;
    cancelAnimationFrame(this.#frame);
    let before = performance.now();
    const next = (now: number) => {
      this.#due += (this.#speed * Math.min(100, now - before)) / 1000;
      before = now;
      const steps = Math.min(Math.floor(this.#due), this.#until - this.#steps);
      if (steps > 0) {
        this.#due -= Math.floor(this.#due);
        this.#advance(steps);
        this.#picture.draw(this.settings.start, this.#descents, true);
        for (const part of this.#read) part.stale = true;
      }
      // one in a frame, because together they take longer than one
      const part = this.#read.find(({ stale, since }) => stale && now - since >= READ);
      if (part) {
        part.draw();
        Object.assign(part, { stale: false, since: now });
      }
      if (this.#steps >= this.#until || this.#over) this.#setPlaying(false);
      else this.#frame = requestAnimationFrame(next);
    };
    if (this.#playing) {
      this.#frame = requestAnimationFrame(next);
      this.#say();
    } else this.#draw();
  }

  #say(): void {
    setText(this.#play, this.#playing ? '❚❚ Pause' : '▶ Play');
    this.#play.disabled = this.#over;
    // the step is told when it stands: those who listen would hear nothing else
    const steps = `at step ${count(this.#steps)}`;
    setText(this.#state, this.#playing ? 'Descending' : this.#over ? `Ended ${steps}` : `Paused ${steps}`);
    this.#numbers.hidden = !this.#playing;
  }

  /** Draws everything, as it is at rest. */
  #draw(): void {
    const { surface, start } = this.settings;
    this.#picture.draw(start, this.#descents);
    this.#picture.canvas.setAttribute('aria-label', described(surface, this.#descents));
    for (const part of this.#read) {
      part.draw();
      part.stale = false;
    }
    this.#say();
  }

  #recolour(): void {
    for (const part of [this.#curves, this.#table]) part.outdate();
    for (const update of this.#updates) update();
    this.#legend.show(this.settings.entrants.map(({ name }) => name));
    this.#draw();
  }

  #explain(name: RacerName): void {
    this.#explained.choose(name);
    this.#draw();
  }

  #form(): HTMLElement {
    const made = <T>(...args: Parameters<typeof field<T>>) => {
      const { element, update } = field<T>(...args);
      this.#updates.push(update);
      return element;
    };
    const choice = h(
      'select',
      { id: 'surface' },
      ...SURFACES.map(({ name, title }) => h('option', { value: name }, title)),
      h('option', { value: 'own', disabled: true }, 'Your own function'),
    );
    choice.addEventListener('change', () => {
      const surface = SURFACES.find(({ name }) => name === choice.value);
      if (surface) this.change({ surface });
    });
    this.#updates.push(() => {
      choice.value = this.settings.surface.name;
      setText(this.#hint, this.settings.surface.hint);
    });
    const optimizers = NAMES.map((name) =>
      racer(this, name, made, this.#updates, () => entrant(name, this.settings.surface).options, optionsOfPoints(name)),
    );
    this.#updates.push(() => {
      for (const one of optimizers) one.recolour();
    });
    const beside = matchMedia('(min-width: 62.5em)');
    const form = h(
      'details',
      { class: 'card settings', open: beside.matches },
      h('summary', {}, h('h2', { id: 'settings-title' }, 'Settings')),
      h('div', { class: 'field' }, h('label', { for: 'surface' }, 'Surface'), choice),
      this.#hint,
      made(
        'function',
        'Function of x and y',
        () => this.settings.surface.text,
        surfaceFrom,
        (surface) => this.change({ surface }),
        { inputmode: 'text' },
      ),
      made(
        'start',
        'Start: x, y',
        () => this.settings.start.map(coordinate).join(', '),
        parseStart,
        (start) => this.change({ start }),
        { inputmode: 'text' },
      ),
      h('div', { class: 'racers' }, ...optimizers.map(({ element }) => element)),
      h(
        'p',
        { class: 'hint' },
        'Each takes one gradient a step; L-BFGS evaluates the function as often as its line search asks. Lookahead and SAM, which wrap another optimizer, are not shown.',
      ),
    );
    beside.addEventListener('change', () => {
      form.open = beside.matches;
    });
    return form;
  }

  #transport(): HTMLElement {
    const step = h('button', { type: 'button', id: 'step', 'aria-keyshortcuts': '.' }, 'Step');
    const reset = h('button', { type: 'button', id: 'reset' }, 'Reset');
    this.#play.addEventListener('click', () => this.#setPlaying(!this.#playing));
    step.addEventListener('click', () => {
      this.#setPlaying(false);
      this.#advance(1);
      this.#until = Math.max(this.#until, this.#steps);
      this.#draw();
    });
    reset.addEventListener('click', () => {
      this.#setPlaying(false);
      this.#restart(0);
    });
    const speed = h('select', { id: 'speed' }, ...Object.keys(SPEEDS).map((name) => h('option', {}, name)));
    speed.selectedIndex = Object.values(SPEEDS).indexOf(this.#speed);
    speed.addEventListener('change', () => {
      this.#speed = Object.values(SPEEDS)[speed.selectedIndex] ?? this.#speed;
    });
    // on the picture, which can have the focus too, they still move the descent
    onKeys(this.#play, step, 'input, select, textarea, button, summary, a');
    return h(
      'section',
      { class: 'card transport' },
      h('div', { class: 'buttons' }, this.#play, step, reset),
      h('label', { class: 'inline' }, h('span', {}, 'Speed'), speed),
      h('div', { class: 'where' }, h('p', {}, this.#state, ' ', this.#numbers)),
    );
  }

  /** The picture, on which a click, a drag or the arrow keys choose the start. */
  #stage(): HTMLElement {
    const { canvas } = this.#picture;
    canvas.className = 'surface';
    canvas.id = 'picture';
    canvas.tabIndex = 0;
    canvas.setAttribute('role', 'img');
    const start = (event: MouseEvent) => {
      const { left, top } = canvas.getBoundingClientRect();
      this.change({ start: this.#picture.pointAt(event.clientX - left, event.clientY - top) });
    };
    canvas.addEventListener('pointerdown', (event) => {
      // a finger scrolls the page, and chooses by tapping
      if (event.button !== 0 || event.pointerType === 'touch') return;
      canvas.setPointerCapture(event.pointerId);
      start(event);
    });
    canvas.addEventListener('pointermove', (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) start(event);
    });
    canvas.addEventListener('click', (event) => {
      start(event);
      this.#setPlaying(true);
    });
    canvas.addEventListener('keydown', (event) => {
      const moves: Readonly<Record<string, readonly [number, number]>> = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, 1],
        ArrowDown: [0, -1],
      };
      const move = moves[event.key];
      if (!move) return;
      event.preventDefault();
      const [left, right, bottom, top] = this.settings.surface.view;
      const [x, y] = this.settings.start;
      this.change({ start: [x + move[0] * NUDGE * (right - left), y + move[1] * NUDGE * (top - bottom)] });
    });
    new ResizeObserver(() => this.#draw()).observe(canvas);
    const box = h('input', { type: 'checkbox', checked: true, id: 'arrows' });
    box.addEventListener('change', () => {
      this.#picture.arrows = box.checked;
      this.#draw();
    });
    return h(
      'figure',
      { class: 'card stage' },
      canvas,
      h(
        'figcaption',
        {},
        this.#legend.element,
        h('span', {}, 'Click, tap or drag to choose the start. Stars are minima.'),
        h(
          'label',
          { class: 'check' },
          box,
          h('span', {}, 'arrows: where memory pulls; ellipses: how far a gradient is followed'),
        ),
      ),
    );
  }

  #exporting(): HTMLElement {
    const says = h('span', { class: 'hint', role: 'status' });
    const link = linkButton(says, 'this descent');
    const png = h('button', { type: 'button', id: 'png' }, 'PNG');
    png.addEventListener('click', () => this.#picture.canvas.toBlob((blob) => blob && save('descent.png', blob)));
    const gif = h('button', { type: 'button', id: 'gif' }, 'Animated GIF');
    gif.addEventListener('click', async () => {
      gif.disabled = true;
      setText(says, 'Drawing…');
      try {
        const { animated } = await import('./animation.ts');
        save('descent.gif', await animated(this.#picture, this.settings.start, this.#descents));
        setText(says, '');
      } catch (error) {
        setText(says, `It was not drawn: ${error instanceof Error ? error.message : String(error)}. Try again.`);
      }
      gif.disabled = false;
    });
    return h('section', { class: 'card' }, h('h2', {}, 'Export'), h('p', { class: 'row' }, link, png, gif, says));
  }
}

async function start(): Promise<void> {
  repairLanguage(); // before uPlot comes with the curves
  const [response, reading] = await Promise.all([
    fetch(new URL('data/facts.json', document.baseURI)),
    import('./reading.ts'),
    bringCore(),
  ]);
  if (!response.ok) throw new Error(`data/facts.json: HTTP ${response.status}`);
  new Page((await response.json()) as Facts, reading);
  const all = total([sent()]);
  if (all) setText(byId('weight'), `This page: ${bytes(all)}.`);
}

start().catch((error: unknown) => {
  const again = h('button', { type: 'button', onclick: () => location.reload() }, 'Try again');
  const text = `The page could not start. ${error instanceof Error ? error.message : String(error)} `;
  byId('descent').append(h('p', { class: 'notice bad', role: 'alert' }, text, again));
});
