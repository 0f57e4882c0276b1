export function matmul(out: usize, a: usize, b: usize, m: i32, n: i32, k: i32): void {  }
