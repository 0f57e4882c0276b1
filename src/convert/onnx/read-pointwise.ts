/** Sums and products: of several values, merge layers; with a constant, a rescaling. */
import type { Json } from '../../config.ts';
import { show, showShape, sizeOf } from '../../validate.ts';
import { tableOf } from '../refusal.ts';
import type { Constant } from './constants.ts';
import { type Context, formOf, made, type Value } from './context.ts';
import { shortest } from './proto.ts';
import { limited } from './read-limits.ts';

const MERGES: Readonly<Record<string, string>> = tableOf({
  Add: 'add',
  Sum: 'add',
  Sub: 'subtract',
  Mul: 'multiply',
  Mean: 'average',
  Max: 'maximum',
  Min: 'minimum',
});

/** Samples of both broadcast; the batch is one axis, so equally many. */
function broadcast(context: Context, values: readonly Value[]): readonly number[] {
  const [first] = values;
  const rank = first?.shape.length ?? 0;
  const shape = (first?.shape ?? []).map((_, axis) => Math.max(...values.map((one) => one.shape[axis] ?? 1)));
  const fits = values.every(
    (one) => one.shape.length === rank && one.shape.every((size, axis) => size === 1 || size === shape[axis]),
  );
  if (!fits)
    context.refuse(
      `its inputs ${values
        .map((one) => showShape(['..', ...one.shape]))
        .join(', ')
        .slice(0, 200)} do not fit`,
    );
  return shape;
}

export function merge(context: Context): Value {
  const { node } = context;
  const constants = node.inputs.map((_, i) => context.constant(i));
  if (constants.some((one) => one !== undefined)) return withConstant(context, constants);
  const kind = MERGES[node.op] ?? context.refuse('there is no layer that divides one value by another');
  const values = node.inputs.map((_, i) => context.value(i));
  const [first] = values;
  if (first === undefined) return context.refuse('it has no inputs');
  if (values.length === 1) return first;
  const shape = broadcast(context, values);
  const { order } = formOf(first);
  const at = context.layer(
    kind,
    {},
    values.map((one) => context.arranged(one, order)),
  );
  return made(at, shape, order, kind !== 'subtract' && values.every(({ positive }) => positive));
}

/** `scale x + offset` of one number, or of one along an axis. */
function withConstant(context: Context, constants: readonly (Constant | undefined)[]): Value {
  const { op, inputs } = context.node;
  const [a, b] = constants;
  const constant = a ?? b;
  if (inputs.length !== 2 || constant === undefined || (a && b))
    return context.refuse('expected one value and one constant');
  const x = context.value(a === undefined ? 0 : 1);
  const { value, numbers } = along(context, x, constant);
  const all = (list: readonly number[]): Json => (list.length === 1 ? (list[0] ?? 0) : list);
  const { at, order } = value;
  const rescaled = (scale: Json, offset: Json): Value =>
    context.reshaped(made(context.layer('rescaling', { scale, offset }, [at]), value.shape, order), x.shape);
  switch (op) {
    case 'Add':
      return rescaled(1, all(numbers));
    case 'Sub':
      return a === undefined ? rescaled(1, all(numbers.map((one) => -one))) : rescaled(-1, all(numbers));
    case 'Mul':
      return rescaled(all(numbers), 0);
    case 'Div':
      if (a !== undefined) context.refuse('there is no layer that divides by a value');
      return rescaled(all(numbers.map((one) => 1 / one)), 0);
    case 'Min':
    case 'Max':
      if (numbers.length !== 1) context.refuse('its limit must be one number');
      return op === 'Max' ? limited(context, x, numbers[0], undefined) : limited(context, x, undefined, numbers[0]);
  }
  return context.refuse('there is no such layer');
}

interface Along {
  readonly value: { readonly shape: readonly number[]; readonly at: number; readonly order: readonly number[] };
  /** One, or one for each entry of its last axis. */
  readonly numbers: readonly number[];
}

/** The value with its last axis along which a constant varies; flattened, if there are several. */
function along(context: Context, x: Value, constant: Constant): Along {
  const { shape } = x;
  const rank = shape.length;
  const sizes = [...Array.from({ length: Math.max(0, rank - constant.shape.length) }, () => 1), ...constant.shape];
  // the batch has one in front
  const own = sizes.slice(-rank);
  if (
    sizes.length > rank + 1 ||
    sizeOf(own) !== sizeOf(sizes) ||
    own.some((size, i) => size !== 1 && size !== shape[i])
  )
    context.refuse(`its constant ${showShape(constant.shape)} does not fit samples ${showShape(['..', ...shape])}`);
  const axes = own.flatMap((size, axis) => (size === 1 ? [] : [axis]));
  const [axis, ...others] = axes;
  context.known.builder.spend(others.length > 0 ? sizeOf(shape) : sizeOf(own));
  const numbers = Array.from(constant.floats(), shortest);
  if (axis === undefined) return { value: { shape, ...formOf(x) }, numbers };
  if (others.length === 0) return { value: { shape, ...context.withLast(x, axis) }, numbers };
  const flat = context.reshaped(x, [sizeOf(shape)]);
  return { value: { shape: flat.shape, ...formOf(flat) }, numbers: broadcastTo(numbers, own, shape) };
}

/** Numbers of a shape, repeated along its axes of size 1. */
function broadcastTo(numbers: readonly number[], from: readonly number[], to: readonly number[]): readonly number[] {
  return Array.from({ length: sizeOf(to) }, (_, i) => {
    let [rest, at, step] = [i, 0, 1];
    for (let axis = to.length - 1; axis >= 0; axis--) {
      const [size, own] = [to[axis] ?? 1, from[axis] ?? 1];
      if (own !== 1) at += (rest % size) * step;
      rest = Math.floor(rest / size);
      step *= own;
    }
    return numbers[at] ?? 0;
  });
}

export function prelu(context: Context): Value {
  const x = context.value();
  const from = context.weight(1);
  const rank = x.shape.length;
  const slope = [...Array.from({ length: Math.max(0, rank - from.shape.length) }, () => 1), ...from.shape].slice(-rank);
  if (sizeOf(slope) !== sizeOf(from.shape) || slope.some((size, axis) => size !== 1 && size !== x.shape[axis]))
    context.refuse(`its slopes ${showShape(from.shape)} do not fit samples ${showShape(['..', ...x.shape])}`);
  const axis = slope.filter((size) => size !== 1).length <= 1 ? slope.findIndex((size) => size !== 1) : -1;
  // along one axis the slopes are a list, whatever the order
  const along = axis >= 0;
  const { at, order } = along ? context.withLast(x, axis) : { at: context.natural(x), order: x.shape.map((_, i) => i) };
  const shape = order.map((one) => slope[one] ?? 1);
  const sharedAxes = shape.flatMap((size, i) => (size === 1 ? [i + 1] : []));
  const alpha = { from, shape, numbers: () => from.floats() };
  return made(context.layer('prelu', { sharedAxes }, [at], { alpha }), x.shape, order);
}

/** Statistics of training; a dropout layer has its rate. */
export function dropout(context: Context): Value {
  const x = context.value();
  context.checkOutputs();
  const rate = context.number('ratio', 1) ?? 0.5;
  if (!(rate >= 0 && rate < 1)) context.refuse(`its ratio must be from 0 to below 1, got ${show(rate)}`);
  const { at, order } = formOf(x);
  return made(context.layer('dropout', { rate }, [at]), x.shape, order, x.positive);
}
