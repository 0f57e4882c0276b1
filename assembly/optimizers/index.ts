export function prepareOptimizer(state: usize): void {  }
export function updateParameters(state: usize, w: usize, g: usize, slots: usize, slotStride: i32, n: i32): void {  }
export function advanceOptimizer(state: usize): void {  }
