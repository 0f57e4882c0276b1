/** Layers of several inputs as operators of ONNX. */
import { natural } from '../orders.ts';
import type { Call } from './call.ts';
import type { Value } from './emitter.ts';

/** Operators, and whether they take any number of inputs; the others take two, and are applied from the first to the last. */
const MERGES: Readonly<Record<string, readonly [op: string, any: boolean]>> = {
  add: ['Add', false],
  subtract: ['Sub', false],
  multiply: ['Mul', false],
  average: ['Mean', true],
  maximum: ['Max', true],
  minimum: ['Min', true],
};

export function merge({ e, kind, inputs, x, shape, label }: Call): Value {
  if (inputs.length === 1) return x;
  // samples of fewer axes get leading axes of 1
  const rank = shape.length;
  const values = inputs.map((one) => {
    const lacking = rank - one.shape.length;
    return lacking === 0 ? one : e.reshaped(one, [...natural(lacking).map(() => 1), ...one.shape], label);
  });
  const order = e.commonOrder(values);
  const [first = '', ...others] = values.map((one) => e.arranged(one, order, label));
  const [op, any] = MERGES[kind] ?? ['Add', false];
  const at = any
    ? e.node(op, [first, ...others], label)
    : others.reduce((sum, one) => e.node(op, [sum, one], label), first);
  return e.value(at, shape, order);
}

export function concatenate({ e, inputs, x, shape, options, label }: Call): Value {
  if (inputs.length === 1) return x;
  const order = e.commonOrder(inputs);
  const axis = options.axis as number;
  const at = order.indexOf(axis < 0 ? shape.length + 1 + axis : axis);
  const names = inputs.map((one) => e.arranged(one, order, label));
  return e.value(e.node('Concat', names, label, { axis: { i: at } }), shape, order);
}
