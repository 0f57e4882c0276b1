/** The table of the race. Its rows stay in place; the best validation loss and accuracy are marked. */

import type { Facts } from '../data/facts.ts';
import { OPTIMIZERS } from '../optimizers.ts';
import type { RacerView, RaceView } from '../race/race.ts';
import type { Moment, Part } from './app.ts';
import { h, scrolling, setText, swatch } from './dom.ts';
import { count, decimals } from './format.ts';
import { lineOf } from './pens.ts';
import { badge } from './proof.ts';

const COLUMNS = [
  'Optimizer',
  'Rate',
  'Step',
  'Loss',
  'Accuracy',
  'Val. loss',
  'Val. accuracy',
  'ms/step',
  'Weights',
] as const;

interface Row {
  readonly element: HTMLTableRowElement;
  readonly cells: readonly HTMLTableCellElement[];
}

export function standings(facts: Facts): Part & { recolour(): void } {
  // roles stand here by name because narrow pages lay the table out as blocks, which takes them away
  const body = h('tbody', { role: 'rowgroup' });
  const titles = COLUMNS.map((name) => h('th', { scope: 'col', role: 'columnheader' }, name));
  const head = h('thead', { role: 'rowgroup' }, h('tr', { role: 'row' }, ...titles));
  const table = h('table', { class: 'standings', role: 'table' }, head, body);
  const element = h(
    'section',
    { class: 'card', hidden: true },
    h('h2', {}, 'Standings'),
    scrolling('Standings', table),
  );
  let shown: RaceView | undefined;
  let rows: Row[] = [];

  function rebuild(): void {
    rows = (shown?.racers ?? []).map(({ entrant: { name, options } }) => {
      const { color, dash } = lineOf(name);
      const title = h('th', { scope: 'row', role: 'rowheader' }, swatch(dash, color), OPTIMIZERS[name].title);
      const cells = COLUMNS.slice(1).map((column) => h('td', { role: 'cell', 'data-label': column }));
      const [rate] = cells;
      if (rate) setText(rate, String(options.learningRate ?? OPTIMIZERS[name].defaults.learningRate));
      return { element: h('tr', { role: 'row' }, title, ...cells), cells };
    });
    body.replaceChildren(...rows.map((row) => row.element));
  }

  function fill(): void {
    const racers = shown?.racers ?? [];
    for (const [i, racer] of racers.entries()) {
      const cells = rows[i]?.cells.slice(1) ?? [];
      const last = racer.epochs.at(-1);
      const values = [
        count(racer.step),
        decimals(racer.points.at(-1)?.loss),
        decimals(racer.points.at(-1)?.accuracy, 3),
        decimals(last?.val_loss),
        decimals(last?.val_accuracy, 3),
        racer.step > 0 ? decimals((1000 * racer.seconds) / racer.step, 2) : '–',
      ];
      for (const [k, value] of values.entries()) {
        const cell = cells[k];
        if (cell) setText(cell, value);
      }
      const weights = cells.at(-1);
      const key = `${racer.status} ${racer.step} ${racer.digest}`;
      if (shown && weights && weights.dataset.key !== key) {
        weights.dataset.key = key;
        weights.replaceChildren(badge(facts, shown, racer));
      }
    }
    mark(racers, 'Val. loss', Math.min, ({ epochs }) => epochs.at(-1)?.val_loss);
    mark(racers, 'Val. accuracy', Math.max, ({ epochs }) => epochs.at(-1)?.val_accuracy);
  }

  /** Makes the best of a column bold. */
  function mark(
    racers: readonly RacerView[],
    column: (typeof COLUMNS)[number],
    best: (...values: number[]) => number,
    value: (racer: RacerView) => number | undefined,
  ): void {
    // at the start all are equal
    const values = racers.filter(({ epochs }) => epochs.length > 1).map((racer) => value(racer) ?? Number.NaN);
    const winner = racers.length > 1 ? best(...values.filter(Number.isFinite)) : Number.NaN;
    for (const [i, racer] of racers.entries())
      rows[i]?.cells[COLUMNS.indexOf(column) - 1]?.classList.toggle('best', value(racer) === winner);
  }

  function update({ race }: Moment): void {
    const other = race?.live !== shown?.live;
    shown = race;
    if (other) rebuild();
    element.hidden = !race;
    fill();
  }
  const recolour = () => {
    rebuild();
    fill();
  };
  return { element, update, recolour };
}
