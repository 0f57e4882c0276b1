/** simdescent/report: texts that line up, drawings that are well-formed and show every number. */
import { describe, expect, test } from 'vitest';
import { confusionMatrix } from '../../src/data/index.ts';
import { layers, sequential } from '../../src/index.ts';
import { confusionSvg, confusionText, historySvg, historyText } from '../../src/report/index.ts';
import { errorOf, floats, labels } from '../helpers.ts';

const matrix = confusionMatrix(['cat', 'dog', 'dog', '<bird>'], ['cat', 'cat', 'dog', 'dog']);
const long = {
  history: {
    loss: Array.from({ length: 100 }, (_, i) => 2 / (i + 1)),
    accuracy: Array.from({ length: 100 }, (_, i) => i / 100),
  },
};

/** Every element is closed, and nothing stands in attributes or texts that ends them. */
function wellFormed(svg: string): void {
  const open: string[] = [];
  const rest = svg.replace(/<(\/?)([a-z]+)((?: [\w:-]+="[^"<>]*")*)(\/?)>/g, (_, end, name, __, empty) => {
    if (end) expect(open.pop()).toBe(name);
    else if (!empty) open.push(name);
    return '';
  });
  expect(open).toEqual([]);
  expect(rest).not.toMatch(/[<>]/);
  expect(svg).not.toMatch(/NaN|undefined|Infinity/);
}

const textsOf = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text = '']) => text);

describe('a confusion matrix', () => {
  test('as text has recall, precision and accuracy', () => {
    expect(confusionText(matrix).split('\n')).toEqual([
      'true \\ predicted  <bird>     cat     dog           recall',
      '<bird>                 0       0       1            0.0 %',
      'cat                    0       1       0            100 %',
      'dog                    0       1       1           50.0 %',
      'precision              -  50.0 %  50.0 %  accuracy 50.0 %',
    ]);
  });

  test('as a drawing has a cell for each pair, named for readers, and escapes names', () => {
    const svg = confusionSvg(matrix, { title: 'a & b' });
    wellFormed(svg);
    expect(svg.match(/<g>/g)).toHaveLength(9);
    expect(svg).toContain('&lt;bird&gt; taken for dog: 1, 100 %');
    expect(textsOf(svg)[0]).toBe('a &amp; b — accuracy 50.0 %');
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['predicted', 'true', 'cat']));
    expect(svg).toContain('prefers-color-scheme:dark');
  });

  test('of many classes with long names and large counts stays apart', () => {
    const classes = Array.from({ length: 30 }, (_, i) => `a long name ${i}`);
    const counts = classes.map((_, i) => classes.map((__, j) => (i === j ? 123_456 : 0)));
    const svg = confusionSvg({ classes, counts });
    wellFormed(svg);
    const width = Number(/width="(\d+)"/.exec(svg)?.[1]);
    expect(width).toBeGreaterThan(30 * 6 * 7);
  });

  test('that is none is refused', async () => {
    expect(await errorOf(async () => confusionText({ classes: ['a'], counts: [[1, 2]] }))).toBeInstanceOf(RangeError);
    // @ts-expect-error: no matrix
    expect(await errorOf(async () => confusionSvg([[1]]))).toBeInstanceOf(TypeError);
    // @ts-expect-error: no such option
    expect((await errorOf(async () => confusionSvg(matrix, { titel: 'x' }))).message).toContain('title');
  });
});

describe('a history', () => {
  test('as text has a line for each epoch, and the course of each column', () => {
    expect(historyText({ history: { loss: [0.9, 0.5, 0.4], val_loss: [0.8, Number.NaN, 0.7] } }).split('\n')).toEqual([
      'epoch    loss  val_loss',
      '1      0.9000    0.8000',
      '2      0.5000       NaN',
      '3      0.4000    0.7000',
      '          █▂▁       █ ▁',
    ]);
  });

  test('of many epochs is shortened, with the first and the last', () => {
    const lines = historyText(long, { rows: 5, keys: ['loss'] }).split('\n');
    expect(lines.slice(1, -1).map((line) => Number.parseInt(line, 10))).toEqual([1, 26, 51, 75, 100]);
    expect(lines[0]).not.toContain('accuracy');
  });

  test('of fit is taken as it is, here and from JSON', async () => {
    using model = sequential([layers.dense({ units: 3, activation: 'softmax', inputShape: [4] })], { seed: 1 });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    const history = await model.fit(floats([20, 4], 1), labels([20][0] ?? 0, 3, 2), {
      epochs: 3,
      validationSplit: 0.2,
    });
    expect(historyText(JSON.parse(JSON.stringify(history)))).toBe(historyText(history));
    wellFormed(historySvg(history));
  });

  test('as a drawing has a diagram for each measure, the curves of training and validation, and gaps', () => {
    const svg = historySvg({
      history: {
        accuracy: [0.5, 0.6, 0.7],
        loss: [3, Number.POSITIVE_INFINITY, 0.1],
        val_loss: [0.8, 0.6, 0.7],
        learning_rate: [1, 1, 1],
      },
    });
    wellFormed(svg);
    expect(textsOf(svg)).toEqual(expect.arrayContaining(['Training', 'training', 'validation', 'accuracy', 'loss']));
    expect(textsOf(svg)).not.toContain('learning_rate');
    expect(svg).toContain('logarithmic');
    // eight of nine numbers are finite
    expect(svg.match(/<circle/g)).toHaveLength(8);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
  });

  test.each([
    ['one epoch', { history: { loss: [0.5] } }],
    ['no epoch', { history: {} }],
    ['no epoch yet', { history: { loss: [] } }],
    ['a constant', { history: { loss: [1, 1, 1] } }],
    ['nothing finite', { history: { loss: [Number.NaN, Number.NaN] } }],
    ['tiny and negative numbers', { history: { score: [-1e-9, 2e-9, 0] } }],
    ['a hundred epochs from the fiftieth', { ...long, epoch: long.history.loss.map((_, i) => i + 50) }],
  ])('of %s is drawn', (_, history) => {
    for (const width of [240, 720, 1200]) wellFormed(historySvg(history, { width }));
    expect(historyText(history).length).toBeGreaterThan(5);
  });

  test('that is none is refused', async () => {
    // @ts-expect-error: no history
    expect(await errorOf(async () => historyText(5))).toBeInstanceOf(TypeError);
    expect((await errorOf(async () => historySvg(long, { keys: ['los'] }))).message).toMatch(/loss, accuracy/);
    expect(await errorOf(async () => historySvg(long, { width: 10 }))).toBeInstanceOf(RangeError);
  });
});
