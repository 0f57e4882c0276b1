/** The confusion matrix: a row for each class, a column for each prediction. */
import { CLASSES } from '../classes.ts';
import { h, scrolling } from './dom.ts';

export function confusionTable(confusion: readonly (readonly number[])[]): HTMLElement {
  const head = h('tr', {}, h('td', {}), ...CLASSES.map(({ short }) => h('th', { scope: 'col' }, h('span', {}, short))));
  const rows = confusion.map((counts, actual) => {
    const sum = counts.reduce((a, b) => a + b, 0) || 1;
    const { name = '', short = '' } = CLASSES[actual] ?? {};
    const cells = counts.map((value, predicted) => {
      const kind = value === 0 ? 'none' : actual === predicted ? 'right' : 'wrong';
      const title = `${value} of ${sum} images of ${name} classified as ${CLASSES[predicted]?.name}`;
      return h('td', { class: kind, style: `--share:${value / sum}`, title }, value === 0 ? '' : String(value));
    });
    return h('tr', {}, h('th', { scope: 'row' }, short), ...cells);
  });
  const caption = h('caption', {}, 'Test images by class (rows) and prediction (columns)');
  return scrolling(
    'Confusion matrix',
    h('table', { class: 'confusion' }, caption, h('thead', {}, head), h('tbody', {}, ...rows)),
  );
}
