/** What nodes make of constants alone, and of the sizes of values: exporters compute shapes that way. */
import { show, sizeOf } from '../../validate.ts';
import { natural } from '../orders.ts';
import {
  BATCH,
  type Constant,
  constantOf,
  type External,
  integersConstant,
  MOST_INTEGERS,
  permuted,
  viewed,
} from './constants.ts';
import type { Context } from './context.ts';
import { FLOAT, INT32, INT64 } from './proto.ts';
import { resultShape } from './read-shapes.ts';

/** A node without inputs from samples. */
export function foldable({ node, known }: Context): boolean {
  if (node.op === 'Shape' || node.op === 'Constant') return true;
  const given = node.inputs.filter((name) => name !== '');
  return given.length > 0 && given.every((name) => known.constants.has(name));
}

function constant(context: Context, files: External): Constant {
  const { attributes, outputs } = context.node;
  const name = outputs[0] ?? '';
  const tensor = attributes.get('value')?.t;
  if (tensor !== undefined) return constantOf({ ...tensor, name }, files);
  const number = attributes.get('value_float')?.f;
  const numbers = number === undefined ? attributes.get('value_floats')?.floats : [number];
  if (numbers !== undefined && numbers.length > 0) {
    const data = Float32Array.from(numbers);
    const shape = number === undefined ? [data.length] : [];
    return { ...integersConstant(name, shape, []), floats: () => data.slice() };
  }
  const one = attributes.get('value_int')?.i;
  const list = one === undefined ? (attributes.get('value_ints')?.ints ?? []) : [one];
  return integersConstant(name, one === undefined ? [list.length] : [], list);
}

/** Some of a list of integers. */
function picked(context: Context, list: readonly number[]): Constant {
  const { node } = context;
  const at = (i: number, otherwise: number) =>
    context.has(i) ? (context.weight(i).integers()[0] ?? otherwise) : otherwise;
  const name = context.output;
  if (node.op === 'Gather') {
    if (context.integer('axis', 0) !== 0) context.refuse('it must gather along the first axis');
    const indices = context.weight(1);
    const values = indices
      .integers()
      .map((i) => list[i < 0 ? list.length + i : i] ?? context.refuse(`there is no size ${i}`));
    return integersConstant(name, indices.shape, values);
  }
  const [from, to, axis, step] = [
    context.integers('starts')?.[0] ?? at(1, 0),
    context.integers('ends')?.[0] ?? at(2, list.length),
    context.integers('axes')?.[0] ?? at(3, 0),
    at(4, 1),
  ];
  if (axis !== 0 || (step !== 1 && step !== -1)) context.refuse('it must take neighbours along the first axis');
  const { shape } = context.weight(0);
  const [length = 1] = shape;
  const width = list.length / length;
  const rows = Array.from({ length }, (_, i) => list.slice(i * width, (i + 1) * width));
  const place = (one: number) => (one < 0 ? Math.max(-1, length + one) : Math.min(length, one));
  const part =
    step === 1
      ? rows.slice(Math.max(0, place(from)), Math.max(0, place(to)))
      : rows.slice(place(to) + 1, place(from) + 1).reverse();
  return integersConstant(name, [part.length, ...shape.slice(1)], part.flat());
}

/** The constant that a node makes. @throws RangeError that names the node if it does anything else */
export function fold(context: Context, files: External): Constant {
  const { node, known, output } = context;
  if (node.op === 'Constant') return constant(context, files);
  if (node.op === 'ConstantOfShape') {
    const [length = 1, ...others] = context.weight(0).integers();
    const tensor = node.attributes.get('value')?.t;
    const value = tensor === undefined ? undefined : constantOf(tensor, files).integers()[0];
    if (value === undefined || others.length > 0 || !(length >= 0 && length <= MOST_INTEGERS))
      return context.refuse('it must make a list of integers');
    return integersConstant(output, [length], Array(length).fill(value));
  }
  if (node.op === 'Shape') {
    if (known.constants.has(node.inputs[0] ?? ''))
      return integersConstant(output, [context.weight(0).shape.length], context.weight(0).shape);
    const sizes = [known.batch ?? BATCH, ...context.value().shape];
    const part = sizes.slice(context.integer('start', 0), context.integer('end', sizes.length));
    return integersConstant(output, [part.length], part);
  }
  const x = context.weight(0);
  switch (node.op) {
    case 'Identity':
    case 'Dropout':
      return x;
    case 'Cast': {
      const to = context.integer('to', 0);
      if ([FLOAT, INT32, INT64].includes(to)) return x;
      break;
    }
    case 'Transpose': {
      const order = context.integers('perm') ?? [...natural(x.shape.length)].reverse();
      if ([...order].sort((a, b) => a - b).join() !== natural(x.shape.length).join())
        context.refuse(`perm must order ${x.shape.length} axes, got ${show(order)}`);
      return permuted(x, order, output);
    }
    case 'Reshape':
    case 'Squeeze':
    case 'Unsqueeze': {
      const sizes = node.op === 'Reshape' ? context.weight(1).integers() : undefined;
      const left = sizeOf(x.shape) / sizeOf((sizes ?? []).filter((size) => size > 0));
      const shape = sizes?.map((size) => (size === -1 ? left : size)) ?? unsqueezed(context, x.shape);
      if (shape === undefined || sizeOf(shape) !== sizeOf(x.shape))
        return context.refuse('its constant has no such shape');
      return viewed(x, shape);
    }
    case 'Concat': {
      const parts = node.inputs.map((_, i) => context.weight(i).integers());
      const length = parts.reduce((sum, part) => sum + part.length, 0);
      if (length > MOST_INTEGERS) context.refuse(`it makes a list of more than ${MOST_INTEGERS} integers`);
      return integersConstant(output, [length], parts.flat());
    }
    case 'Gather':
    case 'Slice':
      return picked(context, x.integers());
  }
  return context.refuse(
    'it computes with constants in a way that has no counterpart; simplify the file before you convert it',
  );
}

function unsqueezed(context: Context, shape: readonly number[]): readonly number[] | undefined {
  const axes = context.listed('axes', 1)?.map((axis) => (axis < 0 ? axis : axis + 1));
  // counted with an axis in front, as samples are
  const moved = { ...context.node, inputs: [], attributes: new Map([['axes', { ints: axes ?? [] }]]) };
  return resultShape(moved, context, shape);
}
