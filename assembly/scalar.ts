/**
 * Elementary functions of one float64, for schedules, bias corrections and quantiles: `Math` may round differently in each host,
 * and the standard library's tables for them would be a third of the binary. Errors are the largest seen over 1e6 points
 * (test/scalar.test.ts). Coefficients and the splitting of ln 2 and pi/2 are those of fdlibm (Sun Microsystems, 1993).
 */

const LN2_HIGH: f64 = 6.9314718036912381649e-1; // a multiple by an integer below 2^20 is exact
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const LOG2_E: f64 = 1.442695040888963387;

/** `x` without its last 27 bits: a product of two such numbers is exact. */
// @ts-ignore: decorator
@inline
function head(x: f64): f64 {
  return reinterpret<f64>(reinterpret<u64>(x) & 0xfffffffff8000000);
}

/** 2^n for a normal result. */
// @ts-ignore: decorator
@inline
function powerOfTwo(n: i32): f64 {
  return reinterpret<f64>((<u64>(n + 1023)) << 52);
}

/** e^(x + rest), where `rest` is below the last place of `x`; 0.9 ulp. Results may be denormal, which rounds them twice. */
function expOfSum(x: f64, rest: f64): f64 {
  if (abs(x) < 746) {
    const n = nearest(x * LOG2_E);
    const high = x - n * LN2_HIGH;
    const low = n * LN2_LOW - rest;
    const t = high - low;
    const z = t * t;
    let p = 4.13813679705723846039e-8 * z - 1.6533902205465251539e-6;
    p = p * z + 6.61375632143793436117e-5;
    p = p * z - 2.77777777770155933842e-3;
    p = p * z + 1.66666666666666019037e-1;
    const c = t - z * p;
    const y = 1 - (low - (t * c) / (2 - c) - high);
    const half = (<i32>n) >> 1;
    return y * powerOfTwo(half) * powerOfTwo(<i32>n - half);
  }
  return x > 0 ? f64.POSITIVE_INFINITY : x < 0 ? 0 : x;
}

/**
 * For x > 0 the logarithm as a sum of two float64: `log x` itself, or x^y. One function, so that its two results never need memory.
 * With s = (m - 1) / (m + 1): log m = 2 s + s R(s^2), and the quotient is exact to twice the digits, R to 2^-58.
 */
function logOrPower(x: f64, y: f64, power: bool): f64 {
  const small = x < 2.2250738585072014e-308;
  const bits = reinterpret<i64>(small ? x * 18014398509481984.0 : x);
  // counted from the bits of sqrt(1/2), the exponent field changes where the mantissa must
  const exponent = (bits - 0x3fe6a09e667f3bcd) >> 52;
  const m = reinterpret<f64>(bits - (exponent << 52));
  const k = <f64>exponent - (small ? 54 : 0);

  const f = m - 1;
  const d = f + 2;
  const dHead = head(d);
  const sHead = head(f / d);
  const sRest = (f - sHead * dHead - sHead * (f - (dHead - 2))) / d;
  const s = sHead + sRest;
  const z = s * s;
  let r = 1.479819860511658591e-1 * z + 1.531383769920937332e-1;
  r = r * z + 1.818357216161805012e-1;
  r = r * z + 2.222219843214978396e-1;
  r = r * z + 2.857142874366239149e-1;
  r = r * z + 3.999999999940941908e-1;
  r = r * z + 6.66666666666673513e-1;

  const whole = k * LN2_HIGH;
  const first = whole + 2 * sHead;
  const second = whole - first + 2 * sHead + (k * LN2_LOW + (2 * sRest + s * (z * r)));
  const log = first + second;
  if (!power) return log;
  const rest = second - (log - first);

  const logHead = head(log);
  const yHead = head(y);
  const product = y * log;
  const lost =
    yHead * logHead - product + yHead * (log - logHead) + (y - yHead) * logHead + (y - yHead) * (log - logHead);
  return expOfSum(product, lost + y * rest);
}

/** e^x; 0.9 ulp. */
export function exp64(x: f64): f64 {
  return expOfSum(x, 0);
}

/** Natural logarithm; 0.6 ulp. log 0 is -infinity, of less NaN. */
export function log64(x: f64): f64 {
  if (x > 0 && x < f64.POSITIVE_INFINITY) return logOrPower(x, 1, false);
  return x == 0 ? f64.NEGATIVE_INFINITY : x < 0 ? f64.NaN : x;
}

/** x^y for x >= 0; 1 ulp where the result lies in 1e-5 to 1e5, 16 ulp towards the ends of the range. NaN for x < 0. */
export function pow64(x: f64, y: f64): f64 {
  if (y == 0) return 1;
  if (x > 0 && x < f64.POSITIVE_INFINITY) return logOrPower(x, y, true);
  return expOfSum(y * log64(x), 0);
}

/** Cosine; 1e-16 for |x| <= 1e6, NaN beyond. */
export function cos64(x: f64): f64 {
  if (abs(x) <= 1e6) {
    const n = nearest(x * 6.36619772367581382433e-1);
    const high = x - n * 1.57079632673412561417;
    const low = n * 6.07710050650619224932e-11;
    const t = high - low;
    const rest = high - t - low;
    const z = t * t;
    const quarter = (<i32>n) & 3;
    let y: f64;
    if (quarter & 1) {
      let p = 1.58969099521155010221e-10 * z - 2.50507602534068634195e-8;
      p = p * z + 2.75573137070700676789e-6;
      p = p * z - 1.98412698298579493134e-4;
      p = p * z + 8.33333333332248946124e-3;
      p = p * z - 1.66666666666666324348e-1;
      y = t + (rest + t * z * p);
    } else {
      let p = -1.13596475577881948265e-11 * z + 2.0875723212981748279e-9;
      p = p * z - 2.75573143513906633035e-7;
      p = p * z + 2.48015872894767294178e-5;
      p = p * z - 1.38888888888741095749e-3;
      p = p * z + 4.16666666666666019037e-2;
      const half = 0.5 * z;
      const y0 = 1 - half;
      y = y0 + (1 - y0 - half + (z * z * p - t * rest));
    }
    return quarter == 1 || quarter == 2 ? -y : y;
  }
  return f64.NaN;
}

/** Square root, exact. */
export function sqrt64(x: f64): f64 {
  return sqrt<f64>(x);
}
