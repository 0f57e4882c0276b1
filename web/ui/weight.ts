/** One weight of a racer, live: the formula of its optimizer with the numbers of the latest step. */
import { formulaOf, OPTIMIZERS, optionsOf, type RacerName, SYMBOLS } from '../optimizers.ts';
import type { Race } from '../race/race.ts';
import type { Moment } from './app.ts';
import { h, setText } from './dom.ts';
import { count, scientific } from './format.ts';

export interface WeightPart {
  readonly element: HTMLElement;
  /** Follows a racer of a race, or none. */
  watch(race: Race | undefined, name: RacerName | undefined): void;
  update(moment: Moment): void;
}

export function weightPart(): WeightPart {
  const layer = h('select', { id: 'weight-array' });
  const index = h('input', { id: 'weight-index', type: 'text', inputmode: 'numeric', autocomplete: 'off', value: '' });
  const says = h('p', { class: 'hint' });
  const formula = h('div', { class: 'formula', role: 'math' });
  const given = h('p', { class: 'hint' });
  const numbers = h('dl', { class: 'numbers' });
  const when = h('p', { class: 'hint' });
  let race: Race | undefined;
  let name: RacerName | undefined;
  let watched = '';

  const element = h(
    'div',
    { class: 'weight' },
    h('h3', {}, 'One weight'),
    h(
      'div',
      { class: 'pairs' },
      h('div', { class: 'field' }, h('label', { for: 'weight-array' }, 'Array'), layer),
      h('div', { class: 'field' }, h('label', { for: 'weight-index' }, 'Element'), index),
    ),
    says,
    formula,
    given,
    numbers,
    when,
  );
  layer.addEventListener('change', () => {
    index.value = '';
    follow();
  });
  index.addEventListener('change', follow);

  const weights = () => race?.racers.find(({ entrant }) => entrant.name === name)?.weights ?? [];
  const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

  /** Tells the race which weight is wanted. */
  function follow(): void {
    const array = weights().find((one) => one.name === layer.value);
    if (!race || !name || !array) return;
    const size = sizeOf(array.shape);
    // a weight of a pixel in the middle: those of the margins never change
    if (index.value === '') index.value = String(Math.floor(size / 2));
    const at = Number(index.value);
    const good = Number.isInteger(at) && at >= 0 && at < size;
    index.toggleAttribute('aria-invalid', !good);
    setText(says, good ? placeOf(at, array.shape) : `expected a whole number from 0 to ${count(size - 1)}`);
    if (good) race.watch(name, array.name, at);
  }

  function watch(next: Race | undefined, racer: RacerName | undefined): void {
    const key =
      next && racer ? `${racer} ${next.racers.find(({ entrant }) => entrant.name === racer)?.weights.length}` : '';
    if (next === race && key === watched) return;
    if (race && race !== next) race.unwatch();
    [race, name, watched] = [next, racer, key];
    const names = weights().map((one) => one.name);
    if (!next || names.length === 0) return;
    const before = layer.value;
    layer.replaceChildren(...names.map((one) => h('option', { selected: one === before }, one)));
    follow();
    describe();
  }

  /** The formula and its settings. */
  function describe(): void {
    const entrant = race?.racers.find(({ entrant }) => entrant.name === name)?.entrant;
    if (!entrant) return;
    const lines = formulaOf(entrant.name, entrant.options);
    const formulaHas = (symbol: string) => lines.some((line) => line.includes(symbol));
    formula.replaceChildren(...lines.map((line) => h('p', {}, line)));
    const all = { ...OPTIMIZERS[entrant.name].defaults, ...entrant.options };
    const parts = optionsOf(entrant.name).flatMap((option) =>
      formulaHas(SYMBOLS[option]) || entrant.options[option] !== undefined
        ? [`${SYMBOLS[option]} = ${all[option]}`]
        : [],
    );
    setText(given, parts.join(',  '));
    numbers.replaceChildren();
    setText(when, 'The numbers appear with the next step.');
  }

  function update({ race }: Moment): void {
    const view = race?.weight;
    if (!view || !name) return;
    const titles = OPTIMIZERS[name].slots;
    const slots = Object.entries(view.slots).map(([slot, value]) => [titles[slot] ?? slot, value] as const);
    const rows = [
      ['g', view.gradient],
      ...slots,
      ['step', view.after - view.before],
      ['w before', view.before],
      ['w after', view.after],
    ] as const;
    if (numbers.childElementCount !== 2 * rows.length) {
      numbers.replaceChildren(...rows.flatMap(([symbol]) => [h('dt', {}, symbol), h('dd', {})]));
    }
    for (const [i, [symbol, value]] of rows.entries()) {
      const [title, shown] = [numbers.children[2 * i], numbers.children[2 * i + 1]];
      if (title) setText(title, symbol);
      const unknown = Number.isNaN(view.before) && (symbol === 'step' || symbol === 'w before');
      if (shown) setText(shown, unknown ? '–' : scientific(value));
    }
    setText(when, `At step ${count(view.step)}; step is the change of the weight in float32.`);
  }
  return { element, watch, update };
}

/** Where in its array an element is: a bias [units], a dense kernel [inputs, units], or one of a convolution [height, width, channels, filters]. */
function placeOf(at: number, shape: readonly number[]): string {
  const units = shape.at(-1) ?? 1;
  const unit = `${count(at % units)} of ${count(units)}`;
  if (shape.length === 1) return `of unit ${unit}`;
  const inputs = shape.at(-2) ?? 1;
  const before = Math.floor(at / units);
  const input = `${count(before % inputs)} of ${count(inputs)}`;
  if (shape.length === 2) return `from input ${input} to unit ${unit}`;
  const [, width = 1] = shape;
  const pixel = Math.floor(before / inputs);
  return `row ${Math.floor(pixel / width)}, column ${pixel % width}, from channel ${input} to filter ${unit}`;
}
