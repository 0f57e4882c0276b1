import {
  GELU,
  GELU_TANH,
  HARD_SIGMOID,
  HARD_SILU,
  HARD_TANH,
  LEAKY_RELU,
  LINEAR,
  RELU,
  RELU6,
  SILU,
  SOFTMAX,
  SOFTPLUS,
  SOFTSIGN,
} from '../../../assembly/codes.ts';
import * as words from '../../../assembly/words/activation.ts';
import * as gradientWords from '../../../assembly/words/activation-gradient.ts';
import type { Activation } from '../../activations.ts';
import type { Graph, Value } from '../graph.ts';
import { type Gradients, operation } from '../operation.ts';

const CHEAP: readonly number[] = [LINEAR, RELU, LEAKY_RELU, HARD_SIGMOID, SOFTSIGN, RELU6, HARD_SILU, HARD_TANH];
/** Their derivatives cost more than some arithmetic on the output. */
const COSTLY: readonly number[] = [GELU, GELU_TANH, SILU, SOFTPLUS];
/** Their derivatives read the input instead of the output. */
export const FROM_INPUT: readonly number[] = [GELU, GELU_TANH, SILU, HARD_SILU];

/** y = activation(x), element by element; softmax over rows of `cols`. */
export const activation = /* @__PURE__ */ operation(
  words,
  { inputs: ['x'], outputs: ['y'] },
  {
    name: 'activation',
    floats: ['alpha'],
    overwrites: { y: 'x' },
    shape: ({ x }) => ({ y: x }),
    cost: ({ perRow, kind, fixed }, rows) => (fixed ? 1 : rows) * perRow * (CHEAP.includes(kind) ? 0.2 : 1.5),
    gradient({ graph, label, inputs: { x }, outputs: { y }, attributes, dy }): Gradients<'x'> {
      if (dy.y === undefined) return {};
      const from = FROM_INPUT.includes(attributes.kind) ? { x } : {};
      return { x: graph.add(activationGradient, `${label} backward`, { dy: dy.y, y, ...from }, attributes).dx };
    },
  },
);

/** dx = dy activation'(x). */
export const activationGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dy'], optional: ['x', 'y'], outputs: ['dx'] },
  {
    name: 'activationGradient',
    floats: ['alpha'],
    overwrites: { dx: 'dy' },
    shape: ({ dy }) => ({ dx: dy }),
    cost: ({ perRow, kind, fixed }, rows) => (fixed ? 1 : rows) * perRow * (COSTLY.includes(kind) ? 1.5 : 0.3),
    gradient({ graph, label, inputs: { x, y }, attributes, dy, wants }): Gradients<'dy'> {
      if (wants('x') || wants('y'))
        throw new Error(
          `${label}: second derivatives of activations by their input are not available; compose the activation of ops`,
        );
      if (dy.dx === undefined) return {};
      return { dy: graph.add(activationGradient, label, { dy: dy.dx, x, y }, attributes).dx };
    },
  },
);

/** Records `activation` of `x`. */
export function activate(graph: Graph, label: string, { kind, alpha }: Activation, x: Value): Value {
  const cols = kind === SOFTMAX ? (x.shape.at(-1) ?? 1) : 1;
  return graph.add(activation, label, { x }, { perRow: x.size, fixed: x.rows ? 0 : 1, kind, alpha, cols }).y;
}
