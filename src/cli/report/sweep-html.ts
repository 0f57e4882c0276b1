/** `report.html` of a sweep, in the manner of the other report: one file, light and dark, wide and narrow. */
import { escapeText } from '../../markup.ts';
import type { Range, SettingValue, Trial } from '../../sweep/index.ts';
import { several } from '../../validate.ts';
import { wordsOf } from '../settings.ts';
import { comparedAt, importance } from '../sweep/importance.ts';
import type { SweepRecord } from '../sweep/result.ts';
import { byValue, secondsOf, shownValue, succeeded, varying } from '../sweep/text.ts';
import { type ChartOptions, lineChart } from './charts.ts';
import { definitions, headerOf, pageOf, repeating, SIZES } from './html.ts';
import type { RunRecord } from './record.ts';
import { costChart, heatChart, importanceChart, parallelChart, scatterChart } from './sweep-charts.ts';
import { decimals, shortDigest, took } from './text.ts';

/** Trials whose curves are drawn, and rows of the table. */
const CURVES = 6;
const ROWS = 200;

export function sweepHtml(record: SweepRecord): string {
  const { objective, spec, machine, workers, digest } = record;
  const trials = record.trials.filter(succeeded);
  const done = { ...record, trials };
  const failed = record.trials.filter((one) => !succeeded(one));
  const names = varying(trials);
  const title = `${record.trials.length} trials on Fashion-MNIST`;
  const body = [
    header(record, title),
    trials.length > 0 ? results(done, names) : '<p>No trial has a result, so there is nothing to show.</p>',
    failures(failed, varying(record.trials)),
    trials.length > 0 && names.length > 0 ? `<section class="charts">${charts(done, names)}</section>` : '',
    repeating(
      record.command,
      '<p class="hint">The same command gives the same digests on every machine, with any number of workers. <code>simdescent sweep sweep.json</code> does so too, and <code>simdescent verify sweep.json --trial N</code> computes one trial again.</p>',
    ),
    digest === ''
      ? ''
      : definitions(
          'Digest',
          { sweep: digest },
          'SHA-256 over the settings and digests of all trials, in the order of their numbers.',
          'digests',
        ),
    definitions(
      'Settings',
      {
        objective: `${objective.key}, ${objective.mode === 'max' ? 'higher' : 'lower'} is better`,
        search: typeof spec.search === 'object' ? JSON.stringify(spec.search) : (spec.search ?? 'grid'),
        'epochs of a trial': spec.epochs ?? 1,
        'seed of the search': spec.seed ?? 42,
        ...Object.fromEntries(Object.entries(spec.space).map(([name, range]) => [wordsOf(name), rangeText(range)])),
      },
      'What decides the numbers.',
    ),
    definitions('Machine', { ...machine, workers }, 'The times depend on it; the other numbers do not.'),
  ];
  return pageOf(title, body);
}

/** A range as people say it. */
function rangeText(range: Range): string {
  if (Array.isArray(range)) return range.map(shownValue).join('; ');
  if (typeof range !== 'object') return shownValue(range);
  const { when, ...rest } = range as Exclude<Range, SettingValue>;
  const conditions = Object.entries(when ?? {}).map(
    ([name, value]) => `${wordsOf(name)} is ${[value].flat().join(' or ')}`,
  );
  const where = conditions.length > 0 ? ` where ${conditions.join(' and ')}` : '';
  if ('choice' in rest) return `${rest.choice.map(shownValue).join('; ')}${where}`;
  const { steps, step } = rest as { steps?: number; step?: number };
  const ends = 'integer' in rest ? rest.integer : 'log' in rest ? rest.log : 'uniform' in rest ? rest.uniform : [];
  const words = [
    ...('integer' in rest ? ['integers'] : []),
    ...('log' in rest && rest.log ? ['logarithmic'] : []),
    ...(steps === undefined ? [] : [`${steps} steps`]),
    ...(step === undefined ? [] : [`step ${step}`]),
  ];
  return `${[ends.map(shownValue).join(' to '), ...words].join(', ')}${where}`;
}

const total = (trials: readonly Trial[]): number => trials.reduce((sum, trial) => sum + secondsOf(trial), 0);

function header({ trials, objective, best, stopped, seconds, workers, date }: SweepRecord, title: string): string {
  const found = trials.find(({ trial }) => trial === best);
  const epochs = trials.filter(succeeded).reduce((sum, trial) => sum + trial.epochs, 0);
  const facts = [
    several(epochs, 'epoch'),
    `${took(total(trials))} of training`,
    `${took(seconds)} with ${several(workers, 'worker')}`,
  ];
  const broken = trials.filter((one) => succeeded(one) && !Number.isFinite(one.value)).length;
  const failed = trials.filter((one) => !succeeded(one)).length;
  const notes = [
    ...(stopped ? ['Stopped before it was done: the numbers are those of the finished trials.'] : []),
    ...(failed > 0 ? [`${several(failed, 'trial')} failed.`] : []),
    ...(broken > 0
      ? [`${broken} of the trials have ${objective.key} that is not finite; the charts leave them out.`]
      : []),
  ];
  const names = varying(trials);
  const settings = names.filter((name) => found && name in found.settings);
  const words = settings.map((name) => `${wordsOf(name)} ${shownValue(found?.settings[name])}`);
  const line =
    found &&
    `<p>Best ${escapeText(objective.key)}: <strong>${decimals(found.value, 4)}</strong>, trial ${found.trial}${words.length > 0 ? `: ${escapeText(words.join(', '))}` : ''}.</p>`;
  return headerOf({ title, facts, date, notes, ...(line && { found: line }) });
}

const cell = (text: string, strong = false): string =>
  `<td>${strong ? `<strong>${escapeText(text)}</strong>` : escapeText(text)}</td>`;

const table = (label: string, head: readonly string[], rows: readonly string[]): string =>
  `<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr><th scope="col">trial</th>${head.map((name) => `<th scope="col">${escapeText(name)}</th>`).join('')}</tr></thead>
<tbody>
${rows.join('\n')}
</tbody>
</table></div>`;

/** The cells that a row begins with: number and settings. */
const begin = ({ trial, settings }: Trial, names: readonly string[]): string =>
  [`<th scope="row">${trial}</th>`, ...names.map((name) => cell(shownValue(settings[name])))].join('');

const inFile = (left: number): string => (left > 0 ? `<p class="hint">${left} more are in sweep.csv.</p>` : '');

function results({ trials, objective, best }: SweepRecord, names: readonly string[]): string {
  const rows = byValue(trials, objective.mode);
  const keys = [...new Set(trials.flatMap(({ history }) => Object.keys(history)))].filter(
    (key) => key !== objective.key,
  );
  const head = [...names.map(wordsOf), 'epochs', objective.key, ...keys.sort(), 'seconds', 'digest'];
  const row = (one: Trial) =>
    [
      `<tr>${begin(one, names)}`,
      cell(String(one.epochs)),
      cell(decimals(one.value, 4), one.trial === best),
      ...keys.map((key) => cell(decimals(one.history[key]?.at(-1) ?? Number.NaN, 4))),
      cell(secondsOf(one).toFixed(1)),
      `<td><code>${shortDigest(one.digest)}</code></td></tr>`,
    ].join('');
  const part = (some: readonly Trial[]) => table('Trials', head, some.map(row));
  const few = 10;
  const rest = rows.slice(few, ROWS);
  return `<section>
<h2>${rows.length > few ? `The best ${few}` : 'All trials'}</h2>
${part(rows.slice(0, few))}
${rest.length > 0 ? `<details><summary>${rest.length} more trials</summary>${part(rest)}</details>` : ''}
${inFile(rows.length - few - rest.length)}
</section>`;
}

function failures(failed: readonly Trial[], names: readonly string[]): string {
  if (failed.length === 0) return '';
  const row = (one: Trial) => `<tr>${begin(one, names)}${cell(String(one.epochs))}${cell(one.failed ?? '')}</tr>`;
  const head = [...names.map(wordsOf), 'epochs', 'what it threw'];
  return `<section>
<h2>Failed</h2>
${table('Failed trials', head, failed.slice(0, ROWS).map(row))}
${inFile(failed.length - ROWS)}
</section>`;
}

function charts({ trials, objective }: SweepRecord, names: readonly string[]): string {
  const { key, mode } = objective;
  const shares = importance(trials, names, objective);
  const figure = (
    id: string,
    title: string,
    hint: string,
    drawn: (options: ChartOptions) => string,
    more = '',
  ) => `<figure>
<figcaption><h2>${escapeText(title)}</h2><p class="hint">${escapeText(hint)}</p></figcaption>
${(['wide', 'narrow'] as const).map((size) => `<div class="${size}">${drawn({ id: `${id}-${size}`, title, ...SIZES[size] })}</div>`).join('\n')}
${more}
</figure>`;
  const numeric = names.filter((name) => trials.some(({ settings }) => typeof settings[name] === 'number'));
  const first = numeric.includes('learningRate')
    ? 'learningRate'
    : shares.find(({ name }) => numeric.includes(name))?.name;
  const [one, other] = shares.map(({ name }) => name);
  const best = byValue(trials, mode).slice(0, CURVES);
  const most = Math.max(...best.map(({ seconds }) => seconds.length));
  const runs = best.map(recordOf);
  const against = (name: string) => (trial: Trial) => {
    const value = trial.settings[name];
    return typeof value === 'number' ? value : undefined;
  };
  return [
    first &&
      figure('rate', `${key} against ${wordsOf(first)}`, 'A point for each trial, by its optimizer.', (options) =>
        scatterChart(trials, objective, wordsOf(first), against(first), options),
      ),
    one !== undefined &&
      other !== undefined &&
      figure(
        'heat',
        `${wordsOf(one)} and ${wordsOf(other)}`,
        `The best ${key} of each combination of the two settings that matter most.`,
        (options) => heatChart(trials, objective, [one, other], options),
      ),
    figure(
      'parallel',
      'All settings',
      `A line for each trial${trials.length > 300 ? ', the best 300' : ''}; the bluer, the better.`,
      (options) => parallelChart(trials, objective, names, options),
    ),
    figure('curves', `${key} of the best trials`, 'By epoch.', (options) => lineChart(runs, key, most, options)),
    figure(
      'importance',
      'What matters',
      `The share of the variance of the trials' ranks after ${several(comparedAt(trials), 'epoch')} that a setting explains by itself: adjusted R² of a one-way analysis of variance, numbers in at most six groups. Near 0 in small sweeps.`,
      (options) => importanceChart(shares, options),
    ),
    figure('cost', 'What each trial cost', 'As it was on this machine.', (options) =>
      costChart(trials, objective, options),
    ),
  ]
    .filter(Boolean)
    .join('\n');
}

/** A trial as the line chart takes it. */
const recordOf = ({ trial, history, seconds, digest }: Trial): RunRecord => ({
  ...{ optimizer: `trial ${trial}`, options: {}, epoch: seconds.map((_, i) => i), history, seconds, trainSeconds: [] },
  ...{ stepsPerEpoch: 0, digest, finished: true },
});
