export function philox(out: usize, blocks: i32, seedLow: u32, seedHigh: u32, block0: u32, step: u32, index: u32, purpose: u32): void {  }
export function uniform(out: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32, low: f32, high: f32): void {  }
export function normal(out: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32, mean: f32, stddev: f32): void {  }
export function truncatedNormal(out: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32, mean: f32, stddev: f32): void {  }
export function shuffle(order: usize, n: i32, seedLow: u32, seedHigh: u32, index: u32): void {  }
export function dropout(out: usize, x: usize, n: i32, offset: i32, seedLow: u32, seedHigh: u32, index: u32, step: u32, rate: f32): void {  }
