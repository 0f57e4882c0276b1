import * as kinds from '../../../../assembly/codes.ts';
import * as words from '../../../../assembly/words/unary.ts';
import { full } from '../../../engine/full.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation } from '../../operation.ts';
import { arithmetic } from './arithmetic.ts';

/** Nanoseconds a number, for functions that are more than some arithmetic. */
const COSTS: Readonly<Record<number, number>> = {
  [kinds.EXP]: 1,
  [kinds.LOG]: 2,
  [kinds.LOG1P]: 2,
  [kinds.EXPM1]: 2,
  [kinds.ERF]: 3,
  [kinds.SIN]: 3,
  [kinds.COS]: 3,
};

/** y = f(x). */
const unary = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'unary',
    needs: full,
    floats: ['parameter', 'parameter2'],
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: ({ n, perRow, kind }, rows) => (perRow ? rows : 1) * n * (COSTS[kind] ?? 0.25),
    gradient({ label, inputs: { x }, outputs: { y }, attributes, dy: { y: dy } }): Gradients<'x'> {
      if (dy === undefined || y === undefined) return {};
      const { kind, parameter, parameter2 } = attributes;
      const m = arithmetic(label);
      switch (kind) {
        case kinds.NEGATE:
          return { x: m.negate(dy) };
        case kinds.SQUARE:
          return { x: m.multiply(dy, m.multiply(x, 2)) };
        case kinds.SQRT:
          return { x: m.divide(dy, m.multiply(y, 2)) };
        case kinds.RECIPROCAL:
          return { x: m.negate(m.multiply(dy, m.square(y))) };
        case kinds.EXP:
          return { x: m.multiply(dy, y) };
        case kinds.LOG:
          return { x: m.divide(dy, x) };
        case kinds.LOG1P:
          return { x: m.divide(dy, m.add(x, 1)) };
        case kinds.EXPM1:
          return { x: m.multiply(dy, m.exp(x)) };
        case kinds.ABS:
          return { x: m.multiply(dy, m.sign(x)) };
        case kinds.ERF:
          return { x: m.multiply(dy, m.multiply(m.exp(m.negate(m.square(x))), 1.1283791670955126)) };
        case kinds.SIN:
          return { x: m.multiply(dy, m.cos(x)) };
        case kinds.COS:
          return { x: m.negate(m.multiply(dy, m.sin(x))) };
        case kinds.CLIP:
          return {
            x: m.multiply(dy, m.multiply(m.greaterEqual(x, parameter), m.lessEqual(x, parameter2))),
          };
        default:
          // steps: flat between their jumps
          return {};
      }
    },
  },
);

/** f(x), element by element. */
export function transform(label: string, kind: number, x: Value, parameter = 0, parameter2 = 0): Value {
  const numbers = { kind, n: x.size, perRow: x.rows ? 1 : 0, parameter, parameter2 };
  return x.graph.add(unary, label, { x }, numbers).y;
}

/** x between two bounds; the gradient is 0 outside of them. */
export const clipped = (label: string, x: Value, low: number, high: number): Value =>
  transform(label, kinds.CLIP, x, low, high);
