/** The history of a training as text for a terminal and as a drawing. */
import { textTable } from '../text-table.ts';
import { checkInteger, checkKind, checkLabel, checkOptions, show } from '../validate.ts';
import { curvesOf, type HistoryLike } from './given.ts';
import { type Line, legend, panel } from './panel.ts';
import { drawing, fill } from './style.ts';
import { escaped, short } from './texts.ts';

/** Options of {@link historyText}. */
export interface HistoryTextOptions {
  /** What to show, in this order. Default: everything. */
  readonly keys?: readonly string[];
  /** Most lines of epochs: of more, evenly chosen ones and the last. Default 20. */
  readonly rows?: number;
}

const BARS = '▁▂▃▄▅▆▇█';

/** The course of a curve in one line: eight heights between its least and its largest number. */
function sparkline(values: readonly number[], width: number): string {
  const finite = values.filter(Number.isFinite);
  const [least, most] = [Math.min(...finite), Math.max(...finite)];
  const count = Math.min(width, values.length);
  return Array.from({ length: count }, (_, i) => {
    const value = values[Math.round((i * (values.length - 1)) / Math.max(1, count - 1))] ?? Number.NaN;
    if (!Number.isFinite(value)) return ' ';
    return BARS[most === least ? 3 : Math.round((7 * (value - least)) / (most - least))] ?? ' ';
  }).join('');
}

/** The curves to show, in order. */
function chosen(
  curves: ReadonlyMap<string, readonly number[]>,
  keys: readonly string[] | undefined,
): [string, readonly number[]][] {
  checkKind(keys === undefined || Array.isArray(keys), 'keys', 'an array of names', keys);
  return (keys ?? [...curves.keys()]).map((key) => {
    const values = curves.get(key);
    if (values === undefined)
      throw new RangeError(`the history has no ${show(key)}: it has ${[...curves.keys()].join(', ')}`);
    return [key, values];
  });
}

/** Which of `count` epochs are shown in `rows` lines: evenly chosen ones, the first and the last among them. */
function shownOf(count: number, rows: number): number[] {
  if (count <= rows) return Array.from({ length: count }, (_, i) => i);
  const step = (count - 1) / Math.max(1, rows - 1);
  return Array.from({ length: rows }, (_, i) => (rows === 1 ? count - 1 : Math.round(i * step)));
}

/**
 * The history of a training as a table to print: a line for each epoch, then the course of each column.
 *
 * @param history what `fit` returns, or the same from JSON
 * @throws TypeError for anything else; RangeError for a key that it has not
 * @example
 * ```ts
 * import { historyText } from 'simdescent/report';
 * console.log(historyText({ history: { loss: [0.9, 0.5, 0.4], val_loss: [0.8, 0.6, 0.7] } }));
 * // epoch    loss  val_loss
 * // 1      0.9000    0.8000
 * // 2      0.5000    0.6000
 * // 3      0.4000    0.7000
 * //           █▂▁       █▁▄
 * ```
 */
export function historyText(history: HistoryLike, options: HistoryTextOptions = {}): string {
  checkOptions('historyText', options, ['keys', 'rows']);
  const { keys, rows = 20 } = options;
  checkInteger('rows', rows, 1);
  const { curves, epochs } = curvesOf(history);
  const columns = chosen(curves, keys);
  if (epochs.length === 0) return 'no epoch was finished';
  const lines = shownOf(epochs.length, rows).map((i) => [
    String(epochs[i]),
    ...columns.map(([, values]) => (i < values.length ? short(values[i] ?? Number.NaN) : '')),
  ]);
  const courses = columns.map(([key, values]) => sparkline(values, Math.max(8, key.length)));
  return textTable([
    ['epoch', ...columns.map(([key]) => key)],
    ...lines,
    ...(epochs.length > 1 ? [['', ...courses]] : []),
  ]);
}

/** Options of {@link historySvg}. */
export interface HistorySvgOptions {
  /** What to draw. Default: everything but the learning rate. */
  readonly keys?: readonly string[];
  /** The heading. Default `'Training'`. */
  readonly title?: string;
  /** Pixels, at least 240; diagrams stand side by side where two fit. Default 720. */
  readonly width?: number;
}

const NARROWEST = 300;
const HEIGHT = 236;
const HEADER = 68;

/**
 * The history of a training as SVG, for a page or a file: a diagram for each measure, with the curves of training and validation. Losses that fall by more
 * than a factor of ten are drawn on a logarithmic axis. It follows the page into dark mode. Needs no DOM.
 *
 * @param history what `fit` returns, or the same from JSON
 * @throws TypeError for anything else; RangeError for a key that it has not
 * @example
 * ```ts
 * import { historySvg } from 'simdescent/report';
 * const svg = historySvg({ history: { loss: [0.9, 0.5, 0.4], val_loss: [0.8, 0.6, 0.7] } });
 * console.log(svg.startsWith('<svg')); // true
 * ```
 */
export function historySvg(history: HistoryLike, options: HistorySvgOptions = {}): string {
  checkOptions('historySvg', options, ['keys', 'title', 'width']);
  const { title = 'Training', width = 720, keys } = options;
  checkLabel('title', title);
  checkInteger('width', width, 240, 10_000);
  const { curves, epochs } = curvesOf(history);
  const usual = [...curves.keys()].filter((key) => !/^(lr|learning_?rate)$/i.test(key));
  const measures = new Map<string, Line[]>();
  for (const [key, values] of chosen(curves, keys ?? usual)) {
    const validation = key.startsWith('val_');
    const measure = validation ? key.slice(4) : key;
    measures.set(measure, [...(measures.get(measure) ?? []), { values, validation }]);
  }
  const across = measures.size > 1 && width >= 2 * NARROWEST ? 2 : 1;
  const each = width / across;
  const down = Math.max(1, Math.ceil(measures.size / across));
  const validates = [...measures.values()].flat().some(({ validation }) => validation);
  const panels = [...measures].map(([measure, lines], i) =>
    panel(measure, lines, epochs, {
      left: (i % across) * each,
      top: HEADER + Math.floor(i / across) * HEIGHT,
      width: each,
      height: HEIGHT,
    }),
  );
  return drawing(width, HEADER + down * HEIGHT, escaped(title), [
    `<text x="16" y="28" font-size="16" font-weight="600" ${fill('ink')}>${escaped(title)}</text>`,
    ...legend(16, 50, validates ? ['training', 'validation'] : ['training']),
    ...(epochs.length === 0
      ? [`<text x="16" y="${HEADER + 24}" ${fill('muted')}>no epoch was finished</text>`]
      : panels.flat()),
  ]);
}
