/** `train --out` and `train --resume`: going on after anything, to the same bits. */
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { loadModel } from '../../src/index.ts';
import { readSafetensors, type StoredArray, writeSafetensors } from '../../src/model/safetensors.ts';
import { randomFloats } from '../core.ts';
import { built, run, start } from './run.ts';

let folder: string;
beforeAll(async () => {
  built();
  await loadFashionMnist();
  folder = mkdtempSync(join(tmpdir(), 'simdescent-checkpoint-'));
}, 900_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SMALL = ['--limit', '330', '--hidden', '16', '--dropout', '0.2', '--seed', '5'];
const lastLine = (text: string) => JSON.parse(text.trimEnd().split('\n').at(-1) ?? '');
const checkpointsIn = (out: string) =>
  existsSync(out) ? readdirSync(out).filter((name) => name.endsWith('.safetensors')) : [];
const historyOf = (out: string) => JSON.parse(readFileSync(join(out, 'history.json'), 'utf8'));

/** Arrays as they are read, to be written again. */
const listOf = (arrays: ReadonlyMap<string, StoredArray>) =>
  Array.from(arrays, ([name, { shape, bytes }]) => ({
    name,
    shape,
    data: new Float32Array(Uint8Array.from(bytes).buffer),
  }));

describe('train --resume', () => {
  // convolutions of all 10,000 test images take longest, after each epoch
  it.each<[epochs: number, optimizer: readonly string[]]>([
    [4, ['nadam']],
    [4, ['rmsprop', '--momentum', '0.5', '--l2', '0.001']],
    [4, ['sgd']],
    [2, ['adam', '--model', 'cnn']],
  ])(
    'after half of %i epochs ends with the numbers of a training that was never stopped: %j',
    async (epochs, optimizer) => {
      const [whole, rest] = [join(folder, `${optimizer[0]} whole`), join(folder, `${optimizer[0]} rest`)];
      const flags = ['train', ...SMALL, '--optimizer', ...optimizer, '--epochs', `${epochs}`];
      const straight = lastLine((await run(...flags, '--out', whole, '--json')).stdout);
      const names = Array.from({ length: epochs }, (_, i) => `checkpoint-0${i + 1}.safetensors`);
      expect(checkpointsIn(whole)).toEqual(names);
      const half = join(whole, names[epochs / 2 - 1] ?? '');
      const { code, stdout } = await run('train', '--resume', half, '--out', rest, '--json', '--threads', '2');
      expect(code).toBe(0);
      const { seconds, msPerStep, threads, ...same } = straight;
      expect(lastLine(stdout)).toMatchObject(same);
      expect(checkpointsIn(rest)).toEqual(names.slice(epochs / 2));
      const [a, b] = [historyOf(whole), historyOf(rest)];
      expect(b.command).toBe(a.command);
      expect([b.runs[0].epoch, b.runs[0].history]).toEqual([a.runs[0].epoch, a.runs[0].history]);
      expect(b.runs[0].seconds).toHaveLength(epochs);
      // weights, slots and counters too
      const ends = [whole, rest].map((out) => readFileSync(join(out, names.at(-1) ?? '')));
      const models = await Promise.all(ends.map((bytes) => loadModel(bytes)));
      for (const model of models) model.metadata.clear();
      const [one, other] = await Promise.all(models.map((model) => model.save()));
      expect(other).toEqual(one);
    },
  );

  it('goes on beyond the epochs that were asked for, and says so when nothing is left', async () => {
    const out = join(folder, 'more');
    const four = lastLine((await run('train', ...SMALL, '--epochs', '4', '--json')).stdout);
    await run('train', ...SMALL, '--epochs', '2', '--out', out);
    const last = join(out, 'checkpoint-02.safetensors');
    expect(lastLine((await run('train', '--resume', last, '--epochs', '4', '--json')).stdout).digest).toBe(four.digest);
    const nothing = await run('train', '--resume', last, '--json');
    expect(nothing).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('simdescent: already at epoch 2 of 2; give a larger --epochs to continue\n'),
    });
    expect(lastLine(nothing.stdout)).toMatchObject({ epochs: 2 });
    const fewer = await run('train', '--resume', last, '--epochs', '1');
    expect(fewer).toMatchObject({ code: 2, stderr: `simdescent: --epochs 1: ${last} has 2 already\n` });
  });

  it('refuses to mix checkpoints with those of another training, which stay as they are', async () => {
    const [one, other] = [join(folder, 'one run'), join(folder, 'another run')];
    for (const out of [one, other]) await run('train', ...SMALL, '--epochs', '2', '--out', out);
    const before = readFileSync(join(one, 'checkpoint-02.safetensors'));
    for (const flags of [
      [...SMALL, '--epochs', '1'],
      ['--resume', join(other, 'checkpoint-01.safetensors')],
    ]) {
      const { code, stdout, stderr } = await run('train', ...flags, '--out', one);
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      const last = join(one, 'checkpoint-02.safetensors');
      expect(stderr).toBe(
        `simdescent: ${one} has checkpoints of another training: give another --out, remove them, or go on with --resume ${last}\n`,
      );
    }
    expect(readFileSync(join(one, 'checkpoint-02.safetensors'))).toEqual(before);
  });

  it('refuses what a checkpoint decides, and takes it where it says the same', async () => {
    const out = join(folder, 'decided');
    const flags = [...SMALL, '--optimizer', 'adam', '--lr', '0.002', '--epochs', '1'];
    await run('train', ...flags, '--out', out);
    const last = join(out, 'checkpoint-01.safetensors');
    for (const [flag, value, kept] of [
      ['--seed', '42', 'it is 5'],
      ['--batch-size', '64', 'it is 32'],
      ['--optimizer', 'nadam', "it is 'adam'"],
      ['--simd', 'relaxed', "it is 'strict'"],
      ['--limit', '331', 'it is 330'],
      ['--hidden', '16,16', 'it is [16]'],
      ['--beta1', '0.8', 'none was given'],
    ] as const) {
      const { code, stderr } = await run('train', '--resume', last, flag, value);
      expect(code).toBe(2);
      expect(stderr).toBe(
        `simdescent: ${flag} cannot be changed: --resume uses what the checkpoint says, where ${kept}\n`,
      );
    }
    const again = [...flags.with(flags.indexOf('adam'), 'Adam').slice(0, -1), '2', '--batch-size', '32'];
    const { code, stderr } = await run('train', '--resume', last, ...again);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });

  it('names what is no checkpoint, and why', async () => {
    const file = (name: string, content: Uint8Array | string) => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    const stored = (train: unknown) =>
      writeSafetensors(
        [],
        new Map([
          ['format', 'simdescent'],
          ['train', JSON.stringify(train)],
        ]),
      );
    const whole = { args: [], epoch: [], history: {}, seconds: [], trainSeconds: [] };
    for (const [path, message] of [
      [join(folder, 'nothing'), 'cannot be read (no such file or folder)'],
      [folder, 'cannot be read (a folder is in its place)'],
      [file('text', 'hello, this is text'), 'not a safetensors file (the file: expected a safetensors file'],
      [file('zeros', new Uint8Array(100)), 'not a safetensors file (the header of the file must be a JSON object'],
      [
        file('other', writeSafetensors([], new Map())),
        'no checkpoint of simdescent train; the library reads models, with loadModel',
      ],
      [file('flags', stored({ ...whole, args: [1] })), 'its flags are not there'],
      [
        file('strange', stored({ ...whole, args: ['--frobnicate'] })),
        "its flags are wrong (unknown option '--frobnicate')",
      ],
      [file('help', stored({ ...whole, args: ['--help'] })), 'its flags are wrong'],
      [file('history', stored({ ...whole, epoch: [0], history: { loss: [1] } })), 'its history is not whole'],
      [file('model', stored(whole)), 'is of version (none)'],
    ] as const) {
      const { code, stdout, stderr } = await run('train', '--resume', path);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr.startsWith(`simdescent: ${path}`)).toBe(true);
      expect(stderr).toContain(message);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    }
  });

  describe('refuses a checkpoint whose parts contradict each other:', () => {
    interface Stored {
      args: string[];
      epoch: unknown[];
      history: Record<string, unknown[]>;
      seconds: unknown[];
    }
    /** A checkpoint that is right. */
    async function whole(): Promise<string> {
      const out = join(folder, 'parts');
      if (!existsSync(out)) await run('train', ...SMALL, '--epochs', '2', '--out', out);
      return join(out, 'checkpoint-02.safetensors');
    }
    const flag = (name: string, value: string) => (stored: Stored) => {
      stored.args[stored.args.indexOf(name) + 1] = value;
    };

    it.each<[string, (stored: Stored) => void, string]>([
      ['another network', flag('--hidden', '17'), 'its flags describe another model'],
      ['another optimizer', flag('--optimizer', 'adam'), 'its flags describe another model'],
      ['another seed', flag('--seed', '6'), 'its flags describe another model'],
      ['another dropout', flag('--dropout', '0.25'), 'its flags describe another model'],
      ['a learning rate', ({ args }) => args.push('--learning-rate', '0.5'), 'its flags describe another model'],
      ['other batches', flag('--batch-size', '64'), 'its flags make 12 steps of 2 epochs, its optimizer has done 22'],
      ['fewer images', flag('--limit', '320'), 'its flags make 20 steps of 2 epochs, its optimizer has done 22'],
      [
        'another number of epochs',
        (stored) => {
          for (const list of [stored.epoch, stored.seconds, ...Object.values(stored.history)]) list.pop();
          (stored as unknown as { trainSeconds: unknown[] }).trainSeconds.pop();
        },
        'it has 2 epochs, and a history of 1',
      ],
      ['epochs in another order', ({ epoch }) => epoch.reverse(), 'the number of epoch 1 cannot be 1'],
      ['a value too many', ({ history }) => history.loss?.push(1), 'expected loss of 2 epochs'],
      ['a text for a value', ({ history }) => history.loss?.splice(0, 1, '\u001b[31m1'), 'loss of epoch 1 cannot be'],
      ['a missing key', ({ history }) => delete history.loss, 'expected accuracy, loss, val_accuracy, val_loss'],
      ['a key too many', ({ history }) => (history.other = [1, 2]), 'expected accuracy, loss, val_accuracy, val_loss'],
      ['a time below zero', ({ seconds }) => seconds.splice(1, 1, -1), 'the seconds of epoch 2 cannot be -1'],
      ['flags with codes for the terminal', ({ args }) => args.push('--\u001b[31mred\u009b1m'), 'its flags are wrong'],
    ])('%s', async (_title, change, message) => {
      using model = await loadModel(readFileSync(await whole()));
      const stored = JSON.parse(model.metadata.get('train') ?? '') as Stored;
      change(stored);
      model.metadata.set('train', JSON.stringify(stored));
      const wrong = join(folder, 'wrong.safetensors');
      writeFileSync(wrong, await model.save());
      const { code, stdout, stderr } = await run('train', '--resume', wrong, '--epochs', '3');
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toContain(`simdescent: ${wrong}: `);
      expect(stderr).toContain(message);
      // nothing but printable characters and the end of the line
      expect(stderr).toMatch(/^[^\p{Cc}]+\n$/u);
    });

    it('a byte of a slot', async () => {
      const bytes = readFileSync(await whole());
      bytes[bytes.length - 5] = 255 - (bytes[bytes.length - 5] ?? 0);
      const wrong = join(folder, 'damaged.safetensors');
      writeFileSync(wrong, bytes);
      const { code, stderr } = await run('train', '--resume', wrong, '--epochs', '3');
      expect(code).toBe(1);
      expect(stderr).toContain(`${wrong}: the file is damaged`);
    });

    it('a key of a prototype', async () => {
      const { metadata, arrays } = readSafetensors(readFileSync(await whole()), 'it');
      const train = metadata.get('train')?.replace('"loss"', '"__proto__"') ?? '';
      const wrong = join(folder, 'prototype.safetensors');
      writeFileSync(wrong, writeSafetensors(listOf(arrays), new Map([...metadata, ['train', train]])));
      const { code, stderr } = await run('train', '--resume', wrong, '--epochs', '3');
      expect(code).toBe(1);
      expect(stderr).toContain("has the key '__proto__'");
    });
  });

  describe('takes its own checkpoints', () => {
    it('of 20,000 epochs, with losses that are no numbers', async () => {
      const out = join(folder, 'epochs');
      const small = ['--limit', '320', '--batch-size', '320', '--hidden', 'none', '--threads', '1'];
      await run('train', ...small, '--epochs', '1', '--out', out);
      const { metadata, arrays } = readSafetensors(readFileSync(join(out, 'checkpoint-01.safetensors')), 'it');
      const epochs = 20_000;
      // as long a history as that many epochs write
      const { args, epoch, history, ...times } = JSON.parse(metadata.get('train') ?? '');
      const long = (of: object) =>
        Object.fromEntries(Object.entries(of).map(([key, [value]]) => [key, Array(epochs).fill(value)]));
      const stored = {
        args,
        epoch: Array.from({ length: epochs }, (_, i) => i),
        history: {
          ...long(history),
          loss: Array.from({ length: epochs }, (_, i) => ['NaN', 'Infinity', null, 0.5][i % 4]),
        },
        ...long(times),
      };
      const state = JSON.parse(metadata.get('simdescent.state') ?? '');
      state.epoch = state.steps = state.optimizer.iterations = epochs;
      const changed = [
        ...metadata,
        ['train', JSON.stringify(stored)],
        ['simdescent.state', JSON.stringify(state)],
      ] as const;
      const path = join(folder, 'long.safetensors');
      writeFileSync(path, writeSafetensors(listOf(arrays), new Map(changed)));
      const more = join(folder, 'more epochs');
      const { code } = await run('train', '--resume', path, '--epochs', String(epochs + 1), '--out', more);
      expect(code).toBe(0);
      const again = join(more, `checkpoint-${epochs + 1}.safetensors`);
      const trained = JSON.parse(readSafetensors(readFileSync(again), 'it').metadata.get('train') ?? '');
      expect(trained.history.loss.slice(0, 4)).toEqual(['NaN', 'Infinity', 'NaN', 0.5]);
      expect(trained.history.loss).toHaveLength(epochs + 1);
    });

    it('of 600 layers', async () => {
      const out = join(folder, 'layers');
      const flags = ['--limit', '64', '--hidden', Array(600).fill(1).join(','), '--optimizer', 'adam'];
      expect((await run('train', ...flags, '--epochs', '1', '--out', out)).code).toBe(0);
      const path = join(out, 'checkpoint-01.safetensors');
      expect((await run('train', '--resume', path, '--epochs', '2', '--out', out)).code).toBe(0);
    });
  });

  it('writes nowhere but where it is told to, whatever the checkpoint says', async () => {
    const out = join(folder, 'honest');
    await run('train', ...SMALL, '--epochs', '1', '--out', out);
    const path = join(out, 'checkpoint-01.safetensors');
    using model = await loadModel(readFileSync(path));
    const stored = JSON.parse(model.metadata.get('train') ?? '');
    const elsewhere = join(folder, 'elsewhere');
    model.metadata.set('train', JSON.stringify({ ...stored, args: [...stored.args, '--out', elsewhere] }));
    writeFileSync(path, await model.save());
    expect((await run('train', '--resume', path, '--epochs', '2')).code).toBe(0);
    expect(existsSync(elsewhere)).toBe(false);
  });
});

describe('after kill -9', () => {
  it('every checkpoint there is is whole, and going on from the last ends with the same digest', async () => {
    const out = join(folder, 'killed');
    // so many that some are left whenever the signals come
    const epochs = ['--epochs', '200'];
    const want = lastLine((await run('train', ...SMALL, ...epochs, '--json')).stdout).digest;
    const random = randomFloats(9);
    let kills = 0;
    for (; kills < 8; kills++) {
      const last = checkpointsIn(out).at(-1);
      const flags = last ? ['--resume', join(out, last)] : [...SMALL, ...epochs];
      const { child, done } = start(['train', ...flags, '--out', out]);
      // a few epochs later, at any time while the next one is trained, evaluated or written
      let left = 1 + Math.floor((random() + 1) * 2);
      child.stdout?.on('data', (text: string) => {
        left -= text.split('epoch').length - 1;
        if (left <= 0) setTimeout(() => child.kill('SIGKILL'), (random() + 1) * 10);
      });
      if ((await done).code === 0) break;
      for (const name of checkpointsIn(out)) {
        using model = await loadModel(readFileSync(join(out, name)));
        expect(`checkpoint-${String(model.epoch).padStart(3, '0')}.safetensors`).toBe(name);
      }
    }
    expect(kills).toBeGreaterThan(2);
    const last = join(out, checkpointsIn(out).at(-1) ?? '');
    const { code, stdout } = await run('train', '--resume', last, '--out', out, '--json');
    expect(code).toBe(0);
    expect(lastLine(stdout)).toMatchObject({ epochs: 200, digest: want });
    expect(checkpointsIn(out)).toHaveLength(200);
    // what was left behind half written has been tidied away
    expect(readdirSync(out).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

describe('when nothing can be written any more', () => {
  it.skipIf(process.platform === 'win32')('a full disk costs the checkpoints, not the training: exit 1', async () => {
    // a limit on the size of files, as a full disk has it in the end: the report fits, checkpoints do not
    const out = join(folder, 'full');
    const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
    const flags = ['train', '--limit', '320', '--epochs', '2', '--out', out, '--json'];
    const command = 'ulimit -f 1000; exec "$0" "$@"';
    const result = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
      execFile('bash', ['-c', command, process.execPath, cli, ...flags], (error, stdout, stderr) =>
        resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
      );
    });
    expect(result.code).toBe(1);
    expect(lastLine(result.stdout)).toMatchObject({ epochs: 2, digest: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const path = join(out, 'checkpoint-01.safetensors');
    expect(result.stderr).toContain(
      `simdescent: ${path}: cannot be written (it would be larger than the system allows); the training continues\n`,
    );
    expect(result.stderr).toContain('simdescent: checkpoints of 2 epochs could not be written\n');
    expect(readdirSync(out).sort()).toEqual(['history.csv', 'history.json', 'loss.svg', 'report.html', 'val_loss.svg']);
  });

  it('a folder that goes away costs what would be in it: the result is said, exit 1', async () => {
    const out = join(folder, 'gone');
    // many are left when the folder goes
    const { child, done } = start(['train', ...SMALL, '--epochs', '100', '--out', out, '--json']);
    // at once: a folder that is emptied file by file may get a new one meanwhile, and stay
    child.stderr?.once('data', () => renameSync(out, `${out} elsewhere`));
    const { code, stdout, stderr } = await done;
    expect(code).toBe(1);
    expect(lastLine(stdout)).toMatchObject({ epochs: 100 });
    expect(stderr).toMatch(/cannot be written \(no such file or folder\); the training continues\n/);
    expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^simdescent: .*history\.json: cannot be written \(no such/);
  });
});
