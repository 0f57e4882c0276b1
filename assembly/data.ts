export function gatherBytes(out: usize, source: usize, order: usize, start: i32, rows: i32, perRow: i32, divisor: f32): void {  }
export function gatherFloats(out: usize, source: usize, order: usize, start: i32, rows: i32, perRow: i32, divisor: f32): void {  }
export function gatherInts(out: usize, source: usize, order: usize, start: i32, rows: i32): void {  }
