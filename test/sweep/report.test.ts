/** The report of a sweep, from trials that are made up. */
import { describe, expect, it } from 'vitest';
import { sweepHtml } from '../../src/cli/report/sweep-html.ts';
import { comparedAt, groupsOf, importance } from '../../src/cli/sweep/importance.ts';
import { type SweepRecord, sweepCsv, sweepJson } from '../../src/cli/sweep/result.ts';
import { byValue, trialLine, trialTable } from '../../src/cli/sweep/text.ts';
import type { Trial } from '../../src/sweep/index.ts';
import { randomFloats } from '../core.ts';

const next = randomFloats(3);
const unit = () => (next() + 1) / 2;
const OPTIMIZERS = ['sgd', 'nadam', '<b>"lion"</b>'];

/** The rate decides most, the optimizer some, the seed nothing. */
const trials: Trial[] = Array.from({ length: 60 }, (_, trial) => {
  const rate = 10 ** (-4 + 3 * unit());
  const optimizer = OPTIMIZERS[trial % 3] ?? '';
  const value = 0.9 - (Math.log10(rate) + 2) ** 2 / 10 - (trial % 3) / 20;
  const epochs = trial % 4 === 0 ? 1 : 3;
  const values = Array.from({ length: epochs }, (_, epoch) => value - 0.1 / (epoch + 1));
  const settings = {
    optimizer,
    learningRate: rate,
    hidden: [16],
    seed: trial % 5,
    ...(trial % 3 === 0 && { momentum: unit() }),
  };
  return {
    ...{ trial, settings, epochs, value: trial === 7 ? Number.NaN : (values.at(-1) ?? 0) },
    history: { val_accuracy: trial === 7 ? values.map(() => Number.NaN) : values, loss: values.map((one) => 1 - one) },
    ...{ digests: [], digest: trial.toString(16).padStart(64, '0'), seconds: values.map(() => 0.5), worker: 'w' },
  };
});

const record: SweepRecord = {
  ...{ simdescent: '1.2.3', command: "simdescent sweep --hidden '16'", digest: 'd'.repeat(64), stopped: false },
  spec: {
    space: {
      optimizer: OPTIMIZERS,
      learningRate: { log: [1e-4, 0.1] },
      momentum: { uniform: [0, 1], steps: 3, when: { optimizer: ['sgd'] } },
      hidden: [[16]],
      seed: { integer: [0, 4] },
    },
    ...{ objective: 'val_accuracy', search: { method: 'halving', factor: 3 }, epochs: 3 },
  },
  objective: { key: 'val_accuracy', mode: 'max' },
  ...{
    date: '2026-01-02T03:04:05.000Z',
    workers: 2,
    seconds: 60,
    machine: { processor: 'a', cores: 2 },
    best: 1,
    trials,
  },
};

describe('importance', () => {
  it('is large for what decides, and near 0 for what does not', () => {
    const shares = importance(trials, ['seed', 'optimizer', 'learningRate'], record.objective);
    expect(shares.map(({ name }) => name)).toEqual(['learningRate', 'optimizer', 'seed']);
    const [rate, optimizer, seed] = shares.map(({ share }) => share);
    expect(rate).toBeGreaterThan(0.5);
    expect(optimizer).toBeGreaterThan(0.02);
    expect(seed).toBeLessThan(0.05);
  });

  it('compares trials after epochs that at least half of them have had', () => {
    expect(comparedAt(trials)).toBe(3);
    expect(comparedAt(trials.filter(({ epochs, trial }) => epochs === 1 || trial < 10))).toBe(1);
  });

  it('is 0 everywhere if all trials are equal', () => {
    const equal = trials.map((trial) => ({ ...trial, history: { val_accuracy: [1, 1, 1] } }));
    expect(importance(equal, ['seed'], record.objective)).toEqual([{ name: 'seed', share: 0 }]);
  });

  it('has every trial in one group', () => {
    for (const name of ['learningRate', 'optimizer', 'seed', 'momentum']) {
      const groups = groupsOf(trials, name, 4);
      expect(groups.length).toBeLessThanOrEqual(5);
      for (const { settings } of trials) expect(groups.filter((group) => group.has(settings[name]))).toHaveLength(1);
    }
  });
});

describe('report.html', () => {
  const html = sweepHtml(record);
  it('has all charts in two sizes, the digest and the command, and nothing that is executed or loaded', () => {
    const charts = [
      'val_accuracy against learning rate',
      'learning rate and ',
      'All settings',
      'What matters',
      'What each trial cost',
    ];
    for (const chart of charts) expect(html.split(`aria-label="${chart}`), chart).toHaveLength(3);
    const has = (text: string) => expect(html.includes(text), text).toBe(true);
    expect(html.match(/<svg/g)).toHaveLength(12);
    has('d'.repeat(64));
    has('simdescent sweep --hidden &#39;16&#39;');
    expect(/<script|https?:\/\/(?!www\.w3\.org)|<b>"lion/.exec(html)?.[0]).toBeUndefined();
    expect(/NaN,|Infinity|undefined/.exec(html)?.[0]).toBeUndefined();
    has('0.0001 to 0.1, logarithmic');
    has('0 to 1, 3 steps where optimizer is sgd');
    has('1 of the trials have val_accuracy that is not finite');
  });

  it('can be made of no trial, one trial, and trials that are all alike', () => {
    for (const some of [
      [],
      trials.slice(0, 1),
      [trials[0], trials[0]].flatMap((one, i) => (one ? [{ ...one, trial: i }] : [])),
    ])
      expect(sweepHtml({ ...record, trials: some, best: null, digest: '', stopped: true })).toContain('Stopped before');
    const broken = trials.map((trial) => ({ ...trial, value: Number.NaN }));
    expect(sweepHtml({ ...record, trials: broken, best: null })).toContain('no finite values');
  });
});

describe('the files', () => {
  it('read back as they were, one line for each trial', () => {
    const read = JSON.parse(sweepJson(record));
    expect(read.trials).toHaveLength(60);
    expect(read.trials[7].value).toBe('NaN');
    expect(read.trials[3]).toEqual(JSON.parse(JSON.stringify(trials[3])));
    expect(read).toMatchObject({ spec: record.spec, objective: record.objective, digest: record.digest });
    const lines = sweepCsv(record).trimEnd().split('\n');
    expect(lines).toHaveLength(61);
    expect(lines[0]).toBe(
      'trial,optimizer,learningRate,hidden,seed,momentum,epochs,loss,val_accuracy,seconds,digest,worker,failed',
    );
  });

  it('have the best first in a table, those with fewer epochs and NaN behind', () => {
    const sorted = byValue(trials, 'max');
    expect(sorted.slice(0, 45).every(({ epochs }) => epochs === 3)).toBe(true);
    expect(sorted[44]?.trial).toBe(7);
    const table = trialTable(trials, record.objective, 5).split('\n');
    expect(table).toHaveLength(7);
    expect(table[0]).toMatch(/^trial +optimizer +learningRate +seed +momentum +epochs +val_accuracy +seconds +digest$/);
  });
});

describe('trials that failed', () => {
  const why = 'batch <i>32</i>\nis too small, "really"';
  const some = trials.map((trial) =>
    trial.trial % 5 === 1
      ? { ...trial, ...{ value: Number.NaN, history: {}, digests: [], digest: '', seconds: [], failed: why } }
      : trial,
  );
  const mixed = { ...record, trials: some };

  it('are named in the report with their message, and left out of its charts', () => {
    const html = sweepHtml(mixed);
    expect(html).toContain('12 trials failed');
    expect(html.split('batch &lt;i&gt;32')).toHaveLength(13);
    expect(/NaN,|Infinity|undefined|<i>/.exec(html)?.[0]).toBeUndefined();
    expect(html.match(/<svg/g)).toHaveLength(12);
    const none = sweepHtml({ ...mixed, trials: some.filter(({ failed }) => failed), best: null, digest: '' });
    expect(none).not.toContain('<svg');
    expect(none).toContain('12 trials failed');
  });

  it('are in the files, in the table behind the others, and in one line', () => {
    expect(JSON.parse(sweepJson(mixed)).trials[1]).toMatchObject({ trial: 1, failed: why, history: {}, value: 'NaN' });
    expect(sweepCsv(mixed)).toContain(',w,"batch <i>32</i>\nis too small, ""really"""');
    const sorted = byValue(some, 'max');
    expect(sorted.findIndex(({ failed }) => failed)).toBe(48);
    expect(trialTable(some, record.objective, 60).split('\n').at(-1)).toMatch(/ failed +0\.0 *$/);
    const [, line] = some.map((trial) => trialLine(trial, 'val_accuracy', ['seed']));
    expect(line).toBe('trial 1  seed 1  3 epochs  failed: batch <i>32</i>\\u000ais too small, "really"');
  });
});
