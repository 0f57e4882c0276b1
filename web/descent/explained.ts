/** One optimizer in words, as a formula, and with the numbers that it has at this step. */
import { formulaOf, isRacer, OPTIMIZERS, type RacerName } from '../optimizers.ts';
import { h, setText } from '../ui/dom.ts';
import { scientific } from '../ui/format.ts';
import type { Descent } from './descent.ts';
import { SENTENCES } from './explain.ts';

export class Explained {
  readonly element: HTMLElement;
  readonly #choice = h('select', { id: 'explained' });
  readonly #words = h('p', {});
  readonly #formula = h('pre', { tabindex: 0, 'aria-label': 'Formula' });
  readonly #numbers = h('dl', { class: 'remembered' });
  #names = '';
  #name: RacerName | undefined;

  constructor(changed: () => void) {
    this.#choice.addEventListener('change', () => {
      this.#name = isRacer(this.#choice.value) ? this.#choice.value : undefined;
      changed();
    });
    this.element = h(
      'section',
      { class: 'card explained' },
      h('h2', {}, h('label', { for: 'explained' }, 'What it does')),
      this.#choice,
      this.#words,
      this.#formula,
      h('h3', {}, 'What it remembers'),
      this.#numbers,
    );
  }

  choose(name: RacerName): void {
    this.#name = name;
    this.element.scrollIntoView({ block: 'nearest' });
    this.#choice.focus();
  }

  update(descents: readonly Descent[]): void {
    const names = descents.map(({ entrant }) => entrant.name);
    const descent = descents.find(({ entrant }) => entrant.name === this.#name) ?? descents[0];
    if (!descent) return;
    if (names.join() !== this.#names)
      this.#choice.replaceChildren(...names.map((name) => h('option', { value: name }, OPTIMIZERS[name].title)));
    this.#names = names.join();
    const { name, options } = descent.entrant;
    this.#choice.value = name;
    setText(this.#words, SENTENCES[name]);
    setText(this.#formula, formulaOf(name, options).join('\n'));
    const { place, slots = {} } = descent;
    const symbols = OPTIMIZERS[name].slots;
    const rows: readonly (readonly [string, ArrayLike<number>])[] = [
      ['gradient g', place.gradient],
      ...Object.entries(slots).map(([slot, values]) => [`${slot} ${symbols[slot] ?? ''}`.trim(), values] as const),
    ];
    const cells = rows.flatMap(([title, values]) => [title, `[${Array.from(values, scientific).join(', ')}]`]);
    while (this.#numbers.childElementCount > cells.length) this.#numbers.lastElementChild?.remove();
    for (const [i, text] of cells.entries()) {
      const cell = this.#numbers.children[i] ?? h(i % 2 === 0 ? 'dt' : 'dd');
      if (!cell.parentElement) this.#numbers.append(cell);
      setText(cell, text);
    }
  }
}
