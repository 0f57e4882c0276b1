export function columnSums(out: usize, x: usize, rows: i32, cols: i32, from: i32, to: i32): void {  }
export function sum(x: usize, n: i32): f64 { return 0; }
export function sumSquares(x: usize, n: i32): f64 { return 0; }
export function sumAbs(x: usize, n: i32): f64 { return 0; }
export function weightedSum(values: usize, weights: usize, n: i32): f64 { return 0; }
export function scale(out: usize, x: usize, n: i32, factor: f32): void {  }
export function clip(out: usize, x: usize, n: i32, limit: f32): void {  }
export function axpy(out: usize, x: usize, n: i32, factor: f32): void {  }
export function penaltyGradient(gradient: usize, w: usize, n: i32, l1: f32, l2: f32): void {  }
export function add(out: usize, a: usize, b: usize, n: i32): void {  }
export function subtract(out: usize, a: usize, b: usize, n: i32): void {  }
export function multiply(out: usize, a: usize, b: usize, n: i32): void {  }
export function divide(out: usize, a: usize, b: usize, n: i32): void {  }
export function transpose(out: usize, x: usize, rows: i32, cols: i32): void {  }
