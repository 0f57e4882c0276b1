/** The sheet to draw on, and the image that networks see of it. */
import { describe, expect, test } from 'vitest';
import { IMAGE_SIDE, Sheet, SIDE } from '../../web/draw/sheet.ts';

/** Rows and columns of the image that have ink. */
function extent(image: Uint8Array) {
  const inked = [...image.keys()].filter((at) => (image[at] ?? 0) > 0);
  const range = (of: (at: number) => number) => [Math.min(...inked.map(of)), Math.max(...inked.map(of))];
  return { rows: range((at) => Math.floor(at / IMAGE_SIDE)), columns: range((at) => at % IMAGE_SIDE) };
}

const ink = (values: Uint8Array): number => values.reduce((a, b) => a + b, 0);

describe('the image of a drawing', () => {
  test.each([
    [20, 20, 30, 90],
    [100, 30, 110, 60],
    [5, 5, 12, 135],
  ])('from (%i, %i) to (%i, %i) reaches from edge to edge and stands in the middle', (x, y, toX, toY) => {
    const sheet = new Sheet();
    sheet.line({ x, y }, { x: toX, y: toY }, 6);
    const { rows, columns } = extent(sheet.image());
    expect(rows).toEqual([0, 27]);
    const [left = 0, right = 0] = columns;
    expect(Math.abs(left - (27 - right))).toBeLessThanOrEqual(1);
    expect(right - left).toBeLessThan(27);
  });

  test('is the same wherever it was drawn', () => {
    const [first, second] = [new Sheet(), new Sheet()];
    first.line({ x: 30, y: 30 }, { x: 60, y: 80 }, 5);
    second.line({ x: 70, y: 50 }, { x: 100, y: 100 }, 5);
    expect(first.image()).toEqual(second.image());
    expect(ink(first.image())).toBeGreaterThan(1000);
  });

  test('keeps the mean of what it covers: as much ink, made smaller', () => {
    const sheet = new Sheet();
    sheet.line({ x: 10, y: 10 }, { x: 130, y: 130 }, 4);
    const each = Math.max(...[0, 1].map(() => span(sheet.pixels))) / IMAGE_SIDE;
    expect(ink(sheet.image()) / (ink(sheet.pixels) / each ** 2)).toBeCloseTo(1, 2);
  });

  test('of an image of the data set that fills its frame is that image', () => {
    const image = Uint8Array.from({ length: IMAGE_SIDE ** 2 }, (_, i) => 1 + ((i * i) % 255));
    const sheet = new Sheet();
    sheet.show(image);
    expect(sheet.image()).toEqual(image);
  });

  test('of nothing is empty, and a dot stays small', () => {
    const sheet = new Sheet();
    expect(sheet.empty).toBe(true);
    expect(ink(sheet.image())).toBe(0);
    sheet.line({ x: 70, y: 70 }, { x: 70, y: 70 }, 2);
    const { rows } = extent(sheet.image());
    expect((rows[1] ?? 0) - (rows[0] ?? 0)).toBeLessThan(8);
  });
});

/** Columns between the first and the last that have ink. */
function span(pixels: Uint8Array): number {
  const columns = [...pixels.keys()].filter((at) => (pixels[at] ?? 0) > 0).map((at) => at % SIDE);
  return Math.max(...columns) - Math.min(...columns) + 1;
}

test('an outline is filled inside and not outside, an eraser takes ink away, and each is undone', () => {
  const sheet = new Sheet();
  const corners = [
    { x: 30, y: 30 },
    { x: 110, y: 30 },
    { x: 110, y: 110 },
    { x: 30, y: 110 },
  ];
  sheet.begin();
  for (const [i, corner] of corners.entries()) sheet.line(corner, corners[(i + 1) % 4] ?? corner, 3);
  const at = (x: number, y: number) => sheet.pixels[y * SIDE + x] ?? Number.NaN;
  expect([at(70, 70), at(10, 10)]).toEqual([0, 0]);
  sheet.fill();
  expect(at(70, 70)).toBeGreaterThan(200);
  expect(at(10, 10)).toBe(0);
  sheet.begin();
  sheet.line({ x: 70, y: 70 }, { x: 70, y: 70 }, 5, true);
  expect(at(70, 70)).toBe(0);
  sheet.undo();
  expect(at(70, 70)).toBeGreaterThan(200);
  sheet.undo();
  expect(at(70, 70)).toBe(0);
  expect(at(30, 70)).toBeGreaterThan(200);
  sheet.undo();
  expect(sheet.empty).toBe(true);
  expect(sheet.changed).toBe(false);
});
