/** `report.html`: one file that needs nothing else, from a disk or a server, in light and dark, wide and narrow. */

import { escapeText } from '../../markup.ts';
import { several } from '../../validate.ts';
import { wordsOf } from '../settings.ts';
import { type ChartSize, lineChart, timeChart } from './charts.ts';
import { STYLE } from './page-style.ts';
import { brokenEpoch, type ReportRecord, type RunRecord, type Summary, summary } from './record.ts';
import { DIGITS, decimals, shortDigest, took } from './text.ts';

/** Each chart is drawn twice and the page shows the one that fits: shrinking the wide one would shrink its text. */
export const SIZES: Readonly<Record<'wide' | 'narrow', ChartSize>> = {
  wide: { width: 620, height: 400 },
  narrow: { width: 330, height: 340 },
};

const CURVES = [
  ['loss', 'Training loss', 'Mean over the batches of each epoch, while the weights change.'],
  ['val_loss', 'Validation loss', 'On the test images, after each epoch.'],
  ['accuracy', 'Training accuracy', 'Share of training images classified correctly during the epoch.'],
  ['val_accuracy', 'Validation accuracy', 'Share of test images classified correctly after the epoch.'],
] as const;

export function reportHtml(report: ReportRecord): string {
  const runs = report.runs.filter((run) => run.epoch.length > 0);
  const body = [
    header(report),
    runs.length > 0 ? results(runs) : '<p>No epoch was finished, so there is nothing to show.</p>',
    runs.length > 0 ? `<section class="charts">${charts(runs, report.epochs)}</section>` : '',
    reproduction(report),
    digests(runs),
    definitions('Machine', report.machine, 'The times depend on it; the other numbers do not.'),
  ];
  return pageOf(report.title, body);
}

/** A page of its own, from its parts; empty ones are left out. */
export function pageOf(title: string, body: readonly string[]): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.filter(Boolean).join('\n')}
</main>
</body>
</html>
`;
}

interface Heading {
  readonly title: string;
  readonly facts: readonly string[];
  readonly date: string;
  /** HTML between the facts and the notes. Default none. */
  readonly found?: string;
  readonly notes: readonly string[];
}

/** What a report begins with. */
export function headerOf({ title, facts, date, found = '', notes }: Heading): string {
  return [
    '<header>',
    `<h1>${escapeText(title)}</h1>`,
    `<p class="facts">${facts.map(escapeText).join(' · ')}<br><time datetime="${escapeText(date)}">${escapeText(date.slice(0, 10))}</time></p>`,
    found,
    ...notes.map((note) => `<p class="note">${escapeText(note)}</p>`),
    '</header>',
  ]
    .filter(Boolean)
    .join('\n');
}

/** How the numbers come about once more. */
export const repeating = (command: string, rest: string): string => `<section>
<h2>How to repeat it</h2>
<pre><code>${escapeText(command)}</code></pre>
${rest}
</section>`;

function header({ title, settings, runs, date, stopped, epochs }: ReportRecord): string {
  const seconds = runs.flatMap((run) => run.seconds).reduce((sum, value) => sum + value, 0);
  const facts = [
    `network ${settings.network}`,
    several(epochs, 'epoch'),
    `batch ${settings['batch size']}`,
    `seed ${settings.seed}`,
    `${took(seconds)} of training`,
  ];
  const notes = runs.flatMap((run) => {
    const broken = brokenEpoch(run);
    return broken === undefined ? [] : [`${run.optimizer} has values that are not finite from epoch ${broken} on.`];
  });
  if (stopped) notes.unshift('Stopped before it was done: the numbers are those of the finished epochs.');
  return headerOf({ title, facts, date, notes });
}

function results(runs: readonly RunRecord[]): string {
  const rows = runs.map(summary);
  const columns = [
    ['val_accuracy', 'val_accuracy', Math.max],
    ['val_loss', 'val_loss', Math.min],
    ['loss', 'loss', Math.min],
    ['accuracy', 'accuracy', Math.max],
    ['seconds', 'seconds', Math.min],
    ['msPerStep', 'ms/step', Math.min],
  ] as const;
  // numbers that are shown alike are equally good
  const best = new Map(
    columns.map(([key, , pick]) => [
      key,
      decimals(pick(...rows.map((row) => row[key]).filter(Number.isFinite)), DIGITS[key]),
    ]),
  );
  const lowest = runs.map(bestOf);
  const least = decimals(Math.min(...lowest.map(({ value }) => value)), 4);
  const shown = (text: string, isBest: boolean, more = '') =>
    `<td>${rows.length > 1 && isBest ? `<strong>${text}</strong>` : text}${more}</td>`;
  const cell = (row: Summary, key: keyof typeof DIGITS) => {
    const text = decimals(row[key], DIGITS[key]);
    return shown(text, Number.isFinite(row[key]) && text === best.get(key));
  };
  const lowestCell = (i: number) => {
    const { value, epoch } = lowest[i] ?? { value: Number.POSITIVE_INFINITY, epoch: 0 };
    if (!Number.isFinite(value)) return '<td>none</td>';
    const text = decimals(value, 4);
    return shown(text, text === least, ` at ${epoch}`);
  };
  return `<section>
<h2>After the last epoch</h2>
<div class="scroll" tabindex="0" role="region" aria-label="Results"><table>
<thead><tr><th scope="col">optimizer</th>${columns.map(([, name]) => `<th scope="col">${name}</th>`).join('')}<th scope="col">best val_loss</th><th scope="col">epochs</th><th scope="col">digest</th></tr></thead>
<tbody>
${rows
  .map(
    (row, i) =>
      `<tr><th scope="row">${escapeText(row.optimizer)}</th>${columns.map(([key]) => cell(row, key)).join('')}${lowestCell(i)}<td>${row.epochs}</td><td><code>${shortDigest(row.digest) || 'stopped'}</code></td></tr>`,
  )
  .join('\n')}
</tbody>
</table></div>
${rows.length > 1 ? '<p class="hint">The best of each column is bold. best val_loss is the lowest, and its epoch. Times are of this machine; ms/step counts training steps alone.</p>' : ''}
</section>`;
}

/** The lowest validation loss, infinity if there is none, and its epoch, counted from 1. */
function bestOf({ history, epoch }: RunRecord): { readonly value: number; readonly epoch: number } {
  const values = (history.val_loss ?? []).map((value) => (Number.isFinite(value) ? value : Number.POSITIVE_INFINITY));
  const value = Math.min(...values);
  return { value, epoch: (epoch[values.indexOf(value)] ?? 0) + 1 };
}

function charts(runs: readonly RunRecord[], epochs: number): string {
  const both = (id: string, title: string, draw: typeof timeChart) =>
    (['wide', 'narrow'] as const)
      .map((size) => `<div class="${size}">${draw(runs, { id: `${id}-${size}`, title, ...SIZES[size] })}</div>`)
      .join('\n');
  const curves = CURVES.filter(([key]) => runs.some((run) => run.history[key])).map(
    ([key, title, hint]) => `<figure>
<figcaption><h2>${title}</h2><p class="hint">${hint}</p></figcaption>
${both(key, `${title} by epoch`, (some, options) => lineChart(some, key, epochs, options))}
${values(runs, title, (run, i) => decimals(run.history[key]?.[i] ?? Number.NaN, 4))}
</figure>`,
  );
  const time = `<figure>
<figcaption><h2>Time per epoch</h2><p class="hint">Wall clock, as it was on this machine.</p></figcaption>
${both('time', 'Time per epoch', timeChart)}
${values(runs, 'Seconds', (run, i) => decimals(run.seconds[i] ?? Number.NaN, 2))}
</figure>`;
  return [...curves, time].join('\n');
}

/** The data of a chart as a table, for readers who cannot see it or want the numbers. */
function values(runs: readonly RunRecord[], title: string, value: (run: RunRecord, i: number) => string): string {
  const epochs = [...new Set(runs.flatMap((run) => run.epoch))].sort((a, b) => a - b);
  const row = (epoch: number) =>
    runs.map((run) => {
      const i = run.epoch.indexOf(epoch);
      return `<td>${i < 0 ? '' : value(run, i)}</td>`;
    });
  return `<details><summary>${escapeText(title)} as a table</summary><div class="scroll"><table>
<thead><tr><th scope="col">epoch</th>${runs.map((run) => `<th scope="col">${escapeText(run.optimizer)}</th>`).join('')}</tr></thead>
<tbody>
${epochs.map((epoch) => `<tr><th scope="row">${epoch + 1}</th>${row(epoch).join('')}</tr>`).join('\n')}
</tbody>
</table></div></details>`;
}

function reproduction({ command, settings, runs }: ReportRecord): string {
  const options = runs.map((run): [string, string] => [
    run.optimizer,
    Object.entries(run.options)
      .map(([name, value]) => `${wordsOf(name)} ${value}`)
      .join(', '),
  ]);
  return repeating(
    command,
    `<p class="hint">The same command gives the same digests on every machine.</p>
${list({ ...settings, ...Object.fromEntries(options) })}`,
  );
}

function digests(runs: readonly RunRecord[]): string {
  const whole = runs.filter((run) => run.digest);
  if (whole.length === 0) return '';
  const entries = Object.fromEntries(whole.map((run) => [run.optimizer, run.digest]));
  return definitions('Digests', entries, 'SHA-256 over the weights at the end, as little-endian float32.', 'digests');
}

export function definitions(title: string, entries: ReportRecord['settings'], hint: string, kind = ''): string {
  return `<section><h2>${title}</h2><p class="hint">${hint}</p>${list(entries, kind)}</section>`;
}

function list(entries: ReportRecord['settings'], kind = ''): string {
  const items = Object.entries(entries).map(
    ([name, value]) => `<div><dt>${escapeText(name)}</dt><dd>${escapeText(String(value ?? 'none'))}</dd></div>`,
  );
  return `<dl${kind && ` class="${kind}"`}>${items.join('')}</dl>`;
}
