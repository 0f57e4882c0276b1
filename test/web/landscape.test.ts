/** The loss landscape: planes, and losses on them in a browser that are Node's to the last bit. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../src/datasets/browser/verify.ts';
import { createRuntime, type Runtime, tensor } from '../../src/index.ts';
import { FINEST, Grid, measure, STAGES, viewOf } from '../../web/landscape/grid.ts';
import { footOf, type Plane, planeAround, planeThrough, weightsAt } from '../../web/landscape/plane.ts';
import { planeAroundEnd, Survey } from '../../web/landscape/survey.ts';
import type { Snapshot } from '../../web/race/path.ts';
import { Path } from '../../web/race/path.ts';
import { Racer } from '../../web/race/racer.ts';
import { FIRST, fromQuery } from '../../web/settings.ts';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { addressOf, allTexts, type Built, buildPage, screenshot, servePage, textOf, untilState } from './page.ts';

const QUERY = '?race=sgd~learningRate:0.1,momentum,adam&limit=400&epochs=6&hidden=16';

describe('planes', () => {
  const points = [
    [1, 2, 3, 4],
    [2, 2, 3, 4],
    [1, 5, 3, 8],
    [1, 2, 4, 4],
  ].map((one) => Float32Array.from(one));
  const [a, b, c, d] = points as [Float32Array, Float32Array, Float32Array, Float32Array];

  test('through three points have them on it, in distances of weights', () => {
    const plane = planeThrough(a, b, c);
    expect(footOf(plane, a)).toEqual({ x: 0, y: 0, off: 0 });
    expect(footOf(plane, b)).toMatchObject({ x: 1, y: 0, off: 0 });
    expect(footOf(plane, c).y).toBeCloseTo(5, 12);
    expect(footOf(plane, d)).toMatchObject({ x: 0, y: 0, off: 1 });
    const out = new Float32Array(4);
    weightsAt(plane, 1, 0, out);
    expect(out).toEqual(b);
  });

  test.each([
    ['on a line', () => planeThrough(a, b, Float32Array.from([4, 2, 3, 4]))],
    ['twice the same', () => planeThrough(a, a, b)],
    ['not finite', () => planeThrough(a, b, Float32Array.from([1, Number.NaN, 1, 1]))],
  ])('through points that are %s are refused', (_, make) => {
    expect(make).toThrow(RangeError);
  });

  test('around a point have filters as long as its own, and leave biases alone', () => {
    const weights = Float32Array.from([3, 1, 4, 1, 5, 9]);
    const random = [Float32Array.from([1, -2, 2, 1, 7, 7]), Float32Array.from([0.5, 0, -1, 3, 7, 7])] as const;
    const { u, v } = planeAround(weights, [[2, 2], [2]], random);
    for (const direction of [u, v]) {
      const norm = (values: Float64Array | Float32Array, filter: number) =>
        Math.sqrt((values[filter] ?? 0) ** 2 + (values[2 + filter] ?? 0) ** 2);
      for (const filter of [0, 1]) expect(norm(direction, filter)).toBeCloseTo(norm(weights, filter), 12);
      expect([...direction.slice(4)]).toEqual([0, 0]);
    }
  });
});

describe('grids', () => {
  test('measure each point once, the coarse ones first, until they are cancelled', async () => {
    const grid = new Grid(
      viewOf([
        { x: 0, y: 0 },
        { x: 4, y: 1 },
      ]),
    );
    const [left, right, bottom, top] = grid.view;
    expect((right - left) / (top - bottom)).toBeCloseTo(4 / 3);
    const seen: string[] = [];
    const gauge = async (points: Float64Array) => {
      const losses = new Float64Array(points.length / 2);
      for (let i = 0; i < losses.length; i++) {
        seen.push(`${points[2 * i]} ${points[2 * i + 1]}`);
        losses[i] = (points[2 * i] ?? 0) + 10 * (points[2 * i + 1] ?? 0);
      }
      return losses;
    };
    const stages: [number, number][] = [];
    await measure(grid, [gauge, gauge], new AbortController().signal, (_, stage) => {
      if (stage !== undefined) stages.push([stage, seen.length]);
    });
    expect(stages).toEqual(STAGES.map((stage) => [stage, stage ** 2]));
    expect(new Set(seen).size).toBe(FINEST ** 2);
    // rows from the top, columns from the left
    expect(grid.values[0]).toBeCloseTo(left + 10 * top);
    expect(grid.values[FINEST - 1]).toBeCloseTo(right + 10 * top);
    expect(grid.at(9)[8]).toBe(grid.values[FINEST - 1]);
    expect(grid.near(0, 1)).toBeCloseTo(left + 10 * bottom);

    const cancelling = new AbortController();
    const again = new Grid(grid.view);
    const cancelled = measure(again, [gauge], cancelling.signal, (_, stage) => {
      if (stage === 9) cancelling.abort();
    });
    await expect(cancelled).rejects.toThrow('abort');
    expect(again.at(9).every(Number.isFinite)).toBe(true);
    expect(again.at(17).some(Number.isNaN)).toBe(true);
  });
});

test('a path keeps its start and its end, and few places in between however long it is', () => {
  const path = new Path(1000);
  for (let epoch = 0; epoch <= 500; epoch++) path.pass(10 * epoch, () => [Float32Array.of(epoch), Float32Array.of(7)]);
  path.finish(5003, [Float32Array.of(-1), Float32Array.of(7)]);
  const steps = path.snapshots.map(({ step }) => step);
  expect([steps[0], steps.at(-1)]).toEqual([0, 5003]);
  expect(steps.length).toBeLessThan(20);
  expect(steps).toEqual(steps.toSorted((a, b) => a - b));
  expect(path.snapshots.at(-1)?.weights).toEqual(Float32Array.of(-1, 7));
});

/** The race of {@link QUERY} in Node, over the images of the page. */
async function race(runtime: Runtime, folder: string) {
  const { settings } = fromQuery(QUERY);
  const packed = await readFile(path.join(folder, 'data/first.bin'));
  const bytes = gunzipSync(packed);
  const x = tensor([settings.limit, 28, 28], undefined, { dtype: 'uint8', divisor: 255, runtime });
  const y = tensor([settings.limit], undefined, { dtype: 'uint8', runtime });
  x.data.set(bytes.subarray(0, x.size));
  y.data.set(bytes.subarray(FIRST.train * 784, FIRST.train * 784 + y.size));
  const track = { settings, runtime, x, y, testX: x, testY: y, allowed: Number.MAX_SAFE_INTEGER };
  const errands = { news: () => undefined, keep: async () => undefined };
  const ended: { readonly name: string; readonly snapshots: readonly Snapshot[]; readonly digest: string }[] = [];
  for (const entrant of settings.entrants) {
    const racer = new Racer(undefined, entrant, { ...track, changed: async () => undefined }, errands);
    await racer.enter();
    await racer.run();
    ended.push({ name: racer.name, snapshots: racer.path.snapshots, digest: await racer.model.digest() });
  }
  return { track, ended };
}

/** What the page shows: the digest of the losses on the plane, with the racers in this order. */
async function digestIn(folder: string, names: readonly string[]): Promise<string> {
  using runtime = createRuntime({ threads: 1 });
  const { track, ended } = await race(runtime, folder);
  const end = (name: string) => ended.find((one) => one.name === name)?.snapshots.at(-1)?.weights ?? new Float32Array();
  const [a = '', b = '', c = ''] = names;
  const around = c === 'around';
  const plane: Plane = around ? planeAroundEnd(track, end(a)) : planeThrough(end(a), end(b), end(c));
  const survey = new Survey(track, plane);
  const places = [];
  for (const { name, snapshots } of ended)
    if (names.includes(name)) places.push(...(await survey.path(snapshots)).places);
  const seen = around
    ? [
        { x: -1, y: -0.75 },
        { x: 1, y: 0.75 },
      ]
    : places;
  const grid = new Grid(viewOf(seen));
  await measure(grid, [(points) => survey.losses(points)], new AbortController().signal, () => undefined);
  survey.dispose();
  // the landscape is one: low at the ends, higher where the paths begin
  expect(Math.min(...grid.values)).toBeLessThan(1.2);
  expect(Math.max(...grid.values)).toBeGreaterThan(2);
  return sha256(new Uint8Array(grid.values.buffer));
}

let built: Built;
let server: Server;
beforeAll(async () => {
  built = await buildPage();
  server = await servePage(built);
});
afterAll(async () => {
  await server?.close();
});

describe.each(browserNames)('the landscape in %s', (name) => {
  test.skipIf(isSkipped(name))('has the bits of Node, is cancelled, and goes when the race is left', async () => {
    const browser = await launch(name);
    try {
      const page = await browser.newPage();
      await page.setViewport({ width: 1280, height: 900 });
      const { errors } = await openPage(browser, addressOf(server, QUERY), page);
      // parts above it are laid out when they come into view, and move it while it is scrolled to
      const click = (button: string) => page.$eval(button, (one) => (one as HTMLElement).click());
      await untilState(page, 'Finished');
      await click('#open-landscape');
      const measured = () =>
        page.waitForFunction(
          () => document.querySelector('#landscape-state')?.textContent?.startsWith('1,089 points measured'),
          { polling: 50 },
        );
      await measured();
      const names = await page.$$eval('.corners select', (all) => all.map((one) => (one as HTMLSelectElement).value));
      expect(new Set(names)).toEqual(new Set(['sgd', 'momentum', 'adam']));
      expect(await textOf(page, '#landscape-digest')).toBe(await digestIn(built.folder, names));
      expect(await allTexts(page, '.landscape tbody th')).toEqual(['SGD', 'Momentum', 'Adam']);
      await page.$eval('.landscape', (element) => element.scrollIntoView());
      await screenshot(page, `landscape-${name}`);

      if (name === 'chromium') {
        await page.select('#corner-2', 'around');
        await click('#measure');
        await page.waitForFunction(() => document.querySelector('#landscape-digest')?.textContent === '…');
        await measured();
        expect(await textOf(page, '#landscape-digest')).toBe(
          await digestIn(built.folder, [names[0] ?? '', '', 'around']),
        );
      }
      await click('#measure');
      await click('#measure');
      await page.waitForFunction(() =>
        document.querySelector('#landscape-state')?.textContent?.startsWith('Cancelled'),
      );
      await click('#reset');
      await page.waitForSelector('.landscape[hidden]');
      expect(errors).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
