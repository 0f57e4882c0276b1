/** `simdescent sweep` and `verify` as processes, from the built package. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { built, run, start } from '../cli/run.ts';

let folder = '';
beforeAll(async () => {
  built();
  await loadFashionMnist();
  folder = mkdtempSync(join(tmpdir(), 'simdescent-sweep-command-'));
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
const SMALL = ['--limit', '128', '--hidden', '8'];
const GRID = ['sweep', '--optimizers', 'sgd,nadam', '--learning-rates', '1e-3..1e-1:log:2', ...SMALL, '--epochs', '2'];
/** What a sweep of the grid gives. */
let digest = '';

describe('sweep', () => {
  it('trains a grid in processes, and writes what it found', async () => {
    const out = join(folder, 'grid');
    const { code, stdout, stderr } = await run(...GRID, '--out', out, '--json', '--workers', '2');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const last = lastLine(stdout);
    ({ digest } = last);
    expect(last).toMatchObject({
      ...{ command: 'sweep', stopped: false, trials: 4, workers: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
      objective: { key: 'val_accuracy', mode: 'max' },
      best: { trial: expect.any(Number), epochs: 2, settings: { hidden: [8], limit: 128, seed: 42, batchSize: 32 } },
    });
    expect(
      stderr.match(/^trial \d {2}optimizer \w+ {2}learningRate [\d.]+ {2}2 epochs {2}val_accuracy /gm),
    ).toHaveLength(4);
    expect(
      readdirSync(out)
        .filter((name) => !name.startsWith('.'))
        .sort(),
    ).toEqual([...['journal.jsonl', 'report.html', 'sweep.csv', 'sweep.json']]);
    expect(readFileSync(join(out, 'sweep.csv'), 'utf8').trimEnd().split('\n')).toHaveLength(5);
    const { trials } = JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8'));
    // each trial is the training that `train` does
    const [first] = trials;
    const flags = ['--optimizer', first.settings.optimizer, '--learning-rate', String(first.settings.learningRate)];
    const trained = lastLine((await run('train', ...flags, ...SMALL, '--epochs', '2', '--json')).stdout);
    expect(trained).toMatchObject({ digest: first.digest, val_accuracy: first.value });
  });

  it('is repeated by its result, and goes on from its journal without computing anything', async () => {
    const out = join(folder, 'again');
    const file = join(folder, 'grid/sweep.json');
    expect(lastLine((await run('sweep', file, '--out', out, '--json', '--workers', '1')).stdout).digest).toBe(digest);
    const before = readFileSync(join(out, 'journal.jsonl'));
    expect(lastLine((await run('sweep', file, '--out', out, '--json', '--resume')).stdout).digest).toBe(digest);
    expect(readFileSync(join(out, 'journal.jsonl'))).toEqual(before);
    const refused = await run('sweep', file, '--out', out);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') });
  });

  it('goes on after Ctrl-C, and says what is finished', async () => {
    const out = join(folder, 'stopped');
    // so long that much is left when the signal comes
    const long = [...GRID, '--epochs', '40', '--json', '--workers', '1', '--out'];
    const whole = lastLine((await run(...long, join(folder, 'not stopped'))).stdout);
    const { child, done } = start([...long, out]);
    child.stderr?.on('data', (text: string) => {
      if (text.includes('trial 0')) child.kill('SIGINT');
    });
    const { code, stdout } = await done;
    expect(code).toBe(130);
    const last = lastLine(stdout);
    expect(last).toMatchObject({ stopped: true, digest: null });
    expect(last.trials).toBeGreaterThan(0);
    expect(JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8')).stopped).toBe(true);
    expect(lastLine((await run(...long, out, '--resume')).stdout).digest).toBe(whole.digest);
  });

  it('says that the disk is full, and goes on when it no longer is', async () => {
    const out = join(folder, 'full');
    const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    // a limit on the size of files stands for the disk: the head and some results fit
    const failed = await new Promise<{ code: unknown; stderr: string }>((resolve) =>
      execFile(
        'sh',
        ['-c', 'ulimit -f 2; exec "$0" "$@"', process.execPath, cli, ...GRID, '--out', out, '--workers', '1'],
        (error, _, stderr) => resolve({ code: error?.code, stderr }),
      ),
    );
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/journal\.jsonl: cannot be written .*lines are safe/);
    const lines = readFileSync(join(out, 'journal.jsonl'), 'utf8').split('\n').length - 1;
    expect(lines).toBeGreaterThan(0);
    expect(lines).toBeLessThan(5);
    expect(lastLine((await run(...GRID, '--out', out, '--json', '--resume')).stdout).digest).toBe(digest);
  });

  it('goes on from checkpoints with Hyperband, and leaves none behind', async () => {
    const spec = join(folder, 'spec.json');
    const space = { learningRate: { log: [1e-3, 0.1] }, hidden: [[8], []], limit: 128, dropout: 0.1 };
    writeFileSync(
      spec,
      JSON.stringify({
        space,
        objective: 'val_loss',
        search: { method: 'halving', factor: 2, draws: 'tpe', startup: 2, generation: 1 },
        trials: 4,
        epochs: 4,
      }),
    );
    const out = join(folder, 'halving');
    const { code, stdout } = await run('sweep', spec, '--out', out, '--json', '--verify', '0.5', '--workers', '2');
    expect(code).toBe(0);
    expect(existsSync(join(out, 'checkpoints')) ? readdirSync(join(out, 'checkpoints')) : []).toEqual([]);
    const { best, digest: whole } = lastLine(stdout);
    expect(best.epochs).toBe(4);
    // computed again without checkpoints
    const verified = await run('verify', join(out, 'sweep.json'), '--json');
    expect(verified.code).toBe(0);
    expect(lastLine(verified.stdout)).toMatchObject({ same: true, whole: true, trial: best.trial, epochs: 4 });
    const again = join(folder, 'halving again');
    expect(
      lastLine((await run('sweep', join(out, 'sweep.json'), '--out', again, '--json', '--workers', '1')).stdout).digest,
    ).toBe(whole);
  });

  it('goes on without trials that fail, and ends with an error if all do', async () => {
    const out = join(folder, 'failed');
    // each is right, both together are not
    const flags = [
      'sweep',
      '--optimizers',
      'sgd',
      '--vary',
      'clipnorm=0,1',
      '--vary',
      'clipvalue=0,1',
      '--epochs',
      '1',
      ...SMALL,
    ];
    const { code, stdout, stderr } = await run(...flags, '--out', out, '--json', '--workers', '2');
    expect({ code, stderr }).toMatchObject({ code: 0 });
    expect(lastLine(stdout)).toMatchObject({ trials: 4, failed: 1, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(stderr).toMatch(/^trial 3 .*failed: at most one of clipnorm/m);
    const { trials } = JSON.parse(readFileSync(join(out, 'sweep.json'), 'utf8'));
    expect(trials[3]).toMatchObject({ failed: expect.stringContaining('at most one of'), digest: '' });
    expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('1 trial failed');
    expect(await run('verify', join(out, 'sweep.json'), '--trial', '3')).toMatchObject({
      ...{ code: 0, stdout: expect.stringContaining('fails here too') },
    });
    const none = join(folder, 'none');
    const random = ['--vary', 'clipnorm=0..1.5', '--vary', 'clipvalue=0..1.5', '--search', 'random', '--trials', '2'];
    const all = await run(
      'sweep',
      '--optimizers',
      'sgd',
      ...random,
      '--epochs',
      '1',
      ...SMALL,
      '--out',
      none,
      '--workers',
      '1',
    );
    expect(all).toMatchObject({ code: 1, stderr: expect.stringMatching(/all 2 trials failed; trial 0 .*at most one/) });
    expect(readFileSync(join(none, 'sweep.csv'), 'utf8')).toMatch(/at most one/);
    expect(existsSync(join(none, 'report.html'))).toBe(true);
  });

  it('lists the trials of a dry run and writes nothing', async () => {
    const out = join(folder, 'dry');
    const { code, stdout } = await run(...GRID, '--out', out, '--dry-run');
    expect(code).toBe(0);
    expect(stdout).toContain('trial 3  optimizer nadam  learningRate 0.1  2 epochs');
    expect(stdout).toContain('4 trials, 8 epochs in all');
    expect(existsSync(out)).toBe(false);
    const flags = ['--search', 'hyperband', '--epochs', '9', '--learning-rates', '1e-4..1:log'];
    expect((await run('sweep', ...flags, '--dry-run')).stdout).toContain('17 trials, 69 epochs in all');
  });

  it.each([
    [['--learning-rates', '1e-4..1e-1:log'], 'learningRate: a grid needs steps'],
    [['--learning-rates', '1e-4..1e-1:lag'], 'Expected values like'],
    [['--learning-rates=-0.1,0.1'], 'learningRate must be a finite number at least 0, got -0.1'],
    [['--vary', 'momentun=0.5'], "did you mean 'momentum'"],
    [['--vary', 'momentum=0.5', '--optimizers', 'adam,nadam'], 'momentum means nothing to adam, nadam'],
    [['--vary', 'activation=relu,rely'], "setting activation: unknown activation 'rely'"],
    [['--vary', 'dropout=0.5..1.5:3'], 'dropout must be a finite number from 0 to 1'],
    [['--optimizers', 'sgd,nadm'], "did you mean 'nadam'"],
    [['--hidden', '300;x'], 'Expected units'],
    [['--seeds', '1..2', '--seed', '3'], 'seed has one value and several'],
    [['--search', 'random'], 'needs trials'],
    [['--search', 'gird'], 'Allowed choices are grid'],
    [['--objective', 'size'], "write 'size:min'"],
    [['--factor', '2'], "unknown option of search 'factor'"],
    [['--draws', 'tpe'], "unknown option of search 'draws'"],
    [['--search', 'hyperband', '--draws', 'bohb'], 'Allowed choices are random, tpe'],
    [['--empty-queue'], '--empty-queue needs --queue'],
    [['--queue', 'redis://127.0.0.1:1', '--queue-name', 'a:b'], 'without colons'],
    [['--verify', '2'], 'from 0 to 1'],
    [['nothing.json'], 'nothing.json: cannot be read'],
    [['nothing.json', '--epochs', '2'], '--epochs cannot be given with a file'],
  ])('refuses wrong usage before anything runs: %j', async (flags, says) => {
    const { code, stdout, stderr } = await run('sweep', ...flags, '--out', join(folder, 'never'));
    expect(stderr).toMatch(/^simdescent: [^\n]+\n$/);
    expect(stderr).toContain(says);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(existsSync(join(folder, 'never'))).toBe(false);
  });
});

describe('verify', () => {
  const changed = (
    name: string,
    change: (result: Record<string, never> & { trials: Record<string, never>[] }) => void,
  ) => {
    const result = JSON.parse(readFileSync(join(folder, 'grid/sweep.json'), 'utf8'));
    change(result);
    const file = join(folder, name);
    writeFileSync(file, JSON.stringify(result));
    return file;
  };

  it('computes a trial again, and names the first epoch that is not what was published', async () => {
    const right = await run('verify', join(folder, 'grid/sweep.json'), '--trial', '2', '--threads', '2');
    expect(right).toMatchObject({ code: 0, stdout: expect.stringContaining('the same in all 2 epochs') });
    const better = changed('better.json', ({ trials }) => {
      Object.assign(trials[2]?.history ?? {}, { val_accuracy: [0.1, 0.99] });
    });
    const wrong = await run('verify', better, '--trial', '2');
    expect(wrong).toMatchObject({ code: 1, stdout: expect.stringContaining('differs from epoch 1 on') });
    const other = changed('other.json', ({ trials }) => {
      Object.assign(trials[1] ?? {}, { settings: { ...(trials[1]?.settings ?? {}), seed: 7 } });
    });
    const whole = await run('verify', other, '--trial', '2', '--json');
    expect(whole.code).toBe(1);
    expect(lastLine(whole.stdout)).toMatchObject({ same: true, whole: false });
  });

  it.each([
    ['{}', 'expected a result of simdescent'],
    ['[]', 'expected a result of simdescent'],
    ['{', 'expected JSON'],
  ])('refuses what is no result: %s', async (text, says) => {
    const file = join(folder, 'no.json');
    writeFileSync(file, text);
    const { code, stderr } = await run('verify', file);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(says) });
  });

  it('refuses a result of another version, and one that does not hang together', async () => {
    const version = changed('version.json', (result) => Object.assign(result, { simdescent: '9.9.9' }));
    expect((await run('verify', version)).stderr).toContain("got one of '9.9.9'");
    const broken = changed('broken.json', ({ trials }) => Object.assign(trials[0] ?? {}, { digests: ['x'] }));
    expect(await run('verify', broken)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('trial 0: expected digests of 2 epochs'),
    });
    const missing = await run('verify', join(folder, 'grid/sweep.json'), '--trial', '9');
    expect(missing).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("trial must be one of the result's 4 trials"),
    });
  });
});
