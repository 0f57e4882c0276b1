/**
 * The result of a product, and which of its pixels are computed, for one thread. Like those of taps.ts these are globals of the instance:
 * they hold while one operation runs.
 */

/** The group's first channel of the first pixel; images are [height, width], pixels `pitch` bytes apart. */
export let result: usize = 0;
export let pitch: usize = 0;
export let height: i32 = 0;
export let width: i32 = 0;
/** Of gemm/tile.ts; addresses of the group's first channel. */
export let bias: usize = 0;
export let rectify: bool = false;
export let mask: usize = 0;

export function setResult(at: usize, channels: i32, biasAt: usize, relu: bool, maskBy: usize): void {
  result = at;
  pitch = (<usize>channels) << 2;
  bias = biasAt;
  rectify = relu;
  mask = maskBy;
}

export function setResultSize(resultHeight: i32, resultWidth: i32): void {
  height = resultHeight;
  width = resultWidth;
}

/** A grid of pixels in the result: rows and columns `gridStepY`, `gridStepX` apart, and the bases of their patches. */
export let rows: i32 = 0;
export let columns: i32 = 0;
export let gridY: i32 = 0;
export let gridX: i32 = 0;
export let gridStepY: i32 = 0;
export let gridStepX: i32 = 0;
export let baseY: i32 = 0;
export let baseX: i32 = 0;
export let baseStepY: i32 = 0;
export let baseStepX: i32 = 0;

/** So many rows and columns of pixels from (y, x) on, `stepY` and `stepX` apart. */
export function setGrid(nRows: i32, nColumns: i32, y: i32, x: i32, stepY: i32, stepX: i32): void {
  rows = nRows;
  columns = nColumns;
  gridY = y;
  gridX = x;
  gridStepY = stepY;
  gridStepX = stepX;
}

/** The base of the grid's first patch, and how far apart bases are. */
export function setBases(y: i32, x: i32, stepY: i32, stepX: i32): void {
  baseY = y;
  baseX = x;
  baseStepY = stepY;
  baseStepX = stepX;
}

/** The pixel (y, x) of the grid in image i of the result. */
// @ts-ignore: decorator
@inline
export function pixelAt(i: i32, y: i32, x: i32): usize {
  return result + <usize>((i * height + gridY + y * gridStepY) * width + gridX + x * gridStepX) * pitch;
}
