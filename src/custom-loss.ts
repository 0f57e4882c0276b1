/** Losses of your own. */
import { type ForFunctions, Graph, type Value } from './graph/graph.ts';
import { lower } from './graph/lower.ts';
import { gather } from './graph/operations/gather.ts';
import { Loss, type LossFunction, type LossOptions, type Trace } from './loss.ts';
import { resultOf } from './ops/result.ts';
import { SymbolicValue } from './ops/symbolic.ts';
import { nameOf } from './registry.ts';
import { checkKind, checkLabel, checkOptions, sizeOf } from './validate.ts';

/** The operations that `ops` have brought to the graph. @throws TypeError if none was called. @internal */
export function broughtBy(label: string, graph: Graph): ForFunctions {
  const { forFunctions } = graph;
  if (forFunctions === undefined) throw new TypeError(`${label}: the function must compute its result with ops`);
  return forFunctions;
}

/** Options of {@link custom}. */
export interface CustomLossOptions extends LossOptions {
  /** Its key as a metric, and its name in messages. Default: the name of the function. */
  readonly name?: string;
}

/**
 * A loss or a metric of your own: a function of `ops` that returns the loss of every sample of a batch, or of every vector of it, [.., ...axes before the last].
 * A single number counts for every sample of the batch. Targets have the shape of the output. Gradients are automatic. In the history a metric has the name of the function. To load a model that was
 * compiled with it, register the function: `configs.register(name, { loss })`.
 *
 * @throws TypeError for anything but a function, or, when the model is first trained, a result not made of its arguments; RangeError for a result of another shape.
 * @example
 * ```ts
 * import { layers, losses, ops, type SymbolicValue, sequential } from 'simdescent';
 * const logCosh = (yTrue: SymbolicValue, yPred: SymbolicValue) => {
 *   const error = ops.subtract(yPred, yTrue);
 *   const each = ops.subtract(ops.add(error, ops.softplus(ops.multiply(error, -2))), Math.LN2);
 *   return ops.mean(each, { axis: -1 });
 * };
 * const model = sequential([layers.dense({ units: 1, inputShape: [4] })]);
 * model.compile({ loss: losses.custom(logCosh) });
 * ```
 */
export function custom(fn: LossFunction, options: CustomLossOptions = {}): Loss {
  return lossOfFunction(fn, options, false);
}

/** `plain` marks a function without a loss object around it: as a metric its value is the mean over the samples. @internal */
export function lossOfFunction(fn: LossFunction, options: CustomLossOptions, plain: boolean): Loss {
  checkKind(typeof fn === 'function', 'losses.custom', 'a function of targets and predictions', fn);
  checkOptions('losses.custom', options, ['name', 'reduction']);
  const { name = nameOf(fn) || 'custom', ...others } = options;
  checkLabel('the name of a loss', name);
  return new Loss(name, others, [], { trace: traceOf(fn, plain) });
}

/** How to record a loss that is a function of `ops`. @internal */
export function traceOf(fn: LossFunction, plain: boolean): Trace {
  const values: Trace['values'] = (label, targets, predictions, times) => {
    const { graph, shape } = predictions;
    const yTrue = new SymbolicValue(graph.view(targets, shape));
    const value = resultOf(label, graph, fn(yTrue, new SymbolicValue(predictions)), true);
    const { expand } = broughtBy(label, graph);
    if (value.rows && value.size === times) return graph.view(value, [times]);
    if (value.size === 1) return expand(label, graph.view(value, [1]), { shape: [times], rows: true });
    throw new RangeError(
      `${label}: expected one loss for each sample, [..], or for each vector, got ${String(new SymbolicValue(value))}; apply ops.mean(loss, { axis: -1 })`,
    );
  };
  return {
    plain,
    functionName: () => nameOf(fn),
    seed: (graph, label, times, weights) => broughtBy(label, graph).seedOf(graph, label, times, weights),
    values,
    run(label, engine, scope, targets, predictions, [rows = 0, ...shape]) {
      const graph = new Graph(engine, scope, rows);
      const times = sizeOf(shape) / (shape.at(-1) ?? 1);
      const [y, p] = [targets, predictions].map((address) => gather(graph, label, address, shape));
      const result = values(label, y as Value, p as Value, times);
      graph.kept.add(result);
      lower(graph).runNow(rows);
      return result.root.address ?? 0;
    },
  };
}
