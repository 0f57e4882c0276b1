/** Normalizations of ONNX as layers, with their statistics. */
import { showShape, sizeOf } from '../../validate.ts';
import { natural } from '../orders.ts';
import type { Source } from './builder.ts';
import { type Context, channelsLast, made, type Value } from './context.ts';
import { overPositions } from './read-windows.ts';

/** A constant of this shape. */
function source(context: Context, input: number, shape: readonly number[]): Source {
  const from = context.weight(input);
  if (sizeOf(from.shape) !== sizeOf(shape))
    context.refuse(`its input ${input} must be ${showShape(shape)}, got ${showShape(from.shape)}`);
  return { from, shape, numbers: () => from.floats() };
}

const affine = (context: Context, shape: readonly number[]) => ({
  gamma: source(context, 1, shape),
  ...(context.has(2) && { beta: source(context, 2, shape) }),
});

function epsilonOf(context: Context): number {
  const epsilon = context.float('epsilon', 1e-5);
  return epsilon >= 0 ? epsilon : context.refuse(`epsilon must be at least 0, got ${epsilon}`);
}

export function batch(context: Context): Value {
  const x = context.value();
  context.checkOutputs();
  if (context.integer('training_mode', 0) !== 0 || context.integer('spatial', 1) !== 1)
    context.refuse('it normalizes by statistics of the batch; export the model for inference');
  const momentum = context.float('momentum', 0.9);
  if (!(momentum >= 0 && momentum <= 1)) context.refuse(`momentum must be from 0 to 1, got ${momentum}`);
  const [channels = 1] = x.shape;
  const order = channelsLast(x.shape.length);
  const shape = [channels];
  const statistics = { moving_mean: source(context, 3, shape), moving_variance: source(context, 4, shape) };
  const sources = { ...affine(context, shape), ...statistics };
  const at = context.arranged(x, order);
  return made(
    context.layer(
      'batchNormalization',
      { epsilon: epsilonOf(context), momentum, center: context.has(2) },
      [at],
      sources,
    ),
    x.shape,
    order,
  );
}

export function layer(context: Context): Value {
  const x = context.value();
  context.checkOutputs();
  const rank = x.shape.length;
  const first = context.axis(context.integer('axis', -1), rank);
  const axes = natural(rank).slice(first);
  const sources = affine(context, x.shape.slice(first));
  const options = {
    axis: axes.length === 1 ? -1 : axes.map((axis) => axis + 1),
    epsilon: epsilonOf(context),
    center: context.has(2),
  };
  return made(context.layer('layerNormalization', options, [context.natural(x)], sources), x.shape, natural(rank));
}

/** Each channel of a sample by itself, or groups of channels. */
export function groups(context: Context): Value {
  const x = context.value();
  const [channels = 1] = x.shape;
  const all = context.node.op === 'InstanceNormalization';
  const count = all ? -1 : context.integer('num_groups', 1);
  if (!all && (count < 1 || channels % count !== 0))
    context.refuse(`num_groups ${count} does not divide ${channels} channels`);
  const order = channelsLast(x.shape.length);
  const sources = affine(context, [channels]);
  const options = { groups: count, epsilon: epsilonOf(context), center: context.has(2) };
  return made(context.layer('groupNormalization', options, [context.arranged(x, order)], sources), x.shape, order);
}

export function unit(context: Context): Value {
  const x = context.value();
  if (context.integer('p', 2) !== 2) context.refuse('p must be 2');
  const axis = context.axis(context.integer('axis', -1), x.shape.length);
  const { at, order } = context.withLast(x, axis);
  return made(context.layer('unitNormalization', {}, [at]), x.shape, order);
}

/** The mean or the largest along all axes but one. */
export function reduce(context: Context): Value {
  const x = context.value();
  const rank = x.shape.length;
  const axes = (context.listed('axes', 1) ?? []).map((axis) => context.axis(axis, rank));
  const kept = natural(rank).filter((axis) => !axes.includes(axis));
  const [channel] = kept;
  if (channel === undefined || kept.length > 1 || rank < 2)
    return context.refuse('it must leave one axis of samples, that of the channels');
  return overPositions(context, x, channel, context.node.op === 'ReduceMean', context.integer('keepdims', 1) !== 0);
}
