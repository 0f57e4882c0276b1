/** The form: optimizers, data, network. Every field says what is wrong with it, and keeps the last good value until it is right. */
import { MODELS, networkName, parametersOf } from '../../src/cli/settings.ts';
import { isNumber } from '../../src/optimizers/facts/rule.ts';
import { type OptionValue, optionOf } from '../../src/optimizers/facts/words.ts';
import {
  isCommon,
  NAMES,
  OPTIMIZERS,
  OPTION_HELP,
  OPTION_TITLES,
  type OptionName,
  optionsOf,
  type RacerName,
  SHORT_TITLES,
} from '../optimizers.ts';
import { PRESETS } from '../presets.ts';
import {
  ACTIVATIONS,
  defaultsOf,
  type Entrant,
  FIRST,
  type Given,
  given,
  LIMITS,
  optionText,
  parseHidden,
  parseNumber,
  parseOption,
  type Settings,
  stepsPerEpoch,
} from '../settings.ts';
import type { App, Moment, Part } from './app.ts';
import { h, setText, swatch } from './dom.ts';
import { count } from './format.ts';
import { lineOf } from './pens.ts';

/** Hidden layers to choose by a button. */
const SHAPES: readonly (readonly [string, readonly number[]])[] = [
  ['none', []],
  ['32', [32]],
  ['300, 100', [300, 100]],
  ['five of 64', [64, 64, 64, 64, 64]],
];

type Parse<T> = (text: string) => T;

/** A text field. Its value counts if it can be parsed; else its message says why not. */
export function field<T>(
  id: string,
  label: string,
  show: () => string,
  parse: Parse<T>,
  take: (value: T) => void,
  more: Record<string, string> = {},
  help = '',
) {
  const about = helpOf(id, help);
  const message = h('small', { id: `${id}-message`, class: 'message' });
  const input = h('input', {
    id,
    type: 'text',
    inputmode: 'decimal',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-describedby': [about?.id, message.id].filter(Boolean).join(' '),
    ...more,
  });
  const right = () => {
    input.removeAttribute('aria-invalid');
    setText(message, '');
  };
  input.addEventListener('change', () => {
    try {
      take(parse(input.value));
      right();
    } catch (error) {
      input.setAttribute('aria-invalid', 'true');
      setText(message, error instanceof Error ? error.message : String(error));
    }
  });
  let shown = '';
  const update = () => {
    // a wrong text stays until the value is set elsewhere, by a button for instance
    const now = show();
    if (now !== shown) right();
    shown = now;
    if (input !== document.activeElement && !input.hasAttribute('aria-invalid')) input.value = shown;
  };
  update();
  return { element: h('div', { class: 'field' }, h('label', { for: id }, label), input, about, message), update };
}

/** What an option does, under its field. */
const helpOf = (id: string, help: string): HTMLElement | undefined =>
  help === '' ? undefined : h('small', { id: `${id}-help`, class: 'help' }, help);

export interface SettingsForm extends Part {
  recolour(): void;
  /** Focuses the first field that is wrong; false if none is. Fields of an optimizer that does not race do not count. */
  showWrong(): boolean;
}

export function settingsForm(app: App, imagesPart: HTMLElement): SettingsForm {
  const updates: (() => void)[] = [];
  const made = <T>(...args: Parameters<typeof field<T>>) => {
    const { element, update } = field<T>(...args);
    updates.push(update);
    return element;
  };
  const whole = (key: keyof typeof LIMITS, label: string) => {
    const [from, to] = LIMITS[key];
    const parse = (text: string) => parseNumber(text.replace(/[ ,]/g, ''), label, { integer: true, from, to });
    return made(
      key,
      label,
      () => String(app.settings[key]),
      parse,
      (value) => app.change({ [key]: value }),
      { inputmode: 'numeric' },
    );
  };

  const optimizers = NAMES.map((name) => racer(app, name, made, updates));
  const activation = h('select', { id: 'activation' }, ...ACTIVATIONS.map((name) => h('option', {}, name)));
  activation.addEventListener('change', () => app.change({ activation: activation.value }));
  updates.push(() => {
    activation.value = app.settings.activation;
  });
  const model = h(
    'select',
    { id: 'model' },
    ...MODELS.map((kind) => h('option', { value: kind }, kind === 'cnn' ? 'convolutional' : kind)),
  );
  model.addEventListener('change', () => {
    const [before, kind] = [app.settings, MODELS[model.selectedIndex] ?? 'dense'];
    const [from, to] = [defaultsOf(before.model), defaultsOf(kind)];
    // what is as by default stays as by default
    const hidden = before.hidden.join() === from.hidden.join() ? to.hidden : before.hidden;
    const epochs = before.epochs === from.epochs ? to.epochs : before.epochs;
    app.change({ model: kind, hidden, epochs });
  });
  updates.push(() => {
    model.value = app.settings.model;
  });
  const limit = whole('limit', 'Training images');
  const amounts = [500, FIRST.train, 10_000, 60_000].map((images) =>
    h('button', { type: 'button', class: 'small', onclick: () => app.change({ limit: images }) }, count(images)),
  );
  const shapes = SHAPES.map(([text, hidden]) =>
    h('button', { type: 'button', class: 'small', onclick: () => app.change({ hidden }) }, text),
  );
  const size = h('p', { class: 'hint' });
  const fields = h(
    'fieldset',
    { class: 'plain' },
    h('legend', { class: 'hidden' }, 'Settings of the race'),
    h('div', { class: 'racers' }, ...optimizers.map(({ element }) => element)),
    h('div', { class: 'field' }, h('label', { for: 'model' }, 'Network'), model),
    h(
      'div',
      { class: 'pairs' },
      whole('seed', 'Seed'),
      whole('epochs', 'Epochs'),
      whole('batchSize', 'Batch size'),
      h('div', { class: 'field' }, h('label', { for: 'activation' }, 'Activation'), activation),
    ),
    made(
      'hidden',
      'Hidden layers (units, separated by commas)',
      () => app.settings.hidden.join(', ') || 'none',
      parseHidden,
      (hidden) => app.change({ hidden }),
      { inputmode: 'text' },
    ),
    h('div', { class: 'presets', role: 'group', 'aria-label': 'Hidden layers' }, ...shapes),
    limit,
    h('div', { class: 'presets', role: 'group', 'aria-label': 'Numbers of training images' }, ...amounts),
    size,
  );
  const locked = h('p', { class: 'hint', hidden: true }, 'To change the settings, stop or reset the race.');
  const title = h('summary', {}, h('h2', { id: 'settings-title' }, 'Settings'));
  // beside the race it is always open, above it only when it is wanted
  const beside = matchMedia('(min-width: 62.5em)');
  const examples = PRESETS.map(([query, text]) => h('li', {}, h('a', { href: `./${query}` }, text)));
  const presets = h('details', { class: 'examples' }, h('summary', {}, 'Races to see'), h('ul', {}, ...examples));
  const element = h(
    'details',
    { class: 'card settings', open: beside.matches },
    title,
    presets,
    locked,
    fields,
    imagesPart,
  );
  beside.addEventListener('change', () => {
    element.open = beside.matches;
  });

  function update({ phase, settings }: Moment): void {
    const busy = phase === 'running' || phase === 'pausing' || phase === 'paused';
    fields.disabled = busy;
    locked.hidden = !busy;
    for (const one of updates) one();
    setText(size, sizeOf(settings));
  }
  const recolour = () => {
    for (const one of optimizers) one.recolour();
  };
  const showWrong = () => {
    const wrong = fields.querySelector<HTMLElement>(
      'input[aria-invalid]:not(.racer:has(> label input:not(:checked)) *)',
    );
    for (let fold = wrong?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true;
    wrong?.focus();
    return wrong !== null;
  };
  return { element, update, recolour, showWrong };
}

const sizeOf = (settings: Settings): string => {
  const network = networkName(settings).replaceAll('-', '–');
  return `Network ${network}: ${count(parametersOf(settings))} weights, ${count(stepsPerEpoch(settings))} steps an epoch.`;
};

type Made = <T>(
  id: string,
  label: string,
  show: () => string,
  parse: Parse<T>,
  take: (value: T) => void,
  more?: Record<string, string>,
  help?: string,
) => HTMLElement;

/** Who takes part, and how to change it. */
export interface Entering {
  readonly settings: { readonly entrants: readonly Entrant[] };
  change(settings: { readonly entrants: readonly Entrant[] }): void;
}

/** One optimizer: whether it races, its rate, and its other options behind a fold; `otherwise` are those with which it joins. */
export function racer(
  app: Entering,
  name: RacerName,
  made: Made,
  updates: (() => void)[],
  otherwise: () => Given = () => ({}),
  shown: readonly OptionName[] = optionsOf(name),
) {
  const { title, idea, defaults } = OPTIMIZERS[name];
  const entrant = () => app.settings.entrants.find((one) => one.name === name);
  // what was chosen is kept while the optimizer does not race
  let kept = entrant()?.options;
  const current = () => entrant()?.options ?? kept ?? otherwise();
  const enter = (on: boolean, options = current()) => {
    const others = app.settings.entrants.filter((one) => one.name !== name);
    const entrants = on ? [...others, { name, options }] : others;
    app.change({ entrants: entrants.sort((a, b) => NAMES.indexOf(a.name) - NAMES.indexOf(b.name)) });
  };
  const option = (key: OptionName) => {
    const [id, label, help] = [`${name}-${key}`, OPTION_TITLES[key], OPTION_HELP[key]];
    const facts = optionOf(name, key) ?? {};
    const show = () => current()[key] ?? defaults[key];
    const take = (value: OptionValue | undefined) => {
      const options = given(name, { ...current(), [key]: value });
      if (entrant()) return enter(true, options);
      kept = options;
      update();
    };
    if (isNumber(facts) || 'names' in facts)
      return made(
        id,
        label,
        () => optionText(show()),
        (text) => parseOption(name, key, text, label),
        take,
        {
          ...('names' in facts && { inputmode: 'text' }),
          ...(facts.byDefault === undefined && { placeholder: 'none' }),
        },
        help,
      );
    return chosen(id, label, help, 'codes' in facts ? Object.keys(facts.codes) : undefined, show, take, updates);
  };
  const box = h('input', { type: 'checkbox', id: `race-${name}` });
  box.addEventListener('change', () => {
    // a race needs a racer
    if (!box.checked && app.settings.entrants.length === 1) box.checked = true;
    else enter(box.checked);
  });
  const update = () => {
    box.checked = entrant() !== undefined;
    const own = entrant()?.options;
    if (own) kept = JSON.stringify(own) === JSON.stringify(otherwise()) ? undefined : own;
    const { learningRate = defaults.learningRate, ...others } = current();
    const changed = Object.entries(others).map(([key, value]) =>
      value === true ? OPTION_TITLES[key as OptionName] : `${SHORT_TITLES[key as OptionName]} ${optionText(value)}`,
    );
    setText(rate, [`η ${learningRate}`, ...changed].join(', '));
  };
  updates.push(update);
  const place = h('span', { class: 'line' });
  const recolour = () => {
    const { color, dash } = lineOf(name);
    place.replaceChildren(swatch(dash, color));
  };
  recolour();
  const rate = h('span', { class: 'rate' });
  const common = shown.filter(isCommon);
  const element = h(
    'div',
    { class: 'racer' },
    h('label', { class: 'check' }, box, place, h('span', {}, title)),
    h(
      'details',
      {},
      h('summary', {}, h('span', { class: 'hidden' }, `Options of ${title}, `), rate),
      h('p', { class: 'hint' }, `${idea}.`),
      h('div', { class: 'options' }, ...shown.filter((one) => !isCommon(one)).map(option)),
      common.length > 0 &&
        h(
          'details',
          {},
          h('summary', {}, 'Decay, clipping, averages'),
          h('div', { class: 'options' }, ...common.map(option)),
        ),
    ),
  );
  return { element, recolour };
}

/** A choice among names, or whether something is done at all. */
function chosen(
  id: string,
  label: string,
  help: string,
  names: readonly string[] | undefined,
  show: () => OptionValue | undefined,
  take: (value: OptionValue) => void,
  updates: (() => void)[],
): HTMLElement {
  const about = helpOf(id, help);
  const described = { id, 'aria-describedby': about?.id };
  if (names === undefined) {
    const box = h('input', { type: 'checkbox', ...described });
    box.addEventListener('change', () => take(box.checked));
    updates.push(() => {
      box.checked = show() === true;
    });
    return h('div', { class: 'field' }, h('label', { for: id }, label), box, about);
  }
  const select = h('select', described, ...names.map((one) => h('option', {}, one)));
  select.addEventListener('change', () => take(select.value));
  updates.push(() => {
    select.value = optionText(show());
  });
  return h('div', { class: 'field' }, h('label', { for: id }, label), select, about);
}
