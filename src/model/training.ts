/** What `compile` makes, once the shape of the input is known too: gradients, the optimizer's slots and state. */
import type { Scope } from '../engine/memory.ts';
import { metricsOf } from '../metrics.ts';
import type { Optimizer, ParameterBlock } from '../optimizers/optimizer.ts';
import { Tensor } from '../tensor.ts';
import { sizeOf } from '../validate.ts';
import type { CheckedOptions, NamedWeight } from './options.ts';
import type { Built } from './parameters.ts';
import type { Compiled } from './record.ts';

/** Gradients, slots and the optimizer's state live in `scope`. */
export interface Training extends Compiled {
  readonly scope: Scope;
  readonly block: ParameterBlock;
  /** Views of the blocks, weight by weight. */
  readonly gradients: readonly NamedWeight[];
  readonly slots: readonly NamedWeight[];
}

/** A piece of `block` for each weight, under the weight's name and `suffix`. */
function viewsOf({ engine, parameters, weights }: Built, block: number, suffix = ''): NamedWeight[] {
  return weights.map(({ name, tensor: { shape, address } }) =>
    Object.freeze({
      name: name + suffix,
      tensor: new Tensor(engine, 'float32', shape, block + (address - parameters), false),
    }),
  );
}

/** Frees what `compile` made; lets the optimizer go, unless it is to be `kept`. */
export function releaseTraining(training: Training, owner: object, kept?: Optimizer): void {
  const { scope, gradients, slots, optimizer } = training;
  for (const { tensor } of [...gradients, ...slots]) tensor.release();
  if (optimizer !== kept) optimizer.release(owner);
  scope.dispose();
}

/** Takes the optimizer for `owner` and makes what it needs; if that fails, `previous` stays as it was, else it is freed. */
export function prepareTraining(
  owner: object,
  built: Built,
  options: CheckedOptions,
  previous: Training | undefined,
): Training {
  const { engine, layers, parameters, length } = built;
  const { loss, optimizer } = options;
  const cols = built.outputShape.at(-1);
  if (cols === undefined) throw new RangeError('the output of a sample must have at least one axis to have a loss');
  const metrics = metricsOf(options.metrics, cols, loss);
  const { name, fused } = loss;
  if (fused !== undefined && layers.at(-1)?.activation?.name === 'linear')
    throw new RangeError(
      `${name} takes probabilities, and the last layer gives any numbers: give it the activation '${fused.activation}', or take losses.${name}({ fromLogits: true })`,
    );
  // as in Keras: the same optimizer goes on with its slots and iterations
  if (previous?.optimizer === optimizer) return { ...previous, loss, metrics };
  const scope = engine.scope();
  try {
    const gradients = scope.allocate(length * 4);
    const slots = scope.allocate(optimizer.slotFloats(length) * 4);
    optimizer.fillSlots(engine, slots, length);
    optimizer.bind(owner, engine, scope);
    if (previous !== undefined) releaseTraining(previous, owner, optimizer);
    const pieces = layers
      .flatMap((layer) => layer.weights)
      .map((weight) => {
        weight.gradient = gradients + (weight.address - parameters);
        return { gradient: weight.gradient, length: sizeOf(weight.shape) };
      });
    return {
      loss,
      metrics,
      optimizer,
      scope,
      block: { parameters, gradients, slots, length, pieces },
      gradients: Object.freeze(viewsOf(built, gradients)),
      slots: Object.freeze(
        optimizer.spec.slots.flatMap((slot, i) => viewsOf(built, slots + i * length * 4, `/${slot}`)),
      ),
    };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}
