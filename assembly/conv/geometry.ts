/** The sizes of a kernel gradient (layout.ts), kept in globals of the thread's instance while the operation runs. */
import { word } from "../operations/words";
import * as at from "./layout";

/** Output pixels whose products are one chain of additions. */
export const BLOCK: i32 = 512;

/** The images. */
export let x: usize = 0;
export let height: i32 = 0;
export let width: i32 = 0;
/** Bytes of a pixel. */
export let pixel: usize = 0;
export let outHeight: i32 = 0;
export let outWidth: i32 = 0;
export let strideY: i32 = 0;
export let strideX: i32 = 0;
export let top: i32 = 0;
export let left: i32 = 0;
export let kernelWidth: i32 = 0;
export let dilationY: i32 = 0;
export let dilationX: i32 = 0;
/** Channels and filters of a group. */
export let inGroup: i32 = 0;
export let outGroup: i32 = 0;

/** One of the sizes. */
// @ts-ignore: decorator
@inline
export function size(sizes: usize, index: i32): i32 {
  return word(sizes, index);
}

export function setGeometry(images: usize, sizes: usize): void {
  x = images;
  height = size(sizes, at.height);
  width = size(sizes, at.width);
  pixel = (<usize>size(sizes, at.channels)) << 2;
  outHeight = size(sizes, at.outHeight);
  outWidth = size(sizes, at.outWidth);
  strideY = size(sizes, at.strideY);
  strideX = size(sizes, at.strideX);
  top = size(sizes, at.top);
  left = size(sizes, at.left);
  kernelWidth = size(sizes, at.kernelWidth);
  dilationY = size(sizes, at.dilationY);
  dilationX = size(sizes, at.dilationX);
  inGroup = size(sizes, at.channels) / size(sizes, at.groups);
  outGroup = size(sizes, at.filters) / size(sizes, at.groups);
}
