/** The three charts, what they share (race, axis, lines that are shown), and the legend. */
import { OPTIMIZERS } from '../optimizers.ts';
import type { RaceView } from '../race/race.ts';
import type { App, Moment, Part } from './app.ts';
import { AXES, Chart, type Shown } from './chart.ts';
import { h, swatch } from './dom.ts';
import { lineOf } from './pens.ts';

export interface Charts {
  readonly element: HTMLElement;
  readonly all: readonly Chart[];
  /** Racers whose lines are not wanted. */
  readonly hidden: ReadonlySet<string>;
  /** Legend and charts, which are drawn one by one. */
  readonly parts: readonly Part[];
  /** After a change of colours; the charts follow at their next update. */
  recolour(): void;
}

export function charts(app: App): Charts {
  const hidden = new Set<string>();
  const shown: Shown = { race: undefined, axis: 'step', smooth: true, logarithmic: false, hidden };
  const all = [
    new Chart(shown, 'loss', 'Loss', 'mean of the training batches', 300),
    new Chart(shown, 'val_loss', 'Validation loss', 'on the test images, after each epoch', 240),
    new Chart(shown, 'val_accuracy', 'Validation accuracy', 'share of test images classified correctly', 240),
  ];

  const choices = AXES.map((one) => {
    const radio = h('input', { type: 'radio', name: 'axis', value: one, checked: one === shown.axis });
    radio.addEventListener('change', () => {
      shown.axis = one;
      app.changed();
    });
    return h('label', {}, radio, h('span', {}, one));
  });
  const toggle = (id: 'smooth' | 'logarithmic', text: string) => {
    const box = h('input', { type: 'checkbox', id, checked: shown[id] });
    box.addEventListener('change', () => {
      shown[id] = box.checked;
      app.changed();
    });
    return h('label', { class: 'check' }, box, h('span', {}, text));
  };
  const legend = h('div', { class: 'legend', role: 'group', 'aria-label': 'Lines shown' });

  function describe(race: RaceView | undefined): void {
    const chips = (race?.racers ?? []).map(({ entrant: { name } }) => {
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
      const highlight = (one?: typeof name) => () => {
        for (const chart of all) chart.highlight(one);
      };
      for (const event of ['pointerenter', 'focus']) chip.addEventListener(event, highlight(name));
      for (const event of ['pointerleave', 'blur']) chip.addEventListener(event, highlight());
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
      h('div', { class: 'row' }, toggle('smooth', 'smooth'), toggle('logarithmic', 'logarithmic')),
      h('fieldset', { class: 'segmented' }, h('legend', { class: 'hidden' }, 'Horizontal axis'), ...choices),
    ),
    h('div', { class: 'grid' }, ...all.map(({ element }) => element)),
  );
  const update = ({ race }: Moment) => {
    const other = race?.live !== shown.race?.live;
    shown.race = race;
    if (other) describe(race);
  };
  const recolour = () => {
    describe(shown.race);
    for (const chart of all) chart.outdate();
  };
  return { element, all, hidden, parts: [{ element: legend, update }, ...all], recolour };
}
