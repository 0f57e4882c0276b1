/** Numbers as NumPy shows them: brackets for each axis, columns aligned, and of more than 1000 numbers the first and last three along each axis. */

const MOST = 1000;
const EDGE = 3;
/** Characters in a line. */
const LINE = 75;
const GAP = '...';

type Part = string | readonly Part[];

/** Six significant digits are enough for a look. */
const digits = (value: number): string => String(Number(value.toPrecision(6)));

/** Row-major `data` of this shape as text, over several lines if there are several axes or many numbers. */
export function showArray(data: ArrayLike<number>, shape: readonly number[]): string {
  let width = 0;
  /** The numbers to show from place `at` of the axes before. */
  const pick = (axis: number, at: number): Part => {
    const size = shape[axis];
    if (size === undefined) {
      const text = digits(data[at] ?? 0);
      width = Math.max(width, text.length);
      return text;
    }
    const shown = (from: number, length: number) =>
      Array.from({ length }, (_, i) => pick(axis + 1, at * size + from + i));
    return data.length > MOST && size > 2 * EDGE
      ? [...shown(0, EDGE), GAP, ...shown(size - EDGE, EDGE)]
      : shown(0, size);
  };
  const parts = pick(0, 0);
  const render = (part: Part, depth: number): string => {
    if (typeof part === 'string') return part === GAP ? part : part.padStart(width);
    const indent = ' '.repeat(depth + 1);
    const texts = part.map((one) => render(one, depth + 1));
    const between = `,${'\n'.repeat(shape.length - depth - 1)}${indent}`;
    if (depth < shape.length - 1) return `[${texts.join(between)}]`;
    const perLine = Math.max(1, Math.floor((LINE - depth) / (width + 2)));
    const lines = Array.from({ length: Math.ceil(texts.length / perLine) }, (_, i) =>
      texts.slice(i * perLine, (i + 1) * perLine).join(', '),
    );
    return `[${lines.join(`,\n${indent}`)}]`;
  };
  return render(parts, 0);
}
