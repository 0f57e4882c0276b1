/** The functions of math.ts over arrays. The last one to three elements pass through the same vector code as the others. */
import { verf, vexp, vlog, vsigmoid, vsoftplus, vtanh } from "./math";
import { loadTail, storeTail } from "./simd";

const EXP = 0;
const LOG = 1;
const TANH = 2;
const ERF = 3;
const SIGMOID = 4;
const SOFTPLUS = 5;
const SQRT = 6;

// @ts-ignore: decorator
@inline
function evaluate(f: i32, x: v128): v128 {
  if (f == EXP) return vexp(x);
  if (f == LOG) return vlog(x);
  if (f == TANH) return vtanh(x);
  if (f == ERF) return verf(x);
  if (f == SIGMOID) return vsigmoid(x);
  if (f == SOFTPLUS) return vsoftplus(x);
  return f32x4.sqrt(x);
}

/** out = f(x), both [n]; `out` may be `x`. `f` is a constant, so each kernel below keeps one branch of `evaluate`. */
// @ts-ignore: decorator
@inline
function map(f: i32, out: usize, x: usize, n: i32): void {
  assert(n >= 0);
  const end: usize = (<usize>(n & ~3)) << 2;
  for (let at: usize = 0; at < end; at += 16) v128.store(out + at, evaluate(f, v128.load(x + at)));
  const left = n & 3;
  if (left) storeTail(out + end, evaluate(f, loadTail(x + end, left)), left);
}

export function exp(out: usize, x: usize, n: i32): void {
  map(EXP, out, x, n);
}
export function log(out: usize, x: usize, n: i32): void {
  map(LOG, out, x, n);
}
export function tanh(out: usize, x: usize, n: i32): void {
  map(TANH, out, x, n);
}
export function erf(out: usize, x: usize, n: i32): void {
  map(ERF, out, x, n);
}
export function sigmoid(out: usize, x: usize, n: i32): void {
  map(SIGMOID, out, x, n);
}
export function softplus(out: usize, x: usize, n: i32): void {
  map(SOFTPLUS, out, x, n);
}
export function sqrt(out: usize, x: usize, n: i32): void {
  map(SQRT, out, x, n);
}
