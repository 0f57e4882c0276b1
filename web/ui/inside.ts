/** A look inside one racer: its predictions for the test images, its layers, and one of its weights. */
import { OPTIMIZERS, type RacerName } from '../optimizers.ts';
import type { Insight, LayerView } from '../race/messages.ts';
import type { Race } from '../race/race.ts';
import type { App, Moment, Part } from './app.ts';
import { confusionTable } from './confusion.ts';
import { h, scrolling, setText } from './dom.ts';
import { filterPictures } from './filters.ts';
import { count, percent, scientific } from './format.ts';
import { type Gallery, gallery } from './gallery.ts';
import { weightPart } from './weight.ts';

/** How often a running race is looked into, in milliseconds. */
const EVERY = 1000;
/** Predictions for all test images may take this share of a racer's time; its filters, which only have to be copied, always come. */
const SHARE = 0.1;

export function inside(app: App): Part & { recolour(): void } {
  const select = h('select', { id: 'inside-racer' });
  const where = h('span', { class: 'hint' });
  const pictures: Gallery = gallery();
  const filters = filterPictures();
  const confusion = h('div');
  const layers = h('tbody');
  const head = h(
    'tr',
    {},
    ...['Layer', 'Units', 'Gradient norm', 'Dead units'].map((name) => h('th', { scope: 'col' }, name)),
  );
  const layerTable = h('table', { class: 'layers' }, h('thead', {}, head), layers);
  const layersSay = h('p', { class: 'hint' });
  const weight = weightPart();
  const element = h(
    'section',
    { class: 'card inside', hidden: true },
    h('h2', {}, 'Look inside'),
    h('p', { class: 'row' }, h('label', { class: 'inline', for: 'inside-racer' }, 'Racer'), select, where),
    h(
      'div',
      { class: 'grid' },
      h('div', {}, pictures.element, h('h3', {}, 'Layers'), scrolling('Layers', layerTable), layersSay),
      h('div', {}, h('h3', {}, 'Confusion matrix'), confusion, filters.element, weight.element),
    ),
  );

  let shown: Race | undefined;
  let name: RacerName | undefined;
  let asked = 0;
  /** When predictions are to be asked for again. */
  let next = 0;
  let asking = false;
  let seen = '';
  let visible = false;
  new IntersectionObserver((entries) => {
    visible = entries.at(-1)?.isIntersecting ?? false;
    void look();
    weight.watch(visible ? shown : undefined, name);
  }).observe(element);

  select.addEventListener('change', () => {
    name = shown?.racers.find(({ entrant }) => entrant.name === select.value)?.entrant.name;
    seen = '';
    asked = next = 0;
    weight.watch(visible ? shown : undefined, name);
    void look();
  });

  /** Asks the racer's worker, not more often than it is worth. */
  async function look(): Promise<void> {
    const race = shown;
    const racer = race?.racers.find(({ entrant }) => entrant.name === name);
    if (
      !race ||
      !racer ||
      !visible ||
      asking ||
      race.state === 'preparing' ||
      race.state === 'closed' ||
      race.state === 'failed'
    )
      return;
    const key = `${racer.entrant.name} ${racer.step} ${racer.status}`;
    const now = performance.now();
    if (key === seen || (race.state === 'running' && now - asked < EVERY)) return;
    asking = true;
    asked = now;
    const current = () => race === shown && race === app.race && racer.entrant.name === name;
    try {
      const first = await race.filters(racer.entrant.name);
      if (current()) filters.show(first);
      if (race.state === 'running' && now < next) return;
      const begin = performance.now();
      const insight = await race.inspect(racer.entrant.name);
      const end = performance.now();
      next = end + (end - begin) / SHARE;
      if (insight && current()) {
        seen = key;
        await show(insight, race);
      }
    } catch {
      // the race was closed meanwhile
    } finally {
      asking = false;
    }
  }

  async function show(insight: Insight, race: Race): Promise<void> {
    const { settings } = race;
    setText(where, `after ${count(insight.step)} steps`);
    confusion.replaceChildren(confusionTable(insight.confusion));
    layers.replaceChildren(...insight.layers.map((layer) => layerRow(layer, insight.layers)));
    setText(
      layersSay,
      `Gradients are those of the latest batch. A unit counts as dead if it is zero for all of ${count(insight.images)} test images; output units do not die.${race.settings.model === 'cnn' ? ' The units of a convolution are its filters.' : ''}`,
    );
    await pictures.show(insight, await app.images.for(settings.limit));
  }

  function clear(): void {
    setText(where, '');
    setText(layersSay, '');
    for (const one of [confusion, layers]) one.replaceChildren();
    pictures.clear();
    filters.show(undefined);
  }

  function update(moment: Moment): void {
    const race = moment.race?.live;
    if (race !== shown) {
      shown = race;
      seen = '';
      next = 0;
      clear();
      element.hidden = !race;
      const names = race?.racers.map(({ entrant }) => entrant.name) ?? [];
      if (!name || !names.includes(name)) name = names.at(-1);
      select.replaceChildren(
        ...names.map((one) => h('option', { value: one, selected: one === name }, OPTIMIZERS[one].title)),
      );
    }
    weight.watch(visible && shown?.state !== 'preparing' ? shown : undefined, name);
    weight.update(moment);
    void look();
  }
  return { element, update, recolour: pictures.recolour };
}

function layerRow({ name, units, gradientNorm, dead }: LayerView, all: readonly LayerView[]): HTMLTableRowElement {
  const largest = Math.max(...all.map((layer) => layer.gradientNorm), Number.MIN_VALUE);
  const bar = (share: number) => h('span', { class: 'bar', style: `--share:${share}` });
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, name),
    h('td', {}, count(units)),
    h('td', {}, scientific(gradientNorm), bar(gradientNorm / largest)),
    h('td', {}, dead === undefined ? '–' : percent(dead), dead !== undefined && bar(dead)),
  );
}
