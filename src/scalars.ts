/** Functions of float64 that give the same bits in every engine, which `Math.log` and `Math.exp` do not. */

const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

const double = /* @__PURE__ */ new DataView(/* @__PURE__ */ new ArrayBuffer(8));

/** 2^k for normal exponents. */
function powerOfTwo(k: number): number {
  double.setInt32(0, (k + 1023) << 20);
  double.setInt32(4, 0);
  return double.getFloat64(0);
}

/** The natural logarithm of a positive normal number, within 2 ulp: x = 2^k m with m near 1, log m = 2 artanh((m - 1) / (m + 1)) as a series. */
export function log(x: number): number {
  double.setFloat64(0, x);
  let k = (double.getInt32(0) >> 20) - 1023;
  let m = x / powerOfTwo(k);
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const s = (m - 1) / (m + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 23; n >= 3; n -= 2) sum = (sum + 1 / n) * square;
  return k * LN2_HIGH + (2 * s + (2 * s * sum + k * LN2_LOW));
}

/** e^x within 4 ulp: e^r as a series for |r| below ln 2 / 2, times a power of two. 0 below -700, where the result would soon be denormal. */
export function exp(x: number): number {
  if (x < -700) return 0;
  if (x > 709) return Number.POSITIVE_INFINITY;
  const k = Math.round(x / LN2_HIGH);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let e = 1;
  for (let n = 14; n >= 1; n--) e = 1 + (e * r) / n;
  return e * powerOfTwo(k);
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  // e^-|x| never overflows
  const e = exp(x > 0 ? -x : x);
  return x > 0 ? 1 / (1 + e) : e / (1 + e);
}
