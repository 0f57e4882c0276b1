/** Products with a constant matrix as dense layers, with the bias and the activation behind them. */
import { showShape, sizeOf } from '../../validate.ts';
import { transposed } from '../pytorch/arrays.ts';
import type { Source } from './builder.ts';
import { type Constant, permuted } from './constants.ts';
import { type Context, made, type Value } from './context.ts';
import { absorb, isPositive } from './read-activations.ts';

/** A dense layer along the last axis. */
function dense(context: Context, x: Value, kernel: Source, bias: Constant | undefined): Value {
  const [inputs = 1, units = 1] = kernel.shape;
  if (x.shape.at(-1) !== inputs)
    context.refuse(`its matrix ${showShape(kernel.shape)} does not fit samples ${showShape(['..', ...x.shape])}`);
  const { at, order } = context.withLast(x, x.shape.length - 1);
  const numbers = (from: Constant) => {
    const own = from.floats();
    return own.length === units ? own : new Float32Array(units).fill(own[0] ?? 0);
  };
  const activation = absorb(context, order);
  const options = { units, activation, useBias: bias !== undefined };
  const sources = { kernel, ...(bias && { bias: { from: bias, shape: [units], numbers: () => numbers(bias) } }) };
  return made(
    context.layer('dense', options, [at], sources),
    [...x.shape.slice(0, -1), units],
    order,
    isPositive(activation),
  );
}

/** Whether a constant is one number, or one for each unit along the last axis. */
const fitsUnits = ({ shape }: Constant, units: number): boolean =>
  sizeOf(shape) === 1 || (sizeOf(shape) === units && shape.at(-1) === units);

export function gemm(context: Context): Value {
  const x = context.value();
  context.checkRank(x, [1]);
  const from = context.weight(1);
  if (from.shape.length !== 2) context.refuse(`its matrix must have two axes, got ${showShape(from.shape)}`);
  if (context.integer('transA', 0) !== 0) context.refuse('its input must not be transposed');
  if (context.float('alpha', 1) !== 1 || (context.has(2) && context.float('beta', 1) !== 1))
    context.refuse('alpha and beta must be 1');
  const turned = context.integer('transB', 0) !== 0;
  const [a = 1, b = 1] = from.shape;
  const kernel: Source = turned
    ? { from, shape: [b, a], numbers: () => transposed(from.floats(), from.shape, [1, 0]) }
    : { from, shape: [a, b], numbers: () => from.floats() };
  const bias = context.has(2) ? context.weight(2) : undefined;
  if (bias !== undefined && !fitsUnits(bias, turned ? a : b))
    context.refuse(`its bias ${showShape(bias.shape)} does not fit ${turned ? a : b} units`);
  return dense(
    context,
    x,
    turned ? { ...kernel, from: permuted(from, [1, 0], `${from.name} transposed`) } : kernel,
    bias,
  );
}

export function product(context: Context): Value {
  const from = context.weight(1);
  const x = context.value();
  if (from.shape.length !== 2) context.refuse(`its matrix must have two axes, got ${showShape(from.shape)}`);
  const kernel: Source = { from, shape: from.shape, numbers: () => from.floats() };
  const units = from.shape[1] ?? 1;
  // the bias is a node of its own
  const next = context.next(context.output);
  const other = next?.op === 'Add' ? next.inputs.find((name) => name !== context.output) : undefined;
  const bias = context.known.constants.get(other ?? '');
  if (next === undefined || bias === undefined || bias.shape.length > x.shape.length + 1 || !fitsUnits(bias, units))
    return dense(context, x, kernel, undefined);
  context.take(next);
  return dense(context, x, kernel, bias);
}
