export function loss(kind: i32, values: usize, gradient: usize, probabilities: usize, predictions: usize, targets: usize, weights: usize, rows: i32, cols: i32, scale: f32, parameter: f32, ignoreClass: i32): void {  }
export function accuracy(kind: i32, values: usize, predictions: usize, targets: usize, rows: i32, cols: i32, threshold: f32): void {  }
