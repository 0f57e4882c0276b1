import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { callbacks, files, loadModel, type ModelCheckpointOptions } from '../../src/index.ts';
import { classifier, errorOf } from '../helpers.ts';
import { trainWith, x, y } from './scripted.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simdescent-checkpoints-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The epochs, or epochs and batches, that were saved at. */
async function savedAt(values: readonly number[], options: ModelCheckpointOptions): Promise<(number | string)[]> {
  const places: (number | string)[] = [];
  const callback = callbacks.modelCheckpoint(
    (_bytes, { epoch, batch }) => void places.push(batch === undefined ? epoch : `${epoch}.${batch}`),
    { monitor: 'score', mode: 'min', ...options },
  );
  await trainWith(callback, values);
  return places;
}

describe('when it saves', () => {
  test('at the end of every epoch', async () => {
    expect(await savedAt([3, 4, 2], {})).toEqual([0, 1, 2]);
  });

  test('only when it is the best so far', async () => {
    expect(await savedAt([3, 4, 2, 2, 1, Number.NaN], { saveBestOnly: true })).toEqual([0, 2, 4]);
    expect(await savedAt([3, 4, 2, 5], { saveBestOnly: true, mode: 'max' })).toEqual([0, 1, 3]);
    expect(await savedAt([3, 4, 2, 1], { saveBestOnly: true, initialValueThreshold: 2.5 })).toEqual([2, 3]);
  });

  test('the first value is the best so far whatever it is, and a number is better than NaN', async () => {
    const [nan, inf] = [Number.NaN, Number.POSITIVE_INFINITY];
    expect(await savedAt([nan, nan, inf, 5, 6, nan, 4], { saveBestOnly: true })).toEqual([0, 2, 3, 6]);
    expect(await savedAt([inf, inf, 3], { saveBestOnly: true })).toEqual([0, 2]);
    expect(await savedAt([-inf, 1, 0], { saveBestOnly: true, mode: 'max' })).toEqual([0, 1]);
    expect(await savedAt([nan, 3, 1], { saveBestOnly: true, initialValueThreshold: 2 })).toEqual([2]);
  });

  test('the best is remembered from one fit to the next', async () => {
    let saved = 0;
    const count = () => void saved++;
    const callback = callbacks.modelCheckpoint(count, { monitor: 'score', mode: 'min', saveBestOnly: true });
    for (const values of [[2], [3], [1]]) await trainWith(callback, values);
    expect(saved).toBe(2);
  });

  test('every so many batches, over the ends of epochs', async () => {
    const places: string[] = [];
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const note = (_bytes: Uint8Array, place: { epoch: number; batch: number | undefined }) =>
      void places.push(`${place.epoch}.${place.batch}`);
    const callback = callbacks.modelCheckpoint(note, { saveFreq: 3 });
    await model.fit(x, y, { batchSize: 2, epochs: 2, callbacks: [callback] });
    expect(places).toEqual(['0.2', '1.1']);
  });
});

describe('what it saves', () => {
  test('files that are models, with the values in their names', async () => {
    const inside = join(folder, 'named');
    await files.write(join(folder, 'made'), new Uint8Array());
    const template = `${inside}-{epoch:03d}-{score:.2f}-{epoch}-{score:.2e}.safetensors`;
    const { digests } = await trainWith(callbacks.modelCheckpoint(template), [0.125, 12.5]);
    const names = (await readdir(folder)).filter((name) => name.startsWith('named'));
    expect(names).toEqual(['named-001-0.12-1-1.25e-01.safetensors', 'named-002-12.50-2-1.25e+01.safetensors']);
    for (const [i, name] of names.entries()) {
      using model = await loadModel(await files.read(join(folder, name)));
      expect([await model.digest(), model.epoch]).toEqual([digests[i], i + 1]);
    }
  });

  test('folders that are missing are made, also those that have values in their names', async () => {
    const inside = join(folder, 'fresh/by it');
    await trainWith(callbacks.modelCheckpoint(`${inside}/last`), [0]);
    await trainWith(callbacks.modelCheckpoint(`${inside}/{{epoch}} {epoch}/{score}/model`), [5, 7]);
    expect((await readdir(inside, { recursive: true })).sort()).toEqual(
      ['last', ...['1', '1/5.0', '1/5.0/model', '2', '2/7.0', '2/7.0/model'].map((name) => `{epoch} ${name}`)].map(
        (name) => name.replaceAll('/', sep),
      ),
    );
  });

  test('with saveWeightsOnly, no optimizer', async () => {
    const sizes: number[] = [];
    const keep = async (bytes: Uint8Array) => {
      using model = await loadModel(bytes);
      expect(model.optimizer === undefined).toBe(sizes.length > 0);
      sizes.push(bytes.length);
    };
    await trainWith(callbacks.modelCheckpoint(keep), [0]);
    await trainWith(callbacks.modelCheckpoint(keep, { saveWeightsOnly: true }), [0]);
    expect(sizes[1]).toBeLessThan(sizes[0] as number);
  });

  test('says so if asked to', async () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    await trainWith(
      callbacks.modelCheckpoint(() => undefined, { verbose: true }),
      [0],
    );
    expect(log.mock.calls.flat()[0]).toMatch(/^epoch 1: saved \d+ bytes$/);
    log.mockRestore();
  });
});

describe('what goes wrong', () => {
  test('a missing validation before anything is trained', async () => {
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const callback = callbacks.modelCheckpoint(() => undefined, { saveBestOnly: true });
    const error = await errorOf(() => model.fit(x, y, { callbacks: [callback] }));
    expect(error.message).toMatch(/^modelCheckpoint: 'val_loss' needs validationData/);
  });

  test.each<[string, object, string]>([
    ['{epoch}-{val_loss}', {}, "modelCheckpoint: 'val_loss' needs validationData"],
    ['{epoch}-{mae:.2}', {}, "modelCheckpoint: 'mae' is not among loss: compile with that metric"],
    ['{val_loss}', { saveFreq: 2 }, "modelCheckpoint: 'val_loss'"],
    ['a', { saveFreq: 2, saveBestOnly: true }, "modelCheckpoint: 'val_loss'"],
  ])('a name or a watched key without its value before anything is trained: %s %o', async (name, options, message) => {
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const before = await model.digest();
    const validation = 'saveFreq' in options ? { validationSplit: 0.5 } : {};
    const error = await errorOf(() =>
      model.fit(x, y, { callbacks: [callbacks.modelCheckpoint(name, options)], ...validation }),
    );
    expect(error.message).toContain(message);
    expect(await model.digest()).toBe(before);
  });

  test.each<[string, string, string]>([
    ['a file in place of its folder', 'file/model.safetensors', 'a file is in its place'],
    ['a file in place of the folder above', 'file/{epoch}/model.safetensors', 'a file is in its place'],
    ['a folder in its place', 'folder', 'a folder is in its place'],
    ['the name of a folder', 'folder/new/', 'a name that ends with a slash'],
    ['a pipe in its place', 'pipe', 'a pipe is in its place'],
  ])('%s, before anything is trained', async (_title, name, why) => {
    await writeFile(join(folder, 'file'), '');
    await mkdir(join(folder, 'folder'), { recursive: true });
    await rm(join(folder, 'pipe'), { force: true });
    execFileSync('mkfifo', [join(folder, 'pipe')]);
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const callback = callbacks.modelCheckpoint(`${folder}/${name}`);
    const error = await errorOf(() => model.fit(x, y, { epochs: 3, callbacks: [callback] }));
    expect(error.message).toContain('cannot be written');
    expect(error.message).toContain(why);
    expect(model.optimizer?.iterations).toBe(0);
  });

  test('a storage that there is not, before anything is trained', async () => {
    using model = classifier();
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const error = await errorOf(() => model.fit(x, y, { callbacks: [callbacks.modelCheckpoint('opfs:a/{epoch}')] }));
    expect(error).toBeInstanceOf(RangeError);
    expect(error.message).toContain("'opfs:a/{epoch}' needs a name without slashes");
    expect(model.optimizer?.iterations).toBe(0);
  });

  test.each<[() => unknown, string]>([
    [() => callbacks.modelCheckpoint(5 as never), 'filepath must be a path or a function, got 5'],
    [
      () => callbacks.modelCheckpoint('a', { saveFreq: 0 }),
      "saveFreq, if it is not 'epoch', must be an integer at least 1",
    ],
    [() => callbacks.modelCheckpoint('a', { saveBest: true } as never), "did you mean 'saveBestOnly'"],
    [() => callbacks.modelCheckpoint('{batch}'), 'saveFreq'],
    [() => trainWith(callbacks.modelCheckpoint('{los}'), [0]), '{los}'],
    [() => callbacks.modelCheckpoint('{loss:.2ee}'), '{loss:.2ee}'],
    [() => callbacks.modelCheckpoint('a{b'), "'a{b': single '{'"],
  ])('%s', async (run, message) => {
    expect((await errorOf(run)).message).toContain(message);
  });
});
