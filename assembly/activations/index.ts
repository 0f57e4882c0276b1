export function activation(kind: i32, out: usize, x: usize, n: i32, alpha: f32): void {  }
export function activationGradient(kind: i32, dx: usize, dy: usize, x: usize, y: usize, n: i32, alpha: f32): void {  }
export function softmax(out: usize, x: usize, rows: i32, cols: i32): void {  }
export function softmaxGradient(dx: usize, dy: usize, y: usize, rows: i32, cols: i32): void {  }
