export function exp(out: usize, x: usize, n: i32): void {  }
export function log(out: usize, x: usize, n: i32): void {  }
export function tanh(out: usize, x: usize, n: i32): void {  }
export function erf(out: usize, x: usize, n: i32): void {  }
export function sigmoid(out: usize, x: usize, n: i32): void {  }
export function softplus(out: usize, x: usize, n: i32): void {  }
export function sqrt(out: usize, x: usize, n: i32): void {  }
export function exp64(x: f64): f64 { return 0; }
export function log64(x: f64): f64 { return 0; }
export function cos64(x: f64): f64 { return 0; }
export function sqrt64(x: f64): f64 { return 0; }
export function pow64(x: f64, y: f64): f64 { return 0; }
