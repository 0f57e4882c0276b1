/** Layers that normalize as operators of ONNX, with the statistics of prediction. */

import { sizeOf } from '../../validate.ts';
import type { ArrayOf } from '../described.ts';
import { natural } from '../orders.ts';
import { refuse } from '../refusal.ts';
import type { Call } from './call.ts';
import { along, filled, formOf, type Value } from './emitter.ts';

/** Axes of options, counted with that of the batch. */
function axesOf({ options, x }: Call): readonly number[] {
  const { axis } = options;
  const all = (Array.isArray(axis) ? axis : axis === null ? [] : [axis]) as readonly number[];
  return all.map((one) => (one < 0 ? x.shape.length + 1 + one : one)).sort((a, b) => a - b);
}

/** The weight, or one number for each entry if the layer has none. */
const weightOr = (call: Call, name: string, shape: readonly number[], value: number): string => {
  const array = call.has(name) ? call.weight(name) : { shape, data: filled(sizeOf(shape), value).data };
  return call.e.floats(`${call.path}/${name}`, { ...array, shape });
};

/** The order with this axis behind that of the batch. */
const withSecond = (rank: number, axis: number): readonly number[] => [
  0,
  axis,
  ...natural(rank).filter((one) => one !== 0 && one !== axis),
];

export function batch(call: Call): Value {
  const { e, x, label, shape, options } = call;
  const [axis = 1] = axesOf(call);
  const order = withSecond(shape.length + 1, axis);
  const channels = [shape[axis - 1] ?? 1];
  const weights = [
    weightOr(call, 'gamma', channels, 1),
    weightOr(call, 'beta', channels, 0),
    weightOr(call, 'moving_mean', channels, 0),
    weightOr(call, 'moving_variance', channels, 1),
  ];
  const inputs = [e.arranged(x, order, label), ...weights];
  const attributes = { epsilon: { f: options.epsilon as number }, momentum: { f: options.momentum as number } };
  return e.value(e.node('BatchNormalization', inputs, label, attributes), shape, order);
}

export function layer(call: Call): Value {
  const { e, x, label, shape, options } = call;
  const axes = axesOf(call);
  // ONNX normalizes over the last axes
  const order = [...natural(shape.length + 1).filter((axis) => !axes.includes(axis)), ...axes];
  const sizes = axes.map((axis) => shape[axis - 1] ?? 1);
  const inputs = [e.arranged(x, order, label), weightOr(call, 'gamma', sizes, 1), weightOr(call, 'beta', sizes, 0)];
  const at = e.node('LayerNormalization', inputs, label, {
    axis: { i: order.length - axes.length },
    epsilon: { f: options.epsilon as number },
  });
  return e.value(at, shape, order);
}

/** Groups become channels of one row. */
export function group(call: Call): Value {
  const { e, x, label, path, shape, options } = call;
  const [axis = 1] = axesOf(call);
  const order = withSecond(shape.length + 1, axis);
  const channels = shape[axis - 1] ?? 1;
  const groups = options.groups === -1 ? channels : (options.groups as number);
  const epsilon = { epsilon: { f: options.epsilon as number } };
  const from = e.arranged(x, order, label);
  if (groups === channels && shape.length > 1) {
    const inputs = [from, weightOr(call, 'gamma', [channels], 1), weightOr(call, 'beta', [channels], 0)];
    return e.value(e.node('InstanceNormalization', inputs, label, epsilon), shape, order);
  }
  const rows = e.node('Reshape', [from, e.integers(`${label}/groups`, [0, groups, -1])], label);
  const [ones, zeros] = [e.floats(`${path}/ones`, filled(groups, 1)), e.floats(`${path}/zeros`, filled(groups, 0))];
  const normal = e.node('InstanceNormalization', [rows, ones, zeros], label, epsilon);
  const back = e.integers(`${label}/shape`, [0, ...order.slice(1).map((one) => shape[one - 1] ?? 1)]);
  let y = e.value(e.node('Reshape', [normal, back], label), shape, order);
  for (const [name, op] of [
    ['gamma', 'Mul'],
    ['beta', 'Add'],
  ] as const)
    if (call.has(name))
      y = e.withConstant(y, op, `${path}/${name}`, along(shape.length, axis - 1, call.weight(name).data), label);
  return y;
}

export function unit(call: Call): Value {
  const { e, x, label, kind } = call;
  const [axis = 1, ...others] = axesOf(call);
  if (others.length > 0) refuse({ name: label, kind }, 'ONNX has no such operator along more than one axis');
  const { order } = formOf(x);
  return e.pointwise(x, 'LpNormalization', label, { axis: { i: order.indexOf(axis) }, p: { i: 2 } });
}

/** Statistics of a data set: two constants. */
export function normalize(call: Call): Value {
  const { e, x, label, path, options, shape } = call;
  const axes = axesOf(call);
  const placed = (data: Float32Array): ArrayOf => ({
    shape: shape.map((size, axis) => (axes.includes(axis + 1) ? size : 1)),
    data,
  });
  const mean = placed(call.weight('mean').data);
  const deviation = placed(call.weight('variance').data.map((one) => Math.max(Math.sqrt(one), 1e-7)));
  const steps = [['Sub', 'mean', mean] as const, ['Div', 'deviation', deviation] as const];
  const inverted = [['Mul', 'deviation', deviation] as const, ['Add', 'mean', mean] as const];
  return (options.invert === true ? inverted : steps).reduce<Value>(
    (y, [op, name, constant]) => e.withConstant(y, op, `${path}/${name}`, constant, label),
    x,
  );
}
