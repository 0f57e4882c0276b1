/** imageData: bytes of pictures as Pillow makes them (test/reference/generate/images.py). */
import { describe, expect, test } from 'vitest';
import { imageData, parseIdx } from '../../src/data/index.ts';
import { layers, sequential } from '../../src/index.ts';
import { errorOf } from '../helpers.ts';
import golden from '../reference/images.json' with { type: 'json' };

const picture = { data: Uint8Array.from(golden.rgba), width: golden.width, height: golden.height };

describe('bytes are those of Pillow', () => {
  test.each(golden.cases.map((one) => [JSON.stringify({ ...one, bytes: undefined }), one] as const))('%s', (_, one) => {
    const { channels, height, width, interpolation, bytes } = one;
    const got = imageData(picture, {
      channels: channels as 1,
      size: [height, width],
      interpolation: interpolation as 'nearest',
    });
    expect(got.shape).toEqual([1, height, width, channels]);
    expect([...got.data]).toEqual(bytes);
    expect(got.divisor).toBe(255);
  });
});

describe('what is transparent', () => {
  const half = { data: Uint8ClampedArray.of(0, 0, 0, 0, 255, 255, 255, 128, 0, 0, 0, 255), width: 3, height: 1 };

  test('shows black, or the grey of the options', () => {
    expect([...imageData(half, { channels: 1 }).data]).toEqual([0, 128, 0]);
    expect([...imageData(half, { channels: 1, background: 255 }).data]).toEqual([255, 255, 0]);
    expect([...imageData(half, { channels: 1, background: 100 }).data]).toEqual([100, 178, 0]);
  });

  test('stays with four channels, and gives no colour to its neighbours', () => {
    const red = { data: Uint8Array.of(255, 0, 0, 255, 0, 255, 0, 0), width: 2, height: 1 };
    expect([...imageData(red, { channels: 4, size: [1, 1] }).data]).toEqual([255, 0, 0, 128]);
  });
});

test('several pictures are samples of one array, which a model takes', async () => {
  using model = sequential([layers.flatten({ inputShape: [2, 2] }), layers.dense({ units: 1 })]);
  const x = imageData([picture, picture], { channels: 1, size: [2, 2] });
  expect(x.shape).toEqual([2, 2, 2, 1]);
  const { data } = await model.predict(x);
  expect(data[0]).toBe(data[1]);
});

test('a canvas gives its pixels; another canvas draws what has none', () => {
  const asked: unknown[] = [];
  const canvas = {
    width: 2,
    height: 1,
    getContext: () => ({
      getImageData(...box: number[]) {
        asked.push(box);
        return { data: new Uint8ClampedArray(8).fill(7), width: 2, height: 1 };
      },
    }),
  };
  expect([...imageData(canvas as never, { channels: 4 }).data]).toEqual(new Array(8).fill(7));
  expect(asked).toEqual([[0, 0, 2, 1]]);
});

test('refuses what is no picture, and says what is', async () => {
  const message = async (call: () => unknown) => {
    const error = await errorOf(async () => call());
    return `${error.constructor.name}: ${error.message}`;
  };
  // @ts-expect-error: a number is no picture
  expect(await message(() => imageData(5))).toMatch(/^TypeError: source must be a canvas/);
  expect(await message(() => imageData([]))).toMatch(/^RangeError/);
  const short = { ...picture, width: 2 };
  expect(await message(() => imageData(short))).toMatch(/^RangeError: source: 2 x \d+ pixels have \d+ bytes/);
  // @ts-expect-error: two channels
  expect(await message(() => imageData(picture, { channels: 2 }))).toMatch(/^RangeError: channels/);
  expect(await message(() => imageData(picture, { size: [0, 3] }))).toMatch(/^RangeError: size\[0\]/);
  expect(await message(() => imageData(picture, { channels: 4, background: 3 }))).toMatch(/^RangeError: background/);
  const other = { data: new Uint8Array(4), width: 1, height: 1 };
  expect(await message(() => imageData([picture, other]))).toMatch(/^RangeError: source\[1\] is 1 x 1.*give a size/);
  const loading = { naturalWidth: 0, naturalHeight: 0 };
  expect(await message(() => imageData(loading as never))).toMatch(/loaded/);
});

test('IDX files are read here too', () => {
  expect(parseIdx(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 2, 7, 8)).shape).toEqual([2]);
});
