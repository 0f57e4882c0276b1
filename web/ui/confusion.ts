/** The confusion matrix: rows are what an image is, columns what it was taken for. */
import { CLASSES } from '../classes.ts';
import { h, scrolling } from './dom.ts';
import { count } from './format.ts';

export function confusionTable(confusion: readonly (readonly number[])[]): HTMLElement {
  const head = h(
    'tr',
    {},
    h('td', {}),
    ...CLASSES.map(({ short, name }) => h('th', { scope: 'col', title: name }, h('span', {}, short))),
  );
  const rows = confusion.map((counts, actual) => {
    const sum = counts.reduce((a, b) => a + b, 0) || 1;
    const { name = '', short = '' } = CLASSES[actual] ?? {};
    const cells = counts.map((value, predicted) => {
      const kind = value === 0 ? 'none' : actual === predicted ? 'right' : 'wrong';
      const title = `${value} of ${sum}: ${name} taken for ${CLASSES[predicted]?.name}`;
      return h('td', { class: kind, style: `--share:${value / sum}`, title }, value === 0 ? '' : count(value));
    });
    return h('tr', {}, h('th', { scope: 'row', title: name }, short), ...cells);
  });
  const caption = h('caption', {}, 'Rows: what it is. Columns: what it is taken for.');
  return scrolling(
    'Confusion matrix',
    h('table', { class: 'confusion' }, caption, h('thead', {}, head), h('tbody', {}, ...rows)),
  );
}
