/** Activations that can be differentiated more than once: the kernels of the layers, and their second derivatives from arithmetic. */
import * as kinds from '../../../../assembly/codes.ts';
import * as words from '../../../../assembly/words/activation.ts';
import * as gradientWords from '../../../../assembly/words/activation-gradient.ts';
import { full } from '../../../engine/full.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation } from '../../operation.ts';
import { activation, activationGradient, FROM_INPUT } from '../activation.ts';
import { arithmetic } from './arithmetic.ts';
import { reduceAxes } from './reduce.ts';

const smooth = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: activation.name,
    floats: ['alpha'],
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: activation.cost,
    gradient({ graph, label, inputs: { x }, outputs: { y }, attributes, dy }): Gradients<'x'> {
      if (dy.y === undefined) return {};
      const from = FROM_INPUT.includes(attributes.kind) ? { x } : { y };
      return { x: graph.add(smoothGradient, label, { dy: dy.y, ...from }, attributes).dx };
    },
  },
);

/** The second derivative, by whichever the first one reads; undefined where it is 0. */
function curvature(label: string, kind: number, from: Value): Value | undefined {
  const m = arithmetic(label);
  switch (kind) {
    case kinds.ELU:
    case kinds.SELU:
      return m.lessEqual(from, 0);
    case kinds.SIGMOID:
      return m.add(m.multiply(from, -2), 1);
    case kinds.TANH:
      return m.multiply(from, -2);
    case kinds.SOFTPLUS:
      return m.exp(m.negate(from));
    case kinds.SOFTSIGN:
      return m.multiply(m.subtract(from, m.sign(from)), 2);
    case kinds.SILU: {
      const s = sigmoid(label, from);
      const slope = m.subtract(s, m.square(s));
      return m.multiply(slope, m.add(m.multiply(from, m.add(m.multiply(s, -2), 1)), 2));
    }
    case kinds.HARD_SILU:
      return m.multiply(m.less(m.abs(from), 3), 1 / 3);
    case kinds.GELU: {
      // φ(x) (2 - x²), with 1 / √(2π)
      const square = m.square(from);
      const density = m.multiply(m.exp(m.multiply(square, -0.5)), 0.3989422804014327);
      return m.multiply(density, m.add(m.negate(square), 2));
    }
    case kinds.GELU_TANH: {
      // u = √(2/π) (x + 0.044715 x³), t = tanh u: (1 - t²) (u' + x u'' / 2 - x t u'²)
      const [c, d] = [0.7978845608028654, 0.044715];
      const square = m.square(from);
      const u = m.multiply(m.multiply(from, m.add(m.multiply(square, d), 1)), c);
      const t = activated(label, kinds.TANH, 0, u);
      const first = m.multiply(m.add(m.multiply(square, 3 * d), 1), c);
      const bend = m.multiply(square, 3 * c * d);
      const turn = m.multiply(m.multiply(from, t), m.square(first));
      return m.multiply(m.subtract(m.add(first, bend), turn), m.add(m.negate(m.square(t)), 1));
    }
    default:
      return undefined;
  }
}

const smoothGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dy'], optional: ['x', 'y'], outputs: ['dx'] },
  {
    name: activationGradient.name,
    needs: full,
    floats: ['alpha'],
    overwrites: { dx: 'dy' },
    shape: ({ dy }) => ({ dx: dy }),
    cost: activationGradient.cost,
    gradient({ graph, label, inputs: { dy, x, y }, attributes, dy: { dx: g }, wants }): Gradients<'dy' | 'x' | 'y'> {
      if (g === undefined) return {};
      const back = wants('dy') ? graph.add(smoothGradient, label, { dy: g, x, y }, attributes).dx : undefined;
      const m = arithmetic(label);
      if (attributes.kind === kinds.SOFTMAX && y !== undefined) {
        // dx = y (dy - Σ dy y), by y
        const total = (of: Value): Value => reduceAxes(label, kinds.SUM, of, [of.shape.length - 1], false, true);
        const direct = m.multiply(g, m.subtract(dy, total(m.multiply(dy, y))));
        return { dy: back, y: m.subtract(direct, m.multiply(dy, total(m.multiply(g, y)))) };
      }
      const bend = (from: Value | undefined): Value | undefined => {
        const slope = from && curvature(label, attributes.kind, from);
        return slope && m.multiply(m.multiply(g, dy), slope);
      };
      return { dy: back, x: wants('x') ? bend(x) : undefined, y: wants('y') ? bend(y) : undefined };
    },
  },
);

/** An activation by its code; softmax runs over the last axis. */
export function activated(label: string, kind: number, alpha: number, x: Value): Value {
  const cols = kind === kinds.SOFTMAX ? (x.shape.at(-1) ?? 1) : 1;
  return x.graph.add(smooth, label, { x }, { perRow: x.size, fixed: x.rows ? 0 : 1, kind, alpha, cols }).y;
}

const sigmoid = (label: string, x: Value): Value => activated(label, kinds.SIGMOID, 0, x);
