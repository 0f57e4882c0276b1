/** Whose trail is whose, under the picture; a press explains one. */
import { OPTIMIZERS, type RacerName } from '../optimizers.ts';
import { h, swatch } from '../ui/dom.ts';
import { lineOf } from '../ui/pens.ts';

export class Legend {
  readonly element = h('div', { class: 'legend', role: 'group', 'aria-label': 'Optimizers on the picture' });
  readonly #chosen: (name: RacerName) => void;
  #shown = '';

  constructor(chosen: (name: RacerName) => void) {
    this.#chosen = chosen;
  }

  show(names: readonly RacerName[]): void {
    const lines = names.map(lineOf);
    const key = JSON.stringify([names, lines]);
    if (key === this.#shown) return;
    this.#shown = key;
    const chips = names.map((name) => {
      const { title } = OPTIMIZERS[name];
      const { color, dash } = lineOf(name);
      const chip = {
        type: 'button',
        class: 'chip',
        title: `What does ${title} do?`,
        onclick: () => this.#chosen(name),
      };
      return h('button', chip, swatch(dash, color), title);
    });
    this.element.replaceChildren(...chips);
  }
}
