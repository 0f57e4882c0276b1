import type { Activation } from '../activations.ts';
import type { Value } from '../graph/graph.ts';
import { activate as recorded } from '../graph/operations/activation.ts';
import { resultOf } from '../ops/result.ts';
import { SymbolicValue } from '../ops/symbolic.ts';
import { sameShape, showShape } from '../validate.ts';
import type { Layer, Shape } from './layer.ts';
import { tracedShape } from './traced.ts';

/** Records an activation of `x`. @throws RangeError for a function that changes the shape. */
export function activate(label: string, activation: Activation, x: Value): Value {
  const { name, trace } = activation;
  if (name === 'linear') return x;
  if (trace === undefined) return recorded(x.graph, label, activation, x);
  const y = resultOf(label, x.graph, trace(new SymbolicValue(x)));
  if (sameShape(y.shape, x.shape)) return y;
  const [before, after] = [x, y].map(({ shape }) => showShape(['..', ...shape]));
  throw new RangeError(`${label}: an activation keeps the shape, but ${before} became ${after}`);
}

/** The shape of a layer's output, behind its activation: a function that changes it is refused before there are weights. */
export function activatedShape({ name, kind, activation }: Layer, shape: Shape): Shape {
  if (activation?.trace === undefined) return shape;
  return tracedShape([shape], ([x]) => activate(`${name || kind} function`, activation, x as Value));
}
