/** Layers that change each number by itself as operators of ONNX. */
import type { Json } from '../../config.ts';
import { refuse } from '../refusal.ts';
import type { Call } from './call.ts';
import { along, everywhere, formOf, type Value } from './emitter.ts';
import { clip } from './write-activations.ts';

export function rescale({ e, x, options, label, path }: Call): Value {
  const rank = x.shape.length;
  const constant = (value: Json | undefined) => {
    const numbers = Array.isArray(value) ? (value as readonly number[]) : [value as number];
    const [first = 0] = numbers;
    return numbers.length === 1 ? everywhere(first) : along(rank, rank - 1, Float32Array.from(numbers));
  };
  const [scale, offset] = [constant(options.scale), constant(options.offset)];
  const scaled = scale.data.every((one) => one === 1) ? x : e.withConstant(x, 'Mul', `${path}/scale`, scale, label);
  return offset.data.every((one) => one === 0)
    ? scaled
    : e.withConstant(scaled, 'Add', `${path}/offset`, offset, label);
}

export function prelu(call: Call): Value {
  return call.e.withConstant(call.x, 'PRelu', `${call.path}/alpha`, call.weight('alpha'), call.label);
}

export function relu({ e, x, options, label, kind }: Call): Value {
  const [most, slope, threshold] = [options.maxValue as number | undefined, options.negativeSlope, options.threshold];
  if (threshold === 0 && slope === 0)
    return most === undefined ? e.pointwise(x, 'Relu', label) : clip(e, x, 0, most, label);
  if (threshold !== 0 && slope !== 0)
    refuse({ name: label, kind }, 'ONNX has no such operator with a threshold and a slope below it');
  const y =
    threshold === 0
      ? e.pointwise(x, 'LeakyRelu', label, { alpha: { f: slope as number } })
      : e.pointwise(x, 'ThresholdedRelu', label, { alpha: { f: threshold as number } });
  if (most === undefined) return y;
  const { at, order } = formOf(y);
  return e.value(e.node('Min', [at, e.scalar(`${label}/max`, most)], label), y.shape, order);
}
