/** Where each optimizer is, as numbers: what the picture shows, for those who cannot see it too. */
import { OPTIMIZERS, type RacerName } from '../optimizers.ts';
import { h, scrolling, setText, swatch } from '../ui/dom.ts';
import { count } from '../ui/format.ts';
import { lineOf } from '../ui/pens.ts';
import type { Descent } from './descent.ts';
import { distance, type Surface } from './surfaces.ts';

const COLUMNS = ['Optimizer', 'Step', 'x', 'y', 'Value', 'Gradient', 'At a minimum', 'Bits'] as const;
/** At a minimum: no further from it than this share of the picture's size. */
const NEAR = 0.01;

const short = (value: number): string => {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : '∞';
  const text = Math.abs(value) < 1e5 ? value.toFixed(4) : value.toExponential(2);
  return text.replace('-', '−');
};

export class Table {
  readonly element: HTMLElement;
  readonly #body = h('tbody', { role: 'rowgroup' });
  readonly #chosen: (name: RacerName) => void;
  /** Of each descent: places looked at, and the first step that is followed by none away from the minimum. */
  readonly #reached = new WeakMap<Descent, { readonly seen: number; readonly since: number | undefined }>();
  #rows: HTMLTableCellElement[][] = [];
  #key = '';

  constructor(chosen: (name: RacerName) => void) {
    this.#chosen = chosen;
    const titles = COLUMNS.map((name) => h('th', { scope: 'col', role: 'columnheader' }, name));
    const head = h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...titles));
    const table = h('table', { class: 'standings', role: 'table' }, head, this.#body);
    this.element = h('section', { class: 'card' }, h('h2', {}, 'Where they are'), scrolling('Where they are', table));
  }

  outdate(): void {
    this.#key = '';
  }

  update(surface: Surface, descents: readonly Descent[], bits: ReadonlyMap<string, boolean | undefined>): void {
    const key = descents.map(({ entrant }) => entrant.name).join();
    if (key !== this.#key) this.#rebuild(descents);
    this.#key = key;
    for (const [i, descent] of descents.entries()) {
      const { place, steps } = descent;
      const at = this.#since(surface, descent);
      const same = bits.get(descent.entrant.name);
      const values = [
        count(steps),
        short(place.x),
        short(place.y),
        short(place.value),
        short(Math.hypot(...place.gradient)),
        surface.minima.length === 0 ? 'there is none' : at === undefined ? 'no' : `since step ${count(at)}`,
        same === undefined ? '–' : same ? 'same as Node' : 'differ from Node',
      ];
      for (const [k, value] of values.entries()) {
        const cell = this.#rows[i]?.[k];
        if (cell) setText(cell, value);
      }
      this.#rows[i]?.at(-1)?.classList.toggle('best', same === true);
    }
  }

  /** The step from which on it has been at a minimum; undefined if it is not there. */
  #since(surface: Surface, descent: Descent): number | undefined {
    const { trail } = descent;
    let { seen, since } = this.#reached.get(descent) ?? { seen: 0, since: undefined };
    for (const place of trail.slice(seen)) {
      since = distance(surface, place) <= NEAR ? (since ?? seen) : undefined;
      seen++;
    }
    this.#reached.set(descent, { seen, since });
    return since;
  }

  #rebuild(descents: readonly Descent[]): void {
    this.#rows = [];
    const rows = descents.map(({ entrant: { name } }) => {
      const { color, dash } = lineOf(name);
      const more = h(
        'button',
        { type: 'button', class: 'small', onclick: () => this.#chosen(name) },
        OPTIMIZERS[name].title,
      );
      const cells = COLUMNS.slice(1).map((column) => h('td', { role: 'cell', 'data-label': column }));
      this.#rows.push(cells);
      return h(
        'tr',
        { role: 'row' },
        h('th', { scope: 'row', role: 'rowheader' }, swatch(dash, color), more),
        ...cells,
      );
    });
    this.#body.replaceChildren(...rows);
  }
}
