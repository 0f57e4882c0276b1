/**
 * The words of an operation (opcodes.ts), and shares of its outputs. The files beside this one say what each operation does with its
 * words: which kernel, on which share.
 *
 * An operation divides its outputs: `part` of `parts` computes a share of them that depends on the sizes alone, and reads only
 * wrote before it. Which thread computes a share, and how many there are, never changes a bit. One part alone does what sums
 * over rows or adds to a shared total.
 */

// @ts-ignore: decorator
@inline
export function word(op: usize, index: i32): i32 {
  return i32.load(op + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function address(op: usize, index: i32): usize {
  return <usize>load<u32>(op + ((<usize>index) << 2));
}

// @ts-ignore: decorator
@inline
export function scalar(op: usize, index: i32): f32 {
  return f32.load(op + ((<usize>index) << 2));
}

/** Where part `part` of `total` outputs begins, in multiples of `granule`; part `parts` begins at `total`. */
// @ts-ignore: decorator
@inline
export function begin(total: i32, granule: i32, part: i32, parts: i32): i32 {
  const granules = (total + granule - 1) / granule;
  return min(total, <i32>((<i64>granules * part) / parts) * granule);
}

// @ts-ignore: decorator
@inline
export function end(total: i32, granule: i32, part: i32, parts: i32): i32 {
  return begin(total, granule, part + 1, parts);
}

/** The address `floats` float32s after `address`, or 0 if that is 0. */
// @ts-ignore: decorator
@inline
export function offset(address: usize, floats: i32): usize {
  return address ? address + ((<usize>floats) << 2) : 0;
}
