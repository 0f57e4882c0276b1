/** Activations as operators of ONNX. */
import type { Json } from '../../config.ts';
import { show } from '../../validate.ts';
import { type Named, refuse } from '../refusal.ts';
import { type Emitter, formOf, type Value } from './emitter.ts';
import type { Attribute } from './proto.ts';

type Attributes = Readonly<Record<string, Attribute>>;

/** Those that are one operator. The last of Keras have no name here, but a function. */
const OPERATORS: Readonly<Record<string, readonly [op: string, attributes?: Attributes]>> = {
  relu: ['Relu'],
  selu: ['Selu'],
  gelu: ['Gelu'],
  geluTanh: ['Gelu', { approximate: { s: 'tanh' } }],
  sigmoid: ['Sigmoid'],
  hardSigmoid: ['HardSigmoid', { alpha: { f: 1 / 6 }, beta: { f: 0.5 } }],
  tanh: ['Tanh'],
  softplus: ['Softplus'],
  softsign: ['Softsign'],
  hardSilu: ['HardSwish'],
  exp: ['Exp'],
  celu: ['Celu'],
  mish: ['Mish'],
  hardShrink: ['Shrink', { lambd: { f: 0.5 } }],
  softShrink: ['Shrink', { lambd: { f: 0.5 }, bias: { f: 0.5 } }],
};

/** `x` between two numbers; the upper one may be missing. */
export function clip(e: Emitter, x: Value, least: number, most: number | undefined, label: string): Value {
  const { at, order } = formOf(x);
  const limits = [least, ...(most === undefined ? [] : [most])].map((one, i) =>
    e.scalar(`${label}/${i === 0 ? 'min' : 'max'}`, one),
  );
  return e.value(e.node('Clip', [at, ...limits], label), x.shape, order);
}

/** Softmax or its logarithm along an axis of the samples, counted from 0. */
export function softmax(e: Emitter, x: Value, op: 'Softmax' | 'LogSoftmax', axis: number, label: string): Value {
  const { order } = formOf(x);
  return e.pointwise(x, op, label, { axis: { i: order.indexOf(axis + 1) } });
}

/** Records an activation of a layer's output. @throws RangeError that names the layer if ONNX has no such operator */
export function activate(e: Emitter, x: Value, spec: Json | undefined, layer: Named): Value {
  const own =
    typeof spec === 'object' && spec !== null
      ? (spec as { name?: string; alpha?: number; function?: string })
      : { name: spec as string | undefined };
  const name = own.name ?? own.function ?? 'linear';
  const label = layer.name;
  const last = x.shape.length - 1;
  switch (name) {
    case 'linear':
      return x;
    case 'relu6':
      return clip(e, x, 0, 6, label);
    case 'hardTanh':
      return clip(e, x, -1, 1, label);
    case 'leakyRelu':
      return e.pointwise(x, 'LeakyRelu', label, { alpha: { f: own.alpha ?? 0.2 } });
    case 'elu':
      return e.pointwise(x, 'Elu', label, { alpha: { f: own.alpha ?? 1 } });
    case 'softmax':
      return softmax(e, x, 'Softmax', last, label);
    case 'logSoftmax':
      return softmax(e, x, 'LogSoftmax', last, label);
    case 'silu':
    case 'tanhShrink': {
      const [op, join] = name === 'silu' ? (['Sigmoid', 'Mul'] as const) : (['Tanh', 'Sub'] as const);
      const { at, order } = formOf(x);
      return e.value(e.node(join, [at, e.node(op, [at], label)], label), x.shape, order);
    }
  }
  const known = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined;
  if (known === undefined) refuse(layer, `ONNX has no activation ${show(name)}`);
  return e.pointwise(x, known[0], label, known[1]);
}
