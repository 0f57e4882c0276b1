import { LANES } from "../simd";

/** y[i] = x[i] for i < n; they do not overlap. Not `memory.copy`, whose call costs more than copying a short line. */
export function copyLine(y: usize, x: usize, n: i32): void {
  const end = y + ((<usize>n) << 2);
  for (const whole = y + ((<usize>(n & -LANES)) << 2); y < whole; y += 16, x += 16) v128.store(y, v128.load(x));
  for (; y < end; y += 4, x += 4) i32.store(y, i32.load(x));
}

/** y[i] = value for i < n. */
export function fillLine(y: usize, value: f32, n: i32): void {
  const end = y + ((<usize>n) << 2);
  const all = f32x4.splat(value);
  for (const whole = y + ((<usize>(n & -LANES)) << 2); y < whole; y += 16) v128.store(y, all);
  for (; y < end; y += 4) f32.store(y, value);
}
