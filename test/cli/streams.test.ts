/** Output that cannot be written costs itself alone. The full disk is a device node of the test's own. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { built, type Result, run, start } from './run.ts';

const SMALL = ['--limit', '320', '--hidden', '16'];
const folder = mkdtempSync(join(tmpdir(), 'simdescent-streams-'));
const full = join(folder, 'full');
/** Needs the right to make device nodes. */
const withFull = spawnSync('mknod', [full, 'c', '1', '7']).status === 0;

beforeAll(async () => {
  built();
  await loadFashionMnist();
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const checkpoints = (out: string) => readdirSync(out).filter((name) => name.startsWith('checkpoint-'));

describe.skipIf(!withFull)('on a full disk', () => {
  /** Runs with standard output on the device. */
  async function onFull(...args: string[]): Promise<Result> {
    const device = openSync(full, 'w');
    const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    const child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', device, 'pipe'] });
    closeSync(device);
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, stdout: '', stderr };
  }
  const says = /^simdescent: standard output cannot be written \(the disk is full\)[^\n]*\n$/;

  it('training goes on and writes its files; the exit code tells that the output is not whole', async () => {
    const out = join(folder, 'out');
    const { code, stderr } = await onFull('train', ...SMALL, '--epochs', '3', '--out', out);
    expect(stderr).toMatch(says);
    expect(code).toBe(1);
    expect(checkpoints(out)).toHaveLength(3);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('every command says so in one line', async () => {
    for (const args of [['--help'], ['data'], ['train', ...SMALL, '--epochs', '1']]) {
      const { code, stderr } = await onFull(...args);
      expect([args[0], stderr]).toEqual([args[0], expect.stringMatching(says)]);
      expect(code).toBe(1);
    }
  });

  it('JSON that cannot be written is no success', async () => {
    const { code, stderr } = await onFull('train', ...SMALL, '--epochs', '1', '--json');
    expect(stderr).toMatch(/^nadam epoch 1\/1 /);
    expect(stderr).toContain('simdescent: standard output cannot be written (the disk is full)');
    expect(code).toBe(1);
  });
});

describe('behind head -1', () => {
  /** Runs until the first line of output, and then closes the pipe. */
  async function head(...args: string[]): Promise<Result> {
    const { child, done } = start(args);
    child.stdout?.once('data', () => child.stdout?.destroy());
    return done;
  }

  it('a training with --out goes on to its end', async () => {
    const out = join(folder, 'head');
    const { code, stderr } = await head('train', ...SMALL, '--epochs', '3', '--out', out);
    expect([code, stderr]).toEqual([0, '']);
    expect(checkpoints(out)).toHaveLength(3);
    expect(existsSync(join(out, 'report.html'))).toBe(true);
  });

  it('a training that leaves nothing ends, as SIGPIPE ends other programs', async () => {
    const { code, stderr } = await head('train', ...SMALL, '--epochs', '100000');
    expect([code, stderr]).toEqual([141, '']);
  });
});

describe('a path that is missing', () => {
  it.each([
    ['train', '--out', '--json'],
    ['train', '--resume', '--out'],
    ['compare', '--data', '--json'],
  ])('%s %s %s is refused, and no folder is made of the flag behind it', async (...args) => {
    const { code, stderr } = await run(...args, ...SMALL);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^simdescent: [^\n]*Expected a path[^\n]*\n$/);
    expect(existsSync(args.at(-1) ?? '')).toBe(false);
  });
});
