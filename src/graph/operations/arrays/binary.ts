import * as kinds from '../../../../assembly/codes.ts';
import * as words from '../../../../assembly/words/binary.ts';
import { full } from '../../../engine/full.ts';
import { sizeOf } from '../../../validate.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, type Inputs, type Numbers, operation, type Type } from '../../operation.ts';
import { arithmetic } from './arithmetic.ts';
import { broadcast, isFull, layoutOf } from './broadcast.ts';
import { expand } from './copy.ts';
import { sumTo } from './reduce.ts';

const names = { inputs: ['a', 'b'], outputs: ['y'] } as const;

type Sizes = Numbers<'kind' | 'n' | 'perRow' | 'aPeriod' | 'aRepeat' | 'bPeriod' | 'bRepeat'>;

const rules = {
  name: 'binary',
  needs: full,
  shape: (_: Inputs<'a' | 'b', never>, { n, perRow }: Sizes): { y: Type } => ({
    y: { shape: [n], rows: perRow === 1 },
  }),
  cost: ({ n, perRow, kind }: Sizes, rows: number): number =>
    (perRow ? rows : 1) * n * (kind === kinds.POWER ? 14 : 0.25),
};

/** a OP b with its gradients. They have the shape of the result; `sumTo` adds them up for broadcast operands. */
function gradientOf({
  label,
  inputs: { a, b },
  outputs: { y },
  attributes: { kind },
  dy: { y: dy },
  wants,
}: {
  readonly label: string;
  readonly inputs: Inputs<'a' | 'b', never>;
  readonly outputs: Readonly<Partial<Record<'y', Value>>>;
  readonly attributes: Sizes;
  readonly dy: Readonly<Partial<Record<'y', Value>>>;
  readonly wants: (input: 'a' | 'b') => boolean;
}): Gradients<'a' | 'b'> {
  if (dy === undefined || y === undefined) return {};
  const type = broadcast(label, [a, b]);
  const g = dy.graph.view(dy, type.shape);
  const m = arithmetic(label);
  /** The share of a tie: half for each, as in JAX and PyTorch. */
  const wins = (x: Value, other: Value): Value =>
    m.add(kind === kinds.MAXIMUM ? m.greater(x, other) : m.less(x, other), m.multiply(m.equal(x, other), 0.5));
  const byA = (): Value | undefined => {
    switch (kind) {
      case kinds.ADD:
      case kinds.SUBTRACT:
        return g;
      case kinds.MULTIPLY:
        return m.multiply(g, b);
      case kinds.DIVIDE:
        return m.divide(g, b);
      case kinds.POWER: {
        // the derivative of x^0 is 0, at 0 too
        const exponent = m.select(m.equal(b, 0), 1, m.subtract(b, 1));
        return m.multiply(g, m.multiply(b, m.power(a, exponent)));
      }
      case kinds.MINIMUM:
      case kinds.MAXIMUM:
        return m.multiply(g, wins(a, b));
      default:
        return undefined;
    }
  };
  const byB = (): Value | undefined => {
    switch (kind) {
      case kinds.ADD:
        return g;
      case kinds.SUBTRACT:
        return m.negate(g);
      case kinds.MULTIPLY:
        return m.multiply(g, a);
      case kinds.DIVIDE:
        return m.negate(m.divide(m.multiply(g, a), m.square(b)));
      case kinds.POWER:
        // where the logarithm exists
        return m.multiply(g, m.multiply(m.power(a, b), m.log(m.select(m.greater(a, 0), a, 1))));
      case kinds.MINIMUM:
      case kinds.MAXIMUM:
        return m.multiply(g, wins(b, a));
      default:
        return undefined;
    }
  };
  const to = (x: Value, gradient: Value | undefined): Value | undefined => gradient && sumTo(label, gradient, x);
  return { a: wants('a') ? to(a, byA()) : undefined, b: wants('b') ? to(b, byB()) : undefined };
}

/** y = a OP b. The three differ in which operand the result may overwrite: one that is not broadcast. */
const binary = /* @__PURE__ */ variant();
const overA = /* @__PURE__ */ variant({ y: 'a' });
const overB = /* @__PURE__ */ variant({ y: 'b' });

// a function, because bundlers keep what a spread is part of
function variant(overwrites?: { readonly y: 'a' | 'b' }) {
  return operation(words, names, { ...rules, ...(overwrites && { overwrites }), gradient: gradientOf });
}

/** a OP b with NumPy's broadcasting. */
export function combine(label: string, kind: number, a: Value, b: Value): Value {
  const { graph } = a;
  const type = broadcast(label, [a, b]);
  const operand = (x: Value) => {
    const layout = layoutOf(x, type);
    return layout === undefined ? { x: expand(label, x, type), layout: { period: 0, repeat: 1 } } : { x, layout };
  };
  const [left, right] = [operand(a), operand(b)];
  const over = isFull(left.layout) ? overA : isFull(right.layout) ? overB : binary;
  const { y } = graph.add(
    over,
    label,
    { a: left.x, b: right.x },
    {
      kind,
      n: sizeOf(type.shape),
      perRow: type.rows ? 1 : 0,
      aPeriod: left.layout.period,
      aRepeat: left.layout.repeat,
      bPeriod: right.layout.period,
      bRepeat: right.layout.repeat,
    },
  );
  return graph.view(y, type.shape);
}
