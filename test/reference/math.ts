/** Elementary functions in float64, written for accuracy, and how far a float32 is from them. */

/** erf by its series of positive terms, for 0 <= x < 3. */
function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-18; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** erfc by its continued fraction, for x >= 2: its relative error does not grow in the tail. */
function erfcFraction(x: number): number {
  let denominator = x;
  for (let k = 80; k > 0; k--) denominator = x + k / 2 / denominator;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / denominator;
}

export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  return x < 2 ? 1 - erfSeries(x) : erfcFraction(x);
}

export function erf(x: number): number {
  if (x < 0) return -erf(-x);
  return x < 2 ? erfSeries(x) : 1 - erfc(x);
}

export const sigmoid = (x: number) => (x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x)));
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));

/** The distance between neighbouring float32 numbers around `x`. */
function ulp(x: number): number {
  const size = Math.abs(x);
  if (size < 2 ** -126) return 2 ** -149;
  let exponent = Math.floor(Math.log2(size));
  if (2 ** exponent > size) exponent--;
  return 2 ** (Math.min(exponent, 127) - 23);
}

/** How many units in the last place the float32 `got` is from the float64 `want`. */
export function ulpError(got: number, want: number): number {
  const rounded = Math.fround(want);
  if (Object.is(got, rounded) || got === rounded || (Number.isNaN(got) && Number.isNaN(want))) return 0;
  return Math.abs(got - want) / ulp(want);
}

const word = new Uint32Array(1);
const float = new Float32Array(word.buffer);

/** The float32 with these bits. */
export function fromBits(bits: number): number {
  word[0] = bits;
  return float[0] as number;
}

/** The bits of a float32; one value for all NaN. */
export function toBits(x: number): number {
  if (Number.isNaN(x)) return 0x7fc00000;
  float[0] = x;
  return word[0] as number;
}
