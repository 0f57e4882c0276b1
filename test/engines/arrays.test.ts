/** Operations on arrays, elementary functions above all, give the same bits in every engine, and the same as ever. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as codes from '../../assembly/codes.ts';
import * as batchMoments from '../../assembly/words/batch-moments.ts';
import * as binary from '../../assembly/words/binary.ts';
import * as channelSums from '../../assembly/words/channel-sums.ts';
import * as copyStrided from '../../assembly/words/copy-strided.ts';
import * as cumulativeSum from '../../assembly/words/cumulative-sum.ts';
import * as normalize from '../../assembly/words/normalize.ts';
import * as normalizeGradient from '../../assembly/words/normalize-gradient.ts';
import * as products from '../../assembly/words/products.ts';
import * as randomFill from '../../assembly/words/random-fill.ts';
import * as reduce from '../../assembly/words/reduce.ts';
import * as resample from '../../assembly/words/resample.ts';
import * as resampleGradient from '../../assembly/words/resample-gradient.ts';
import * as take from '../../assembly/words/take.ts';
import * as takeGradient from '../../assembly/words/take-gradient.ts';
import * as unary from '../../assembly/words/unary.ts';
import { encode } from '../../src/graph/operation.ts';
import { launch } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { binary as binaryKinds, reductions } from '../reference/arrays.ts';
import { performArrays, places } from './arrays.js';
import { engines, runProcess } from './binaries.ts';
import { performIn, servePages } from './pages.ts';

const { ANY, SOME, INDICES, OUT, COUNT: n, DESCRIPTOR: descriptor } = places;

interface Case {
  readonly name: string;
  readonly operation: readonly number[];
  readonly descriptor?: readonly number[];
  /** How many numbers it writes. */
  readonly n: number;
}

/** The words of an operation. */
const operation = (words: Readonly<Record<string, number>>, values: Readonly<Record<string, number>>): number[] =>
  encode({ words, floats: ['parameter', 'parameter2', 'deviation', 'epsilon'] }, values);

const kinds = new Map(Object.entries(codes));
const kindsOf = (names: string): [string, number][] =>
  names.split(' ').map((name) => [name, kinds.get(name) ?? Number.NaN]);

const cases: readonly Case[] = [
  ...[ANY, SOME].flatMap((x) => {
    const where = x === ANY ? 'of any numbers' : 'of some numbers';
    const functions = kindsOf(
      'NEGATE SQUARE SQRT RECIPROCAL EXP LOG LOG1P EXPM1 ABS SIGN FLOOR CEIL ROUND ERF SIN COS CLIP LOGICAL_NOT',
    );
    const clip = { parameter: -1, parameter2: 2 };
    return [
      ...functions.map(([name, kind]) => ({
        name: `${name} ${where}`,
        operation: operation(unary, { y: OUT, x, kind, n, ...clip }),
        n,
      })),
      ...binaryKinds.map(([name], kind) => ({
        name: `${name} ${where}`,
        operation: operation(binary, { y: OUT, a: x, b: x + 400, kind, n: n - 100, aRepeat: 1, bRepeat: 1 }),
        n: n - 100,
      })),
    ];
  }),
  ...[1, 7].flatMap((inner) =>
    reductions.map(([name], kind) => ({
      name: `${name} of lines ${inner} apart`,
      operation: operation(reduce, { y: OUT, x: SOME, kind, outer: 10, count: 250, inner }),
      n: 10 * inner,
    })),
  ),
  {
    name: 'products',
    operation: operation(products, { c: OUT, a: SOME, b: SOME, m: 9, n: 13, k: 50, times: 5, perRow: 1 }),
    n: 15 * 9 * 13,
  },
  {
    name: 'a transpose',
    operation: operation(copyStrided, { y: OUT, x: ANY, descriptor }),
    descriptor: [2, 0, 0, 0, 0, 90, 110, 110, 1, 1, 90],
    n: 90 * 110,
  },
  {
    name: 'take',
    operation: operation(take, { y: OUT, table: ANY, indices: INDICES, n: 500, width: 33, count: 60 }),
    n: 500 * 33,
  },
  {
    name: 'takeGradient',
    operation: operation(takeGradient, { dtable: OUT, dy: SOME, indices: INDICES, n: 500, width: 33, count: 60 }),
    n: 60 * 33,
  },
  ...kindsOf('NORMAL UNIFORM').map(([name, kind]) => ({
    name: `${name} samples`,
    operation: operation(randomFill, { y: OUT, n: 1001, kind, seedLow: 42, deviation: 1 }),
    n: 3003,
  })),
  {
    name: 'cumulative sums',
    operation: operation(cumulativeSum, { y: OUT, x: SOME, outer: 5, count: 300, inner: 3 }),
    n: 4500,
  },
  ...[0, 1].flatMap((smooth) => {
    const sizes = { height: 20, width: 17, channels: 5, outHeight: 19, outWidth: 18, smooth };
    const read = { ...sizes, y: OUT, x: ANY };
    const back = { ...sizes, dx: OUT, dy: SOME };
    const how = smooth ? 'smooth' : 'nearest';
    return [
      ...kindsOf('OUTSIDE_CONSTANT OUTSIDE_NEAREST OUTSIDE_REFLECT OUTSIDE_WRAP').flatMap(([name, outside]) => [
        {
          name: `resample ${how} ${name}`,
          operation: operation(resample, { ...read, outside, matrix: SOME }),
          n: 3 * 19 * 18 * 5,
        },
        {
          name: `resampleGradient ${how} ${name}`,
          operation: operation(resampleGradient, { ...back, outside, matrix: SOME }),
          n: 3 * 20 * 17 * 5,
        },
      ]),
      { name: `resize ${how}`, operation: operation(resample, read), n: 3 * 19 * 18 * 5 },
      { name: `resizeGradient ${how}`, operation: operation(resampleGradient, back), n: 3 * 20 * 17 * 5 },
    ];
  }),
  {
    name: 'sums of channels',
    operation: operation(channelSums, { sums: OUT, x: SOME, channels: 37, times: 100, block: 64 }),
    n: 5 * 2 * 40 * 2,
  },
  {
    name: 'sums of channels for a gradient',
    operation: operation(channelSums, {
      ...{ sums: OUT, x: SOME, dy: SOME + 40_000, mean: SOME + 100, inverse: SOME + 300 },
      ...{ channels: 37, times: 50, block: 64 },
    }),
    n: 3 * 2 * 40 * 2,
  },
  {
    name: 'moments',
    operation: operation(batchMoments, {
      ...{ mean: OUT, inverse: OUT + 400, sums: SOME, channels: 100, times: 50, block: 50, epsilon: 0.001 },
    }),
    n: 200,
  },
  {
    name: 'normalize',
    operation: operation(normalize, {
      ...{ y: OUT, x: SOME, mean: SOME + 400, inverse: SOME + 800, gamma: SOME + 1200, beta: SOME + 1600 },
      ...{ channels: 61, times: 100 },
    }),
    n: 300 * 61,
  },
  {
    name: 'normalizeGradient',
    operation: operation(normalizeGradient, {
      ...{ dx: OUT, dy: SOME, x: SOME + 16_000, mean: SOME + 400, inverse: SOME + 800, gamma: SOME + 1200 },
      ...{ dbeta: SOME + 1600, dgamma: SOME + 2000, channels: 61, times: 50 },
    }),
    n: 150 * 61,
  },
];

const task = {
  core: readFileSync(new URL('../../build/full.wasm', import.meta.url)).toString('base64'),
  cases,
};
const json = new TextEncoder().encode(JSON.stringify(task));
const expected: unknown = JSON.parse(readFileSync(new URL('arrays.json', import.meta.url), 'utf8'));

test('the bits are those that there have always been', async () => {
  const results = performArrays(task);
  await expect(`${JSON.stringify(results, null, 2)}\n`).toMatchFileSnapshot('arrays.json');
  // only what is wrong in the same way has the same hash; comparisons of numbers that are never equal are
  expect(new Set(Object.values(results)).size).toBeGreaterThan(cases.length - 15);
});

describe.each(engines())('$name', ({ name, command }) => {
  test.skipIf(command === undefined && !process.env.CI)('gives these bits', async () => {
    if (command === undefined) throw new Error(`${name} could not be installed`);
    expect(await runProcess(command, 'arrays', json)).toEqual(expected);
  });
});

describe.each(browserNames)('%s', (name) => {
  describe.skipIf(isSkipped(name))('gives these bits', () => {
    let browser: Browser;
    let server: Server;
    beforeAll(async () => {
      browser = await launch(name);
      server = await servePages(json, false);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });

    test('on a page', async () => {
      const { result, errors } = await performIn(browser, server, 'main thread', 'arrays');
      expect(result).toEqual(expected);
      expect(errors).toEqual([]);
    });
  });
});
