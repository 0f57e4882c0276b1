/** The table of the race: where everybody is. Its rows stay in place; what is best in a column is marked. */
import { OPTIMIZERS } from '../optimizers.ts';
import type { Race, RacerView } from '../race/race.ts';
import type { App, Part } from './app.ts';
import { h, scrolling, setText, swatch } from './dom.ts';
import { count, decimals } from './format.ts';
import { lineOf } from './pens.ts';

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
  readonly cells: readonly HTMLTableCellElement[];
  readonly racer: RacerView;
}

export function standings(app: App, badgeOf: (racer: RacerView) => Node): Part & { recolour(): void } {
  const body = h('tbody');
  const head = h('thead', {}, h('tr', {}, ...COLUMNS.map((name) => h('th', { scope: 'col' }, name))));
  const table = h('table', { class: 'standings' }, head, body);
  const element = h('section', { class: 'card' }, h('h2', {}, 'Standings'), scrolling('Standings', table));
  let shown: Race | undefined;
  let rows: Row[] = [];

  function rebuild(): void {
    shown = app.race;
    rows = (shown?.racers ?? []).map((racer) => {
      const { name, options } = racer.entrant;
      const { color, dash } = lineOf(name);
      const title = h('th', { scope: 'row' }, swatch(dash, color), OPTIMIZERS[name].title);
      const rate = h('td', {}, String(options.learningRate ?? OPTIMIZERS[name].defaults.learningRate));
      const cells = COLUMNS.slice(2).map(() => h('td'));
      body.append(h('tr', {}, title, rate, ...cells));
      return { cells, racer };
    });
    body.replaceChildren(...rows.map(({ cells }) => cells[0]?.parentElement ?? ''));
  }

  function update(): void {
    if (app.race !== shown) rebuild();
    for (const { cells, racer } of rows) {
      const last = racer.epochs.at(-1);
      const values = [
        count(racer.step),
        decimals(racer.points.at(-1)?.loss),
        decimals(racer.points.at(-1)?.accuracy, 3),
        decimals(last?.val_loss),
        decimals(last?.val_accuracy, 3),
        racer.step > 0 ? decimals((1000 * racer.seconds) / racer.step, 2) : '–',
      ];
      for (const [i, value] of values.entries()) {
        const cell = cells[i];
        if (cell) setText(cell, value);
      }
      const badge = cells.at(-1);
      const key = `${racer.status} ${racer.digest}`;
      if (badge && badge.dataset.key !== key) {
        badge.dataset.key = key;
        badge.replaceChildren(badgeOf(racer));
      }
    }
    mark(3, Math.min, (racer) => racer.epochs.at(-1)?.val_loss);
    mark(4, Math.max, (racer) => racer.epochs.at(-1)?.val_accuracy);
  }

  function mark(
    column: number,
    best: (...values: number[]) => number,
    value: (racer: RacerView) => number | undefined,
  ): void {
    const values = rows.map(({ racer }) => value(racer)).filter((one): one is number => Number.isFinite(one));
    const winner = rows.length > 1 && rows.some(({ racer }) => racer.step > 0) ? best(...values) : Number.NaN;
    for (const { cells, racer } of rows) cells[column]?.classList.toggle('best', value(racer) === winner);
  }
  return {
    element,
    update,
    recolour: () => {
      rebuild();
      update();
    },
  };
}
