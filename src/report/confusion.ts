/** A confusion matrix as text for a terminal and as a drawing. */
import { textTable } from '../text-table.ts';
import { checkLabel, checkOptions } from '../validate.ts';
import { type ConfusionLike, type Counted, countedOf } from './given.ts';
import { at, drawing, fill, inverted, widthOf } from './style.ts';
import { counted, escaped, percent } from './texts.ts';

const shareOf = (part: number | undefined, whole: number | undefined): string =>
  whole ? percent((part ?? 0) / whole) : '-';

/**
 * A confusion matrix as a table to print: a row for each true class with its recall, a column for each predicted one with its precision.
 *
 * @throws TypeError or RangeError for what is no square of counts
 * @example
 * ```ts
 * import { confusionMatrix } from 'simdescent/data';
 * import { confusionText } from 'simdescent/report';
 * console.log(confusionText(confusionMatrix(['cat', 'dog', 'dog'], ['cat', 'cat', 'dog'])));
 * // true \ predicted    cat  dog  recall
 * // cat                   1    0   100 %
 * // dog                   1    1  50.0 %
 * // precision        50.0 %  100 %  accuracy 66.7 %
 * ```
 */
export function confusionText(matrix: ConfusionLike): string {
  const { classes, counts, rows, columns, accuracy } = countedOf(matrix);
  return textTable([
    ['true \\ predicted', ...classes, 'recall'],
    ...counts.map((row, i) => [classes[i] ?? '', ...row.map(counted), shareOf(row[i], rows[i])]),
    ['precision', ...columns.map((all, j) => shareOf(counts[j]?.[j], all)), `accuracy ${percent(accuracy)}`],
  ]);
}

/** Options of {@link confusionSvg}. */
export interface ConfusionSvgOptions {
  /** The heading. Default `'Confusion matrix'`. */
  readonly title?: string;
}

const CELL = 44;
const SMALLEST = 18;
/** Beyond, cells shrink. */
const USUAL = 12;
/** From this strength of a cell's colour on its text is light, on a dark page dark. */
const STRONG = { light: 0.75, dark: 0.65 };

/** The pixels of a cell, so that its count fits. */
function cellOf({ classes, counts }: Counted): number {
  const longest = Math.max(...counts.flat().map((count) => widthOf(counted(count))));
  const usual = classes.length <= USUAL ? CELL : Math.max(SMALLEST, Math.floor((CELL * USUAL) / classes.length));
  return Math.max(usual, Math.ceil(longest) + 10);
}

/**
 * A confusion matrix as SVG, for a page or a file: each cell is coloured by its share of its row, so classes of few samples count as much as
 * others. It follows the page into dark mode. Needs no DOM.
 *
 * @throws TypeError or RangeError for what is no square of counts
 * @example
 * ```ts
 * import { confusionMatrix } from 'simdescent/data';
 * import { confusionSvg } from 'simdescent/report';
 * const svg = confusionSvg(confusionMatrix(['cat', 'dog', 'dog'], ['cat', 'cat', 'dog']), { title: 'Pets' });
 * ```
 */
export function confusionSvg(matrix: ConfusionLike, options: ConfusionSvgOptions = {}): string {
  checkOptions('confusionSvg', options, ['title']);
  const { title = 'Confusion matrix' } = options;
  checkLabel('title', title);
  const all = countedOf(matrix);
  const { classes, counts, rows, accuracy } = all;
  const cell = cellOf(all);
  const widest = Math.max(...classes.map((name) => widthOf(name)));
  // names of columns stand upright where they are wider than a cell
  const upright = widest + 8 > cell;
  const [left, top] = [Math.ceil(widest) + 44, 64 + (upright ? Math.ceil(widest) : 14) + 8];
  const side = cell * classes.length;
  const heading = `${title} — accuracy ${percent(accuracy)}`;
  const [width, height] = [Math.max(left + side + 16, Math.ceil(widthOf(heading, 16)) + 32), top + side + 16];
  const middle = (i: number): number => (i + 0.5) * cell;
  const cells = counts.flatMap((row, i) =>
    row.map((count, j) => {
      const share = rows[i] ? count / rows[i] : 0;
      const [x, y] = [left + j * cell, top + i * cell];
      // mistakes are few: their colours spread over more of the scale
      const strength = Math.round(100 * (i === j ? share : Math.sqrt(share))) / 100;
      const paint = strength >= STRONG.dark ? inverted(strength >= STRONG.light) : fill(count === 0 ? 'muted' : 'ink');
      const tip = escaped(`${classes[i]} taken for ${classes[j]}: ${counted(count)}, ${percent(share)}`);
      return [
        `<g><title>${tip}</title>`,
        `<rect x="${at(x + 1)}" y="${at(y + 1)}" width="${at(cell - 2)}" height="${at(cell - 2)}" rx="2" ${fill('rule')} fill-opacity="0.4"/>`,
        strength > 0
          ? `<rect x="${at(x + 1)}" y="${at(y + 1)}" width="${at(cell - 2)}" height="${at(cell - 2)}" rx="2" ${fill(i === j ? 'first' : 'second')} fill-opacity="${strength}"/>`
          : '',
        `<text x="${at(x + cell / 2)}" y="${at(y + cell / 2)}" dy="0.35em" text-anchor="middle" ${paint}>${counted(count)}</text></g>`,
      ].join('');
    }),
  );
  const names = classes.flatMap((name, i) => {
    const text = escaped(name);
    const [x, y] = [left + middle(i), top - 8];
    const turn = upright
      ? ` transform="rotate(-90 ${at(x)} ${at(y)})" text-anchor="start" dy="0.35em"`
      : ' text-anchor="middle"';
    return [
      `<text x="${at(left - 8)}" y="${at(top + middle(i))}" dy="0.35em" text-anchor="end" ${fill('ink')}>${text}</text>`,
      `<text x="${at(x)}" y="${at(y)}"${turn} ${fill('ink')}>${text}</text>`,
    ];
  });
  const turned = `transform="rotate(-90 18 ${at(top + side / 2)})"`;
  return drawing(width, height, escaped(heading), [
    `<text x="16" y="28" font-size="16" font-weight="600" ${fill('ink')}>${escaped(heading)}</text>`,
    `<text x="${at(left + side / 2)}" y="52" text-anchor="middle" ${fill('muted')}>predicted</text>`,
    `<text x="18" y="${at(top + side / 2)}" dy="0.35em" text-anchor="middle" ${turned} ${fill('muted')}>true</text>`,
    ...names,
    ...cells,
  ]);
}
