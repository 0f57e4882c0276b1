/** The three charts, what they share (axis, lines that are shown), and the legend. */
import { OPTIMIZERS } from '../optimizers.ts';
import type { Race } from '../race/race.ts';
import type { App, Part } from './app.ts';
import { AXES, type Axis, Chart } from './chart.ts';
import { h, swatch } from './dom.ts';
import { lineOf } from './pens.ts';

export interface Charts extends Part {
  readonly all: readonly Chart[];
  /** After a change of colours. */
  recolour(): void;
}

export function charts(app: App): Charts {
  const all = [
    new Chart('loss', 'Loss', 'on training batches, as they come', 300),
    new Chart('val_loss', 'Validation loss', 'on the test images, after each epoch', 240),
    new Chart('val_accuracy', 'Validation accuracy', 'share of test images told right', 240),
  ];
  const hidden = new Set<string>();
  let axis: Axis = 'step';
  let drawn: Race | undefined;

  const choices = AXES.map((one) => {
    const radio = h('input', { type: 'radio', name: 'axis', value: one, checked: one === axis });
    radio.addEventListener('change', () => {
      axis = one;
      rebuild();
    });
    return h('label', {}, radio, h('span', {}, one));
  });
  const legend = h('div', { class: 'legend', role: 'group', 'aria-label': 'Lines shown' });

  function rebuild(): void {
    drawn = app.race;
    for (const chart of all) chart.rebuild(drawn, axis, hidden);
    const chips = (drawn?.racers ?? []).map(({ entrant: { name } }) => {
      const { color, dash } = lineOf(name);
      const chip = h(
        'button',
        { type: 'button', class: 'chip', 'aria-pressed': String(!hidden.has(name)) },
        swatch(dash, color),
        OPTIMIZERS[name].title,
      );
      chip.addEventListener('click', () => {
        const show = hidden.has(name);
        if (show) hidden.delete(name);
        else hidden.add(name);
        chip.setAttribute('aria-pressed', String(show));
        for (const chart of all) chart.show(name, show);
      });
      return chip;
    });
    legend.replaceChildren(...chips);
  }

  const element = h(
    'section',
    { class: 'charts', 'aria-label': 'Curves' },
    h(
      'div',
      { class: 'chartbar' },
      legend,
      h('fieldset', { class: 'segmented' }, h('legend', { class: 'hidden' }, 'Horizontal axis'), ...choices),
    ),
    h('div', { class: 'grid' }, ...all.map(({ element }) => element)),
  );
  /** One chart a frame: all three at once would keep the page from answering for too long. */
  const drawFrom = (i: number) => {
    all[i]?.update(axis);
    if (i + 1 < all.length) requestAnimationFrame(() => drawFrom(i + 1));
  };
  const update = () => {
    if (app.race !== drawn) rebuild();
    else drawFrom(0);
  };
  return { element, update, all, recolour: rebuild };
}
