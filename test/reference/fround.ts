/**
 * Kernels once more, one number at a time, every operation rounded to float32 by Math.fround, in the order in which the vector code
 * performs them. What comes out must be the same to the last bit.
 */
import { fromBits, toBits } from './math.ts';

const f = Math.fround;
const add = (a: number, b: number) => f(a + b);
const sub = (a: number, b: number) => f(a - b);
const mul = (a: number, b: number) => f(a * b);
const div = (a: number, b: number) => f(a / b);
const madd = (a: number, b: number, c: number) => f(f(a * b) + c);
// As the instructions: a NaN in the first operand stays, one in the second is dropped, and of two zeros the first is kept.
// as the instruction does: Math.min takes any NaN and orders zeros
const pmin = (a: number, b: number) => (b < a ? b : a);
// as the instruction does: Math.max takes any NaN and orders zeros
const pmax = (a: number, b: number) => (a < b ? b : a);
const horner = (x: number, coefficients: readonly number[]) => coefficients.reduce((p, c) => madd(p, x, f(c)), 0);
const withSign = (size: number, x: number) => fromBits(((toBits(size) & 0x7fffffff) | (toBits(x) & 0x80000000)) >>> 0);
const TINY = 2 ** -100;
const flush = (x: number) => (Math.abs(x) < TINY ? 0 : x);

/** 2^k for -126 <= k <= 127. */
const power = (k: number) => fromBits((k + 127) << 23);

const EXP = [1.386452e-3, 8.36653169e-3, 4.16675024e-2, 0.166665435, 0.49999997];
/** x = n ln 2 + t; the coefficients give e^t = 1 + t + t p. */
function reduce(x: number) {
  const n = sub(madd(x, f(1.44269502), 12582912), 12582912);
  const t = madd(n, f(-1.42860677e-6), madd(n, f(-0.693145752), x));
  return { n, t, p: mul(horner(t, EXP), t) };
}
const expReduced = (t: number, p: number) => add(madd(p, t, t), 1);

export function exp(x: number): number {
  const { n, t, p } = reduce(pmax(pmin(x, 89), -104));
  if (Number.isNaN(n)) return NaN;
  const half = (n + 254) >> 1;
  return mul(mul(expReduced(t, p), power(half - 127)), power(n - half + 127));
}

const LN_TINY = f(-69.3147202);
function expFlushed(x: number): number {
  const { n, t, p } = reduce(pmax(x, LN_TINY));
  if (Number.isNaN(n)) return NaN;
  return x < LN_TINY ? 0 : mul(expReduced(t, p), power(n));
}

function expm1(x: number): number {
  const { n, t, p } = reduce(pmax(x, f(-17.32868)));
  if (Number.isNaN(n)) return NaN;
  const scaled = mul(t, power(n));
  return add(madd(p, scaled, scaled), sub(power(n), 1));
}

const LOG = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1,
  2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
];
function logReduced(m: number, e: number): number {
  const z = mul(m, m);
  const y = madd(z, -0.5, madd(e, f(-2.1219444e-4), mul(mul(horner(m, LOG), m), z)));
  return madd(e, f(0.693359375), add(m, y));
}

export function log(x: number): number {
  if (!(x > 0) || x === Infinity) return x === 0 ? -Infinity : x < 0 ? NaN : x;
  const small = x < 2 ** -126;
  let m = small ? mul(x, 8388608) : x;
  let e = small ? -23 : 0;
  const lower = fromBits(0x3f3504f3);
  for (; m < lower; e--) m *= 2;
  for (; m >= 2 * lower; e++) m /= 2;
  return logReduced(sub(m, 1), e);
}

function log1p(x: number): number {
  return x > f(0.41421356) ? logReduced(mul(sub(x, 1), 0.5), 1) : logReduced(x, 0);
}

const TANH = [-5.70498872745e-3, 2.06390887954e-2, -5.37397155531e-2, 1.33314422036e-1, -3.33332819422e-1];
export function tanh(x: number): number {
  const a = Math.abs(x);
  const z = mul(a, a);
  const outer = sub(1, div(2, add(expFlushed(pmin(add(a, a), 30)), 1)));
  return withSign(a < 0.625 ? madd(mul(horner(z, TANH), z), a, a) : outer, x);
}

const logistic = (x: number, e: number) => div(x < 0 ? e : 1, add(1, e));
export const sigmoid = (x: number) => logistic(x, exp(-Math.abs(x)));
export const softplus = (x: number) => add(pmax(x, 0), log1p(exp(-Math.abs(x))));

const ERFCX = [
  0.0173067786, -0.150215909, 0.491455823, -0.752052605, 0.488187283, -0.133417517, 0.237350464, 0.236194, 0.283141166,
  0.28205049,
];
const erfcx = (t: number) => mul(horner(t, ERFCX), t);

const ERF = [
  7.853861353e-5, -8.010193625e-4, 5.188327686e-3, -2.685381193e-2, 1.128358515e-1, -3.761262582e-1, 1.128379166,
];
export function erf(x: number): number {
  const a = pmin(Math.abs(x), 4);
  const z = mul(a, a);
  const outer = sub(1, mul(expFlushed(-z), erfcx(div(2, add(2, a)))));
  return withSign(a < 1 ? mul(horner(z, ERF), a) : outer, x);
}

export const relu = (x: number) => pmax(x, 0);
export const leakyRelu = (x: number, slope: number) => (x < 0 ? mul(x, f(slope)) : x);
export const elu = (x: number, alpha: number) => (x > 0 ? x : mul(expm1(pmin(x, 0)), f(alpha)));
export const selu = (x: number) => (x > 0 ? mul(x, f(1.05070099)) : mul(expm1(pmin(x, 0)), f(1.75809934)));
/** The activation: unlike `sigmoid` above it is zero below 2^-100. */
export const sigmoidLayer = (x: number) => logistic(x, expFlushed(-Math.abs(x)));
export const silu = (x: number) => mul(x, sigmoidLayer(x));
export const softplusLayer = (x: number) => add(pmax(x, 0), log1p(expFlushed(-Math.abs(x))));

export function gelu(x: number): number {
  const a = Math.abs(x);
  const k = f(2.82842708);
  const bell = expFlushed(mul(mul(a, a), -0.5));
  return sub(pmax(x, 0), mul(mul(mul(a, 0.5), bell), erfcx(div(k, add(k, a)))));
}

export function geluTanh(x: number): number {
  const slope = add(f(1.59576917), mul(mul(x, x), f(0.0713548139)));
  return mul(x, sigmoidLayer(mul(x, slope)));
}

/** Lane i adds elements i, i + 4 ...; then (0 + 2) + (1 + 3). */
function sum(values: readonly number[]): number {
  const lanes: [number, number, number, number] = [0, 0, 0, 0];
  values.forEach((value, i) => {
    const lane = (i % 4) as 0 | 1 | 2 | 3;
    lanes[lane] = add(lanes[lane], value);
  });
  return add(add(lanes[0], lanes[2]), add(lanes[1], lanes[3]));
}

function exponentials(row: readonly number[]) {
  const max = row.reduce(pmax, -Infinity);
  const e = row.map((z) => expFlushed(sub(z, max)));
  return { max, e, total: sum(e) };
}

export function softmax(row: readonly number[]): number[] {
  const { e, total } = exponentials(row);
  return e.map((value) => div(value, total));
}

/** Fused softmax and sparse cross-entropy of one row: factor = f32(scale * weight). */
export function sparseCrossentropyLogits(row: readonly number[], label: number, factor: number) {
  const { max, total } = exponentials(row);
  const probabilities = softmax(row);
  return {
    value: add(log(total), sub(max, row[label] as number)),
    probabilities,
    gradient: probabilities.map((p, c) => flush(mul(c === label ? sub(p, 1) : p, factor))),
  };
}
