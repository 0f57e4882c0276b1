/** Layers made of operations: recording them gives the shape of the output, before anything is allocated. */
import type { Engine } from '../engine/runtime.ts';
import { Graph, Value } from '../graph/graph.ts';
import { Layer, type Mode, type Shape } from './layer.ts';

/** Records on a graph without an engine or memory, to find the shape of one sample of the output. */
export function tracedShape(inputs: readonly Shape[], record: (values: readonly Value[]) => Value): Shape {
  const nothing: unknown = undefined;
  // two rows, so that anything that works only for one row is refused
  const graph = new Graph(nothing as Engine, nothing as Graph['scope'], 2);
  graph.seeds = [0, 0];
  return record(inputs.map((shape) => new Value(graph, { shape, rows: true }))).shape;
}

/** A layer whose output is recorded by `trace`. */
export abstract class TracedLayer extends Layer {
  /** Records the output; `training` and random numbers as `mode` says. @internal */
  protected abstract trace(inputs: readonly Value[], mode: Mode): Value;

  /** @internal */
  protected override shapeOf(inputs: readonly Shape[]): Shape {
    return tracedShape(inputs, (values) =>
      this.trace(values, { training: false, frozen: false, seeds: [0, 0], index: 0 }),
    );
  }

  /** @internal */
  protected override compute(inputs: readonly Value[], mode: Mode): Value {
    for (const { graph } of inputs) graph.seeds ??= mode.seeds;
    return this.trace(inputs, mode);
  }
}
