import { describe, expect, it } from 'vitest';
import { reportFiles } from '../src/cli/report/files.ts';
import { penOf } from '../src/cli/report/palette.ts';
import { brokenEpoch, type ReportRecord, type RunRecord, summary } from '../src/cli/report/record.ts';
import { decimals, duration } from '../src/cli/report/text.ts';
import { escapeText } from '../src/markup.ts';

const SEVEN = ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'nadam'];

function made(
  optimizer: string,
  epochs: number,
  loss = (epoch: number) => 0.2 + 0.6 * Math.exp(-epoch / 2),
): RunRecord {
  const epoch = Array.from({ length: epochs }, (_, i) => i);
  return {
    optimizer,
    options: { learningRate: 0.001 },
    epoch,
    history: {
      accuracy: epoch.map((i) => 1 - loss(i) / 3),
      loss: epoch.map(loss),
      val_accuracy: epoch.map((i) => 0.9 - loss(i) / 3),
      val_loss: epoch.map((i) => loss(i) + 0.1),
    },
    seconds: epoch.map(() => 2.5),
    trainSeconds: epoch.map(() => 2),
    stepsPerEpoch: 1875,
    digest: 'ab'.repeat(32),
    finished: true,
  };
}
const report = (runs: readonly RunRecord[], more: Partial<ReportRecord> = {}): ReportRecord => ({
  title: 'Optimizers on Fashion-MNIST',
  command: 'simdescent compare --seed 42',
  settings: { network: '784-300-100-10', 'batch size': 32, seed: 42 },
  machine: { processor: 'a chip', node: 'v20' },
  date: '2026-01-02T03:04:05.000Z',
  epochs: 15,
  runs,
  stopped: false,
  ...more,
});
const file = (record: ReportRecord, name: string) => reportFiles(record).get(name) ?? '';

/** Whether every tag is well formed and closed in order, as XML wants it. */
function wellFormed(xml: string): boolean {
  const open: string[] = [];
  const rest = xml
    .replace(/<style>[^<]*<\/style>/g, '')
    .replace(
      /<(\/?)([a-z]\w*)((?:\s+[\w:-]+="[^"<]*")*)\s*(\/?)>/gi,
      (_tag, closing: string, name: string, _attributes, empty: string) => {
        if (closing) return open.pop() === name ? '' : '<';
        if (!empty) open.push(name);
        return '';
      },
    );
  return open.length === 0 && !/[<>]|&(?!amp;|lt;|gt;|quot;|#39;)/.test(rest);
}

const cases: Record<string, ReportRecord> = {
  'seven runs': report(SEVEN.map((name) => made(name, 15))),
  'one epoch': report([made('adam', 1)], { epochs: 1 }),
  'a hundred epochs': report([made('adam', 100)], { epochs: 100 }),
  'NaN and infinity': report([
    made('sgd', 15, (i) => (i < 4 ? 0.5 : Number.NaN)),
    made('adam', 15, (i) => (i < 9 ? 10 ** i : Number.POSITIVE_INFINITY)),
  ]),
  'nothing finite': report([made('sgd', 3, () => Number.NaN)], { epochs: 3 }),
  'a run stopped on the way': report([made('sgd', 15), { ...made('adam', 2), finished: false, digest: '' }], {
    stopped: true,
  }),
  'no epoch finished': report([made('sgd', 0)], { stopped: true }),
  'no run': report([], { stopped: true }),
};

describe.each(Object.entries(cases))('the report of %s', (_, record) => {
  it('is five files, of which the charts are well-formed SVG with a title to read out', () => {
    const files = reportFiles(record);
    expect([...files.keys()]).toEqual(['history.json', 'report.html', 'history.csv', 'loss.svg', 'val_loss.svg']);
    for (const name of ['loss.svg', 'val_loss.svg']) {
      const svg = files.get(name) ?? '';
      expect(wellFormed(svg), name).toBe(true);
      expect(svg).toMatch(/^<svg [^>]*role="img" aria-label="(Training|Validation) loss by epoch"/);
      expect(svg).not.toMatch(/NaN|undefined/);
    }
  });

  it('has a page that needs nothing from elsewhere and lets no number be undefined', () => {
    const html = file(record, 'report.html');
    expect(html).not.toMatch(/undefined|\[object|<script|@import|url\((?!#)|(?:src|href)="(?!#)/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [, id] of html.matchAll(/url\(#([^)]+)\)/g)) expect(ids).toContain(id);
  });

  it('gives back the same numbers as JSON and CSV', () => {
    const parsed = JSON.parse(file(record, 'history.json'));
    expect(parsed.runs.map((run: RunRecord) => run.history)).toEqual(
      record.runs.map((run) => JSON.parse(JSON.stringify(run.history))),
    );
    const lines = file(record, 'history.csv').trimEnd().split('\n');
    expect(lines).toHaveLength(1 + record.runs.reduce((sum, run) => sum + run.epoch.length, 0));
  });
});

/** Heads of the first table. */
const columnsOf = (html: string) =>
  [...(html.split('</thead>')[0] ?? '').matchAll(/<th scope="col">([^<]+)<\/th>/g)].map(([, name]) => name);

describe('the report', () => {
  it('draws each optimizer with a colour, a dash and a marker that no other has together', () => {
    const pens = [...SEVEN, 'adamw'].map(penOf);
    expect(new Set(pens.map(({ light }) => light)).size).toBe(pens.length);
    expect(new Set(pens.map(({ dark }) => dark)).size).toBe(pens.length);
    expect(new Set(pens.map(({ symbol, dash }) => `${symbol} ${dash}`)).size).toBe(pens.length);
  });

  it('draws lines that stand out from the page by 3:1, light and dark', () => {
    const luminance = (colour: string) => {
      const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
        const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const contrast = (a: string, b: string) => {
      const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    for (const [i, name] of [...SEVEN, 'adamw'].entries()) {
      const pen = penOf(name, i);
      expect(contrast(pen.light, '#ffffff'), name).toBeGreaterThan(3);
      expect(contrast(pen.dark, '#14171c'), name).toBeGreaterThan(3);
    }
  });

  it('recolours every colour it uses on a dark page', () => {
    const svg = file(report(SEVEN.map((name) => made(name, 15))), 'loss.svg');
    const [, style = ''] = /<style>(.*?)<\/style>/s.exec(svg) ?? [];
    // ECharts draws invisible boxes round text, with strokes of no width.
    const visible = svg.replace(style, '').replace(/<path [^>]*stroke-width="0"[^>]*>/g, '');
    const used = new Set([...visible.matchAll(/ (?:fill|stroke)="(#\w+)"/g)].map(([, colour]) => colour));
    for (const colour of used) if (colour !== '#000') expect(style).toContain(`"${colour}"`);
    expect(used.size).toBeGreaterThan(9);
  });

  it('escapes whatever text it is given', () => {
    const evil = `<img src=x onerror="alert('1')">&`;
    const record = report([{ ...made('adam', 2), optimizer: evil }], {
      title: evil,
      command: evil,
      settings: { [evil]: evil },
      machine: { [evil]: evil },
      date: evil,
    });
    const html = file(record, 'report.html');
    expect(html).not.toContain('<img');
    expect(html).toContain(escapeText(evil));
    expect(wellFormed(file(record, 'loss.svg'))).toBe(true);
  });

  it('says that it was stopped, and which run broke in which epoch', () => {
    const runs = [made('sgd', 3), made('adam', 3, (i) => (i === 1 ? Number.NaN : 1))];
    const html = file(report(runs, { stopped: true }), 'report.html');
    expect(html).toContain('Stopped before it was done');
    expect(html).toContain('adam has values that are not finite from epoch 2 on.');
    expect(runs.map((run) => brokenEpoch(run))).toEqual([undefined, 2]);
  });

  it('marks the best of each column, not counting what is not a number', () => {
    const html = file(
      report([made('sgd', 2), made('adam', 2, () => 0.1), made('nadam', 2, () => Number.NaN)]),
      'report.html',
    );
    expect(html).toContain('<td><strong>0.1000</strong></td>');
    expect(html).not.toContain('<strong>NaN');
    const rows = [...html.matchAll(/<tr><th scope="row">[a-z]+<\/th>(.*?)<\/tr>/g)].map(([, cells = '']) =>
      cells.split('</td>').map((cell) => cell.includes('<strong>')),
    );
    const columns = columnsOf(html).slice(1);
    const marked = columns.filter((_, column) => rows.some((row) => row[column]));
    expect(marked).toEqual(columns.filter((name) => name !== 'epochs' && name !== 'digest'));
    // those that are equal are all best: every run took as long
    for (const name of ['seconds', 'ms/step'])
      expect(rows.map((row) => row[columns.indexOf(name)])).toEqual([true, true, true]);
  });
});

describe('the page', () => {
  it('has the validation first, which is what a narrow screen shows, and the epoch in which it was best', () => {
    const html = file(report([made('sgd', 9, (i) => 1 + (i - 3) ** 2)]), 'report.html');
    expect(columnsOf(html).slice(0, 3)).toEqual(['optimizer', 'val_accuracy', 'val_loss']);
    expect(html).toContain('<td>1.1000 at 4</td>');
    expect(file(report([made('sgd', 2, () => Number.NaN)]), 'report.html')).toContain('<td>none</td>');
  });

  it('says how long a short training took', () => {
    const short = { ...made('sgd', 2), seconds: [0.11, 0.13] };
    expect(file(report([short]), 'report.html')).toContain('0.2 s of training');
    expect(file(report([made('sgd', 15)]), 'report.html')).toContain('38 s of training');
  });

  it('has losses that differ much on a logarithmic axis, with its lines at powers of 2 or 10', () => {
    const numbers = (from: number) => {
      const svg = file(report([made('sgd', 9, (i) => from * 0.7 ** i)]), 'loss.svg');
      return [...svg.matchAll(/<text [^>]*text-anchor="end"[^>]*>([^<]+)<\/text>/g)].map(([, text]) => Number(text));
    };
    expect(numbers(1)).toEqual([0.0625, 0.125, 0.25, 0.5, 1]);
    const wide = file(report([made('sgd', 9, (i) => 10 ** (i - 4))]), 'loss.svg');
    for (const text of ['>0.001<', '>0.1<', '>10<', '>1000<', '>logarithmic<']) expect(wide).toContain(text);
    expect(file(report([made('sgd', 9, (i) => 1 - 0.05 * i)]), 'loss.svg')).not.toContain('logarithmic');
  });
});

describe('a summary', () => {
  it('has the last epoch, the whole time, and milliseconds of a training step', () => {
    expect(summary(made('adam', 2, (i) => 2 - i))).toEqual({
      ...{
        optimizer: 'adam',
        epochs: 2,
        steps: 3750,
        loss: 1,
        accuracy: 1 - 1 / 3,
        val_loss: 1.1,
        val_accuracy: 0.9 - 1 / 3,
      },
      ...{ seconds: 5, msPerStep: 4000 / 3750, digest: 'ab'.repeat(32) },
    });
  });
});

describe('text', () => {
  it('shows numbers so that they fit', () => {
    expect([decimals(0.12345, 4), decimals(1e9, 4), decimals(Number.NaN, 4), decimals(-1 / 0, 1)]).toEqual([
      ...['0.1235', '1.00e+9', 'NaN', '-infinity'],
    ]);
    expect([duration(7), duration(125), duration(3780)]).toEqual(['7 s', '2 min 05 s', '1 h 03 min']);
  });
});
