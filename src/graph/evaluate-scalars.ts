/** Functions of one and two numbers, and of a line of them, in float64, by the kinds of assembly/codes.ts. */
import * as kinds from '../../assembly/codes.ts';

const truth = (yes: boolean): number => (yes ? 1 : 0);

/** x^y as in C and NumPy: JavaScript gives NaN for 1^NaN and 1^infinity. */
const power = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

const pairs: Readonly<Record<number, (a: number, b: number) => number>> = {
  [kinds.ADD]: (a, b) => a + b,
  [kinds.SUBTRACT]: (a, b) => a - b,
  [kinds.MULTIPLY]: (a, b) => a * b,
  [kinds.DIVIDE]: (a, b) => a / b,
  [kinds.POWER]: power,
  [kinds.MINIMUM]: (a, b) => Math.min(a, b),
  [kinds.MAXIMUM]: (a, b) => Math.max(a, b),
  [kinds.EQUAL]: (a, b) => truth(a === b),
  [kinds.NOT_EQUAL]: (a, b) => truth(a !== b),
  [kinds.GREATER]: (a, b) => truth(a > b),
  [kinds.GREATER_EQUAL]: (a, b) => truth(a >= b),
  [kinds.LESS]: (a, b) => truth(a < b),
  [kinds.LESS_EQUAL]: (a, b) => truth(a <= b),
};

export const binary64 = (kind: number | undefined, a: number, b: number): number =>
  pairs[kind ?? -1]?.(a, b) ?? Number.NaN;

/** Good to some 1e-16: the series below 3, where terms stay small enough, the continued fraction above. */
export function erf64(x: number): number {
  const z = Math.abs(x);
  if (z < 3) {
    let [term, sum] = [x, x];
    for (let n = 1; Math.abs(term) > 1e-18; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n--) fraction = n / 2 / (z + fraction);
  return Math.sign(x) * (1 - Math.exp(-z * z) / Math.sqrt(Math.PI) / (z + fraction));
}

function roundHalfEven(x: number): number {
  const floor = Math.floor(x);
  if (x - floor !== 0.5) return Math.round(x);
  return floor % 2 === 0 ? floor : floor + 1;
}

const singles: Readonly<Record<number, (x: number) => number>> = {
  [kinds.NEGATE]: (x) => -x,
  [kinds.SQUARE]: (x) => x * x,
  [kinds.SQRT]: Math.sqrt,
  [kinds.RECIPROCAL]: (x) => 1 / x,
  [kinds.EXP]: Math.exp,
  [kinds.LOG]: Math.log,
  [kinds.LOG1P]: Math.log1p,
  [kinds.EXPM1]: Math.expm1,
  [kinds.ABS]: Math.abs,
  [kinds.SIGN]: Math.sign,
  [kinds.FLOOR]: Math.floor,
  [kinds.CEIL]: Math.ceil,
  [kinds.ROUND]: roundHalfEven,
  [kinds.ERF]: erf64,
  [kinds.SIN]: Math.sin,
  [kinds.COS]: Math.cos,
  [kinds.LOGICAL_NOT]: (x) => truth(x === 0),
};

export const unary64 = (kind: number | undefined, x: number, low: number, high: number): number =>
  kind === kinds.CLIP ? Math.min(Math.max(x, low), high) : (singles[kind ?? -1]?.(x) ?? Number.NaN);

const total = (x: readonly number[]): number => x.reduce((a, b) => a + b, 0);

const lines: Readonly<Record<number, (x: readonly number[]) => number>> = {
  [kinds.SUM]: total,
  [kinds.MEAN]: (x) => total(x) / x.length,
  [kinds.MAX]: (x) => x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  [kinds.MIN]: (x) => x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
  [kinds.PRODUCT]: (x) => x.reduce((a, b) => a * b, 1),
  [kinds.ARG_MAX]: (x) => {
    const nan = x.findIndex(Number.isNaN);
    return nan >= 0 ? nan : x.indexOf(x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY));
  },
};

export const reduce64 = (kind: number | undefined, line: readonly number[]): number =>
  lines[kind ?? -1]?.(line) ?? Number.NaN;
