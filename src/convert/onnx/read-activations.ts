/** Operators on each number by itself as activations, which the layer before takes over if nothing else needs its output. */
import type { Json } from '../../config.ts';
import type { Form } from '../orders.ts';
import { tableOf } from '../refusal.ts';
import { type Context, formOf, made, type Value } from './context.ts';
import { type Node, shortest } from './proto.ts';
import { limited } from './read-limits.ts';
import { patternOf } from './read-patterns.ts';

const PLAIN: Readonly<Record<string, string>> = tableOf({
  Relu: 'relu',
  Sigmoid: 'sigmoid',
  Tanh: 'tanh',
  Softplus: 'softplus',
  Softsign: 'softsign',
  HardSwish: 'hardSilu',
});
/** Activations that layers have no name for, but functions. */
const FUNCTIONS: Readonly<Record<string, string>> = tableOf({ Exp: 'exp', Mish: 'mish' });

/** Outputs of these are never below 0. */
const POSITIVE = new Set<Json>(['relu', 'relu6', 'sigmoid', 'hardSigmoid', 'softplus', 'softmax']);

const near = (a: number | undefined, b: number): boolean => a !== undefined && Math.abs(a - b) < 1e-6;

/** The activation that an operator is, for a value whose last axis here is `last`; undefined for any other operator. */
function specOf(node: Node, context: Context, rank: number, last: number | undefined): Json | undefined {
  const { op, attributes } = node;
  if (Object.hasOwn(PLAIN, op)) return PLAIN[op];
  if (Object.hasOwn(FUNCTIONS, op)) return { function: FUNCTIONS[op] ?? '' };
  const number = (name: string, otherwise: number) => attributes.get(name)?.f ?? otherwise;
  switch (op) {
    case 'LeakyRelu':
    case 'Elu': {
      const alpha = number('alpha', op === 'Elu' ? 1 : 0.01);
      return alpha >= 0 && Number.isFinite(alpha) ? { name: op === 'Elu' ? 'elu' : 'leakyRelu', alpha } : undefined;
    }
    case 'Selu':
      return near(number('alpha', 1.6732632), 1.6732632) && near(number('gamma', 1.050701), 1.050701)
        ? 'selu'
        : undefined;
    case 'HardSigmoid':
      return near(number('alpha', 0.2), 1 / 6) && near(number('beta', 0.5), 0.5) ? 'hardSigmoid' : undefined;
    case 'Gelu':
      return attributes.get('approximate')?.s === 'tanh' ? 'geluTanh' : 'gelu';
    case 'Celu':
      return number('alpha', 1) === 1 ? { function: 'celu' } : undefined;
    case 'Swish':
      return number('alpha', 1) === 1 ? 'silu' : undefined;
    case 'Shrink':
      if (!near(number('lambd', 0.5), 0.5)) return undefined;
      if (number('bias', 0) === 0) return { function: 'hardShrink' };
      return near(number('bias', 0), 0.5) ? { function: 'softShrink' } : undefined;
    case 'Clip': {
      const [least, most] = limitsOf(node, context);
      if (least === 0 && most === 6) return 'relu6';
      return least === -1 && most === 1 ? 'hardTanh' : undefined;
    }
    case 'Softmax':
    case 'LogSoftmax': {
      // older versions take the axes from this one on as one
      const axis = attributes.get('axis')?.i ?? (context.known.opset < 13 ? 1 : -1);
      if (last === undefined || (axis < 0 ? rank + axis : axis - 1) !== last) return undefined;
      if (context.known.opset < 13 && last !== rank - 1) return undefined;
      return op === 'Softmax' ? 'softmax' : { function: 'logSoftmax' };
    }
    default:
      return undefined;
  }
}

/** The two limits of Clip, from attributes or inputs; undefined where there is none, or it is not constant. */
function limitsOf({ attributes, inputs }: Node, { known }: Context): readonly (number | undefined)[] {
  return ['min', 'max'].map((name, i) => {
    const constant = known.constants.get(inputs[i + 1] ?? '');
    const [given] = constant?.floats() ?? [];
    return attributes.get(name)?.f ?? (given === undefined ? undefined : shortest(given));
  });
}

/** The activation behind a layer, whose output it takes over; 'linear' if there is none. `order`: of the axes of the output here. */
export function absorb(context: Context, order: readonly number[]): Json {
  const users = context.known.users.get(context.output) ?? [];
  const [node] = users;
  if (node === undefined || node === 'graph') return 'linear';
  const { spec: whole, nodes = [] } = patternOf(node, context.output, context) ?? {};
  if (whole !== undefined && users.every((user) => user !== 'graph' && nodes.includes(user))) {
    for (const one of nodes) context.take(one);
    return whole;
  }
  if (users.length > 1 || node.inputs[0] !== context.output) return 'linear';
  const spec = specOf(node, context, order.length, order.at(-1));
  if (spec === undefined) return 'linear';
  context.take(node);
  return spec;
}

export const isPositive = (spec: Json): boolean => POSITIVE.has(spec);

/** An operator that no layer has taken over. */
export function activation(context: Context): Value {
  const { node } = context;
  const x = context.value();
  const rank = x.shape.length;
  if (/Softmax$/.test(node.op)) return softmax(context, x);
  const spec = specOf(node, context, rank, undefined);
  return spec === undefined ? other(context, x) : placed(context, formOf(x), x, spec);
}

/** One that is written as several nodes, of which this is the first; undefined if it is not. */
export function pattern(context: Context): Value | undefined {
  const [name = ''] = context.node.inputs;
  const x = context.known.values.get(name);
  const found = x === undefined ? undefined : patternOf(context.node, name, context);
  if (x === undefined || found === undefined) return undefined;
  for (const node of found.nodes) context.take(node);
  return placed(context, formOf(x), x, found.spec);
}

function placed(context: Context, { at, order }: Form<number>, { shape }: Value, spec: Json): Value {
  return made(context.layer('activation', { activation: spec }, [at]), shape, order, isPositive(spec));
}

function softmax(context: Context, x: Value): Value {
  const rank = x.shape.length;
  const old = context.known.opset < 13;
  const axis = context.axis(context.integer('axis', old ? 1 : -1), rank);
  if (old && axis !== rank - 1)
    context.refuse(`it takes ${rank - axis} axes as one; write the file with opset 13 or newer`);
  const spec = context.node.op === 'Softmax' ? 'softmax' : { function: 'logSoftmax' };
  return placed(context, context.withLast(x, axis), x, spec);
}

/** Those that are layers of their own. */
function other(context: Context, x: Value): Value {
  const { shape } = x;
  const { at, order } = formOf(x);
  const { node } = context;
  const layer = (className: string, options: Readonly<Record<string, Json>>, from = at) =>
    context.layer(className, options, [from]);
  switch (node.op) {
    case 'Clip': {
      const lacking = ['min', 'max'].some((_, i) => context.has(i + 1) && context.constant(i + 1) === undefined);
      if (lacking) context.refuse('its limits must be constant');
      const [least, most] = limitsOf(node, context);
      return limited(context, x, least, most);
    }
    case 'ThresholdedRelu': {
      const threshold = context.float('alpha', 1);
      if (threshold < 0) context.refuse(`its threshold must be at least 0, got ${threshold}`);
      return made(layer('reLU', { threshold }), shape, order, true);
    }
    case 'HardSigmoid': {
      const line = layer('rescaling', { scale: context.float('alpha', 0.2), offset: context.float('beta', 0.5) });
      return made(layer('reLU', { maxValue: 1 }, line), shape, order, true);
    }
    default:
      return context.refuse('there is no activation with its parameters');
  }
}
