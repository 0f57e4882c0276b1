/** Operators that move, cut off, add or repeat numbers as layers. */
import { show, showShape, sizeOf } from '../../validate.ts';
import { type Form, inverse, natural } from '../orders.ts';
import { type Context, formOf, made, type Value } from './context.ts';
import type { Node } from './proto.ts';

/** Sizes for Reshape: 0 is as many as the input has, -1 what is left; that of the batch must stay. */
function reshapedTo(sizes: readonly number[], shape: readonly number[], batch: number | undefined) {
  const [first, ...others] = sizes;
  const known = others.map((size, i) => (size === 0 ? (shape[i] ?? 0) : size));
  const left = sizeOf(shape) / sizeOf(known.filter((size) => size !== -1));
  const target = known.map((size) => (size === -1 ? left : size));
  const keeps = first === 0 || first === batch || Number.isNaN(first) || (first === -1 && !others.includes(-1));
  const fits =
    keeps && target.every((size) => Number.isSafeInteger(size) && size > 0) && sizeOf(target) === sizeOf(shape);
  return fits ? target : undefined;
}

/** The shape of samples that a node makes of samples of this shape without moving any number; undefined if it does something else. */
export function resultShape(node: Node, { known }: Context, shape: readonly number[]): readonly number[] | undefined {
  const { op, inputs, attributes } = node;
  const integers = (name: string, input: number) => {
    const list = attributes.get(name)?.ints;
    return list !== undefined && list.length > 0 ? list : known.constants.get(inputs[input] ?? '')?.integers();
  };
  switch (op) {
    case 'Flatten': {
      const axis = attributes.get('axis')?.i ?? 1;
      return axis === 1 || axis === -shape.length ? [sizeOf(shape)] : undefined;
    }
    case 'Reshape': {
      const sizes = integers('shape', 1);
      return attributes.get('allowzero')?.i === 1 && sizes?.includes(0)
        ? undefined
        : sizes && reshapedTo(sizes, shape, known.batch);
    }
    case 'Squeeze': {
      const rank = shape.length + 1;
      const axes = integers('axes', 1)?.map((axis) => (axis < 0 ? rank + axis : axis));
      const fits = axes?.every((axis) => axis > 0 && shape[axis - 1] === 1);
      return fits ? shape.filter((_, axis) => !axes?.includes(axis + 1)) : undefined;
    }
    case 'Unsqueeze': {
      const list = integers('axes', 1) ?? [];
      const rank = shape.length + 1 + list.length;
      const axes = list.map((axis) => (axis < 0 ? rank + axis : axis));
      if (axes.length === 0 || rank > 32 || axes.some((axis) => !(axis > 0 && axis < rank))) return undefined;
      const sizes = shape.values();
      return natural(rank - 1).map((axis) => (axes.includes(axis + 1) ? 1 : (sizes.next().value ?? 1)));
    }
    default:
      return undefined;
  }
}

export function reshape(context: Context): Value {
  const x = context.value();
  const shape = resultShape(context.node, context, x.shape);
  if (shape === undefined)
    context.refuse(
      `it must give each sample of ${showShape(['..', ...x.shape])} a fixed shape, in the same sequence and apart from the batch`,
    );
  return context.reshaped(x, shape);
}

/** Nothing moves: the axes have other numbers. */
export function transpose(context: Context): Value {
  const { shape, forms, positive } = context.value();
  const rank = shape.length + 1;
  // PyTorch counts from the end too
  const perm = (context.integers('perm') ?? [...natural(rank)].reverse()).map((axis) =>
    axis < 0 ? rank + axis : axis,
  );
  if (perm[0] !== 0 || [...perm].sort((a, b) => a - b).join() !== natural(rank).join())
    context.refuse(`perm must order ${rank} axes and leave the batch first, got ${show(perm)}`);
  const own = perm.slice(1).map((axis) => axis - 1);
  const back = inverse(own);
  return {
    shape: own.map((axis) => shape[axis] ?? 1),
    forms: forms.map(({ at, order }): Form<number> => ({ at, order: order.map((axis) => back[axis] ?? 0) })),
    positive,
  };
}

type Pair = readonly [number, number];

/** Numbers of both sides of each axis of a sample; a layer for those of positions, which leaves the last axis alone. */
function sided(context: Context, x: Value, sides: readonly Pair[], kind: 'zeroPadding' | 'cropping'): Value {
  if (sides.every(([before, behind]) => before === 0 && behind === 0)) return x;
  context.checkRank(x, [2, 3]);
  const sign = kind === 'cropping' ? -1 : 1;
  const shape = x.shape.map((size, axis) => size + sign * ((sides[axis]?.[0] ?? 0) + (sides[axis]?.[1] ?? 0)));
  if (shape.some((size) => size < 1)) context.refuse('nothing would be left of the samples');
  const own = x.forms.find(({ order }) => sides[order.at(-1) ?? 0]?.every((one) => one === 0));
  const free = sides.map((pair) => pair.every((one) => one === 0)).lastIndexOf(true);
  if (own === undefined && free < 0) context.refuse('there are only layers that leave one axis of samples as it is');
  const { at, order } = own ?? context.withLast(x, free);
  const pairs = order.slice(0, -1).map((axis) => [...(sides[axis] ?? [0, 0])]);
  const option = kind === 'cropping' ? 'cropping' : 'padding';
  const value = pairs.length === 1 ? (pairs[0] ?? []) : pairs;
  return made(context.layer(`${kind}${pairs.length}d`, { [option]: value }, [at]), shape, order, x.positive);
}

export function pad(context: Context): Value {
  const x = context.value();
  const rank = x.shape.length + 1;
  if (context.text('mode', 'constant') !== 'constant' || (context.number('value', 2) ?? 0) !== 0)
    context.refuse('it must pad with zeros');
  const given = context.listed('pads', 1) ?? [];
  const listed = context.has(3) ? context.weight(3).integers() : natural(rank);
  const axes = listed.map((axis) => (axis < 0 ? rank + axis : axis));
  const sides = natural(rank).map((axis): Pair => {
    const i = axes.indexOf(axis);
    return i < 0 ? [0, 0] : [given[i] ?? 0, given[i + axes.length] ?? 0];
  });
  const [batch = [0, 0], ...own] = sides;
  const fits = sides.flat().every((one) => Number.isSafeInteger(one) && Math.abs(one) < 2 ** 31);
  if (given.length !== 2 * axes.length || !fits || batch.some((one) => one !== 0))
    context.refuse(`pads must be integers, and 0 for the batch, got ${show(given)}`);
  const only = (sign: number) =>
    own.map(([before, behind]): Pair => [Math.max(0, sign * before), Math.max(0, sign * behind)]);
  // what is below 0 is cut off
  return sided(context, sided(context, x, only(1), 'zeroPadding'), only(-1), 'cropping');
}

export function slice(context: Context): Value {
  const x = context.value();
  const rank = x.shape.length + 1;
  const starts = context.listed('starts', 1) ?? [];
  const ends = context.listed('ends', 2) ?? [];
  const axes = (context.listed('axes', 3) ?? natural(starts.length)).map((axis) => (axis < 0 ? rank + axis : axis));
  const steps = context.has(4) ? context.weight(4).integers() : [];
  if (steps.some((step) => step !== 1)) context.refuse(`its steps must be 1, got ${show(steps)}`);
  const sides = x.shape.map((size, axis): Pair => {
    const i = axes.indexOf(axis + 1);
    if (i < 0) return [0, 0];
    const [from, to] = [starts[i], ends[i]].map((one = 0) => Math.min(size, Math.max(0, one < 0 ? size + one : one)));
    return [from ?? 0, size - (to ?? size)];
  });
  if (axes.includes(0)) context.refuse('it must leave the batch as it is');
  return sided(context, x, sides, 'cropping');
}

/** Repeats along axes of size 1, which is what upsampling does there. */
export function tile(context: Context): Value {
  const x = context.value();
  const [batch, ...repeats] = context.weight(1).integers();
  const fits =
    repeats.length === x.shape.length &&
    repeats.every((one, axis) => one === 1 || (x.shape[axis] === 1 && one >= 1 && one < 2 ** 31));
  if (batch !== 1 || !fits) context.refuse(`it must repeat axes of size 1, got ${show(repeats)}`);
  return repeated(context, x, repeats, 'nearest');
}

/** Each position so often; the last axis stays. */
function repeated(
  context: Context,
  x: Value,
  factors: readonly number[],
  interpolation: 'nearest' | 'bilinear',
): Value {
  if (factors.every((one) => one === 1)) return x;
  context.checkRank(x, [2, 3]);
  const own = x.forms.find(({ order }) => factors[order.at(-1) ?? 0] === 1);
  const free = factors.lastIndexOf(1);
  if (own === undefined && free < 0) context.refuse('there are only layers that leave one axis of samples as it is');
  const { at, order } = own ?? context.withLast(x, free);
  const sizes = order.slice(0, -1).map((axis) => factors[axis] ?? 1);
  const shape = x.shape.map((size, axis) => size * (factors[axis] ?? 1));
  const bilinear = interpolation === 'bilinear';
  if (bilinear && sizes.length === 1) context.refuse('sequences can only be repeated');
  const options = sizes.length === 1 ? { size: sizes[0] ?? 1 } : { size: sizes, ...(bilinear && { interpolation }) };
  return made(context.layer(`upSampling${sizes.length}d`, options, [at]), shape, order, x.positive);
}

export function resize(context: Context): Value {
  const x = context.value();
  const [scales, sizes] = context.node.op === 'Upsample' ? [1, -1] : context.known.opset < 11 ? [1, -1] : [2, 3];
  const listed = context.node.attributes.get('scales')?.floats ?? [];
  const given = context.has(scales) ? [...context.weight(scales).floats()] : listed;
  const factors =
    given.length > 0
      ? given
      : (context.has(sizes) ? context.weight(sizes).integers() : []).map((size, axis) =>
          axis === 0 ? 1 : size / (x.shape[axis - 1] ?? 1),
        );
  const [batch, ...own] = factors;
  if (
    batch !== 1 ||
    own.length !== x.shape.length ||
    own.some((one) => !(Number.isSafeInteger(one) && one >= 1 && one < 2 ** 31))
  )
    context.refuse(`it must enlarge by whole numbers, got ${show(factors)}`);
  const mode = context.text('mode', 'nearest');
  const where = context.text('coordinate_transformation_mode', context.known.opset < 11 ? 'asymmetric' : 'half_pixel');
  const rounding = context.text('nearest_mode', context.known.opset < 11 ? 'floor' : 'round_prefer_floor');
  const repeats =
    (where === 'asymmetric' && rounding === 'floor') || (where === 'half_pixel' && rounding.startsWith('round_prefer'));
  if (mode === 'nearest' && repeats) return repeated(context, x, own, 'nearest');
  if (mode === 'linear' && /^(pytorch_)?half_pixel$/.test(where)) return repeated(context, x, own, 'bilinear');
  return context.refuse(`there is no mode ${show(mode)} with ${show(where)} and ${show(rounding)}`);
}

export function concatenate(context: Context): Value {
  const values = context.node.inputs.map((_, i) => context.value(i));
  const [first] = values;
  if (first === undefined) return context.refuse('it has no inputs');
  const rank = first.shape.length;
  const axis = context.axis(context.integer('axis', 1), rank);
  const fits = values.every(
    ({ shape }) => shape.length === rank && shape.every((size, i) => i === axis || size === first.shape[i]),
  );
  if (!fits)
    context.refuse(
      `its inputs ${values
        .map(({ shape }) => showShape(['..', ...shape]))
        .join(', ')
        .slice(0, 200)} do not fit`,
    );
  const { order } = formOf(first);
  const inputs = values.map((one) => context.arranged(one, order));
  const shape = first.shape.map((size, i) =>
    i === axis ? values.reduce((sum, one) => sum + (one.shape[i] ?? 0), 0) : size,
  );
  const positive = values.every((one) => one.positive);
  if (inputs.length === 1) return first;
  return made(context.layer('concatenate', { axis: order.indexOf(axis) + 1 }, inputs), shape, order, positive);
}
