/** Draw your own garment: what every racer takes it for, while it is drawn and while they learn. */
import { CLASSES } from '../classes.ts';
import { IMAGE_SIDE, type Place, Sheet, SIDE } from '../draw/sheet.ts';
import { OPTIMIZERS } from '../optimizers.ts';
import type { Seen } from '../race/messages.ts';
import type { Race } from '../race/race.ts';
import type { App, Moment, Part } from './app.ts';
import { h, setText, swatch } from './dom.ts';
import { count, percent } from './format.ts';
import { lineOf } from './pens.ts';
import { greys } from './pixels.ts';

/** Radius in pixels of the sheet. */
const TOOLS = { wide: 9, fine: 3.5, eraser: 9 } as const;
type Tool = keyof typeof TOOLS;
/** Milliseconds between two questions: while one draws, and while only the racers change. */
const EVERY = { stroke: 60, step: 500 } as const;
/** Pixels that an arrow key moves the pen by; with Shift, one. */
const NUDGE = 5;

const MOVES: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

export function draw(app: App): Part & { recolour(): void } {
  const sheet = new Sheet();
  const canvas = h('canvas', {
    class: 'sheet',
    id: 'sheet',
    width: SIDE,
    height: SIDE,
    tabindex: 0,
    role: 'application',
    'aria-label': 'Sheet to draw on',
    'aria-describedby': 'sheet-keys',
  });
  const small = h('canvas', {
    width: IMAGE_SIDE,
    height: IMAGE_SIDE,
    role: 'img',
    'aria-label': 'What the networks see',
  });
  const says = h('p', { id: 'drawn', role: 'status' });
  const pen = h('p', { class: 'hint', id: 'pen', role: 'status' });
  const rows = h('tbody');
  let tool: Tool = 'wide';
  /** Where the pen is, if it is used by keyboard, and whether it is on the sheet. */
  let place: Place | undefined;
  let down = false;
  let visible = false;
  let shown: Race | undefined;
  let asking = false;
  let asked = 0;
  /** What has been asked for: the drawing, and where the racers were. */
  let seen = '';
  let version = 0;
  let sample = -1;

  const tools = (Object.keys(TOOLS) as Tool[]).map((one) => {
    const radio = h('input', { type: 'radio', name: 'tool', value: one, checked: one === tool });
    radio.addEventListener('change', () => {
      tool = one;
    });
    return h('label', {}, radio, h('span', {}, one));
  });
  const button = (id: string, text: string, work: () => void) => {
    const made = h('button', { type: 'button', id, class: 'small' }, text);
    made.addEventListener('click', () => {
      work();
      changed();
    });
    return made;
  };
  const fill = button('fill', 'Fill the outline', () => sheet.fill());
  const undo = button('undo-stroke', 'Undo', () => sheet.undo());
  const clear = button('clear', 'Clear', () => sheet.clear());
  const example = button('sample', 'Begin with a test image', () => void begin());

  const stroke = (from: Place, to: Place) => {
    sheet.line(from, to, TOOLS[tool], tool === 'eraser');
    changed();
  };
  const placeOf = ({ clientX, clientY }: PointerEvent): Place => {
    const { left, top, width, height } = canvas.getBoundingClientRect();
    return { x: ((clientX - left) / width) * SIDE, y: ((clientY - top) / height) * SIDE };
  };
  let last: Place | undefined;
  canvas.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    canvas.setPointerCapture(event.pointerId);
    place = undefined;
    last = placeOf(event);
    sheet.begin();
    stroke(last, last);
  });
  canvas.addEventListener('pointermove', (event) => {
    if (!last) return;
    // all that happened since the last frame: a quick stroke stays round
    const events = event.getCoalescedEvents?.() ?? [];
    for (const one of events.length > 0 ? events : [event]) {
      const next = placeOf(one);
      stroke(last, next);
      last = next;
    }
  });
  for (const end of ['pointerup', 'pointercancel'] as const)
    canvas.addEventListener(end, () => {
      last = undefined;
      void ask();
    });

  canvas.addEventListener('keydown', (event) => {
    const move = MOVES[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (move) {
      const from = place ?? { x: SIDE / 2, y: SIDE / 2 };
      const step = event.shiftKey ? 1 : NUDGE;
      const within = (value: number) => Math.min(SIDE, Math.max(0, value));
      place = { x: within(from.x + move[0] * step), y: within(from.y + move[1] * step) };
      if (down) stroke(from, place);
    } else if (event.key === ' ' || event.key === 'Enter') {
      place ??= { x: SIDE / 2, y: SIDE / 2 };
      down = !down;
      if (down) {
        sheet.begin();
        stroke(place, place);
      }
    } else return;
    event.preventDefault();
    setText(pen, down ? 'The pen is on the sheet.' : 'The pen is lifted.');
    paint();
  });
  canvas.addEventListener('blur', () => {
    place = undefined;
    down = false;
    setText(pen, '');
    paint();
  });

  /** A test image of a class, the next one each time. */
  async function begin(): Promise<void> {
    const race = shown;
    if (!race) return;
    const { images, count: most } = (await app.images.for(race.settings.limit)).test;
    sample = (sample + 1) % most;
    const size = IMAGE_SIDE ** 2;
    sheet.show(new Uint8Array(await images.slice(sample * size, (sample + 1) * size).arrayBuffer()));
    changed();
  }

  function changed(): void {
    version++;
    paint();
    void ask();
  }

  function paint(): void {
    greys(canvas, sheet.pixels);
    greys(small, sheet.image());
    undo.disabled = !sheet.changed;
    fill.disabled = clear.disabled = sheet.empty;
    const context = canvas.getContext('2d');
    if (!place || !context) return;
    context.strokeStyle = getComputedStyle(canvas).color;
    context.lineWidth = down ? 2 : 1;
    context.beginPath();
    context.arc(place.x, place.y, TOOLS[tool], 0, 2 * Math.PI);
    context.stroke();
  }

  /** Asks the racers, one question at a time; the newest drawing is asked for last. */
  async function ask(): Promise<void> {
    const race = shown;
    if (asking || !race || !visible || sheet.empty || race.state === 'preparing' || race.state === 'closed') {
      if (sheet.empty) tell(undefined);
      return;
    }
    const key = `${version} ${race.racers.map(({ step, status }) => `${step} ${status}`)}`;
    if (key === seen) return;
    const drawn = seen.startsWith(`${version} `) ? EVERY.step : EVERY.stroke;
    const early = race.state === 'running' || last ? asked + drawn - performance.now() : 0;
    asking = true;
    try {
      if (early > 0) await new Promise((resolve) => setTimeout(resolve, early));
      asked = performance.now();
      seen = key;
      const answers = await race.classify(sheet.image());
      if (race === shown && !sheet.empty) tell(answers);
    } catch {
      // the race was closed meanwhile
    } finally {
      asking = false;
    }
    if (shown && !seen.startsWith(`${version} `)) void ask();
  }

  function tell(answers: readonly Seen[] | undefined): void {
    const racers = shown?.racers ?? [];
    const found = racers.flatMap(({ entrant: { name } }) => answers?.find((one) => one.name === name) ?? []);
    rows.replaceChildren(...found.map(rowOf));
    // a screen reader hears it when the pen is lifted
    if (!last)
      setText(says, found.length > 0 ? summary(found) : 'Draw something: the racers say what they take it for.');
  }

  const keys = 'Keyboard: the arrow keys move the pen, with Shift by little; Space sets it down and lifts it.';
  const element = h(
    'section',
    { class: 'card drawing', hidden: true },
    h('h2', {}, 'Draw your own garment'),
    h(
      'div',
      { class: 'sheets' },
      h(
        'div',
        {},
        canvas,
        h('fieldset', { class: 'segmented' }, h('legend', { class: 'hidden' }, 'Pen'), ...tools),
        h('p', { class: 'row' }, fill, undo, clear, example),
        pen,
      ),
      h(
        'div',
        {},
        h(
          'p',
          { class: 'row seen' },
          small,
          h(
            'span',
            { class: 'hint' },
            `${IMAGE_SIDE} × ${IMAGE_SIDE} pixels, as large as fits and in the middle, as the images of the data set are`,
          ),
        ),
        says,
        h(
          'table',
          { class: 'opinions' },
          h(
            'thead',
            { class: 'hidden' },
            h('tr', {}, ...['Racer', 'Sees', 'Sure'].map((one) => h('th', { scope: 'col' }, one))),
          ),
          rows,
        ),
        h('p', { class: 'hint', id: 'sheet-keys' }, keys),
      ),
    ),
  );
  new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? false;
    if (visible) paint();
    void ask();
  }).observe(element);

  function update({ race }: Moment): void {
    if (race?.live !== shown) {
      shown = race?.live;
      element.hidden = !shown;
      example.disabled = !shown;
      seen = '';
      tell(undefined);
    }
    void ask();
  }
  const recolour = () => {
    paint();
    seen = '';
    void ask();
  };
  return { element, update, recolour };
}

/** The classes of an answer, the likeliest first. */
const ranked = ({ probabilities }: Seen) =>
  CLASSES.map((one, c) => ({ ...one, share: probabilities[c] ?? Number.NaN })).sort((a, b) => b.share - a.share);

function rowOf(seen: Seen): HTMLElement {
  const { color, dash } = lineOf(seen.name);
  const [first, second] = ranked(seen);
  if (!first || !second) throw new Error('there are at least two classes');
  const finite = Number.isFinite(first.share);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, swatch(dash, color), OPTIMIZERS[seen.name].title),
    h(
      'td',
      {},
      finite ? first.name : 'nothing: its weights are not finite',
      finite && h('span', { class: 'bar', style: `--share:${first.share}` }),
    ),
    h(
      'td',
      {},
      finite ? percent(first.share, 0) : '–',
      finite && h('small', {}, `${second.short} ${percent(second.share, 0)}`),
    ),
  );
}

/** `5 of 7 see Dress, 2 Coat.` */
function summary(answers: readonly Seen[]): string {
  const votes = new Map<string, number>();
  for (const one of answers) {
    const name = ranked(one)[0]?.name ?? '';
    votes.set(name, (votes.get(name) ?? 0) + 1);
  }
  const sorted = [...votes].sort(([, a], [, b]) => b - a);
  const [[most, votesOfMost] = ['', 0], ...rest] = sorted;
  const all = answers.length;
  if (all === 1) return `It sees ${most}.`;
  if (rest.length === 0) return `All ${count(all)} see ${most}.`;
  return `${count(votesOfMost)} of ${count(all)} see ${most}, ${rest.map(([name, of]) => `${count(of)} ${name}`).join(', ')}.`;
}
