/** Operations on arrays as their definitions have them: index by index, in float64, rounded once. */

const f = Math.fround;

/** Number `i` of an operand that is broadcast, see assembly/words/binary.ts. */
export const broadcast = (x: ArrayLike<number>, i: number, period: number, repeat: number): number => {
  const index = Math.floor(i / repeat);
  return x[period ? index % period : index] ?? Number.NaN;
};

/** x^y of C and NumPy: JavaScript's has NaN for 1^NaN and 1^infinity. */
export const power = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

const truth = (yes: boolean): number => (yes ? 1 : 0);

/** In the order of the kinds in assembly/codes.ts. */
export const binary: readonly (readonly [name: string, of: (a: number, b: number) => number])[] = [
  ['add', (a, b) => f(a + b)],
  ['subtract', (a, b) => f(a - b)],
  ['multiply', (a, b) => f(a * b)],
  ['divide', (a, b) => f(a / b)],
  ['power', (a, b) => f(power(a, b))],
  ['minimum', Math.min],
  ['maximum', Math.max],
  ['equal', (a, b) => truth(a === b)],
  ['notEqual', (a, b) => truth(a !== b)],
  ['greater', (a, b) => truth(a > b)],
  ['greaterEqual', (a, b) => truth(a >= b)],
  ['less', (a, b) => truth(a < b)],
  ['lessEqual', (a, b) => truth(a <= b)],
];

/** What a line of numbers comes to, in float64. In the order of the kinds. */
export const reductions: readonly (readonly [name: string, of: (x: readonly number[]) => number])[] = [
  ['sum', (x) => x.reduce((a, b) => a + b, 0)],
  ['mean', (x) => x.reduce((a, b) => a + b, 0) / x.length],
  ['max', (x) => x.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)],
  ['min', (x) => x.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)],
  ['product', (x) => x.reduce((a, b) => a * b, 1)],
  [
    'argMax',
    (x) => {
      const nan = x.findIndex(Number.isNaN);
      return nan >= 0 ? nan : x.indexOf(Math.max(...x));
    },
  ],
];

/** Every index of an array of `sizes`, the last counting fastest. */
export function* indices(sizes: readonly number[]): Generator<readonly number[]> {
  const [size, ...rest] = sizes;
  if (size === undefined) yield [];
  else for (let i = 0; i < size; i++) for (const index of indices(rest)) yield [i, ...index];
}

/** The place of an index: the sum of its numbers times the strides. */
export const place = (index: readonly number[], strides: readonly number[]): number =>
  index.reduce((sum, i, axis) => sum + i * (strides[axis] ?? 0), 0);

/** The strides of a dense array of `sizes`. */
export const denseStrides = (sizes: readonly number[]): number[] =>
  sizes.map((_, axis) => sizes.slice(axis + 1).reduce((a, b) => a * b, 1));
