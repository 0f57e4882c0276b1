/**
 * Kernels of which a step updates single rows. The gradient of the kernel of a dense layer on sparse rows is zero but for the columns of the batch; where an
 * optimizer changes nothing without a gradient, only these rows are updated, and the kernel has no gradients in memory.
 */
import { ADAGRAD, SGD } from '../../assembly/codes.ts';
import type { Weight } from '../layers/layer.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';
import { isSparse } from '../values.ts';
import type { Built, ModelWeight } from './parameters.ts';
import type { ByRows, RowProducts, SparseHook } from './sparse-hook.ts';

/** Whether a step leaves the weight of this name as it is where its gradient is zero. */
function rests(optimizer: Optimizer, name: string): boolean {
  const { spec, clipnorm, globalClipnorm, weightDecay = 0 } = optimizer;
  const { rule, own, slots } = spec;
  const kind = rule.kind(own);
  // else AdaGrad divides 0 by 0
  const still = kind === SGD || (kind === ADAGRAD && Number(own.initialAccumulatorValue) + Number(own.epsilon) > 0);
  // averages and sums of gradients have slots of their own
  if (!still || slots.length > rule.slots(own).length || (clipnorm ?? globalClipnorm) !== undefined) return false;
  return weightDecay === 0 || !optimizer.decays(name);
}

/**
 * The kernels that a step updates row by row if the inputs that `sparse` names are sparse: of layers that are called once, without a penalty or a
 * constraint, with an optimizer that rests.
 */
function kernelsOf(
  { network }: Built,
  optimizer: Optimizer,
  trained: readonly ModelWeight[],
  sparse: (input: number) => boolean,
): ByRows {
  const found = new Map<Weight, number>();
  // measures all gradients
  if (optimizer.reevaluates) return found;
  for (const { layer, weight, name } of trained) {
    const [call, ...others] = network.calls.filter((one) => one.layer === layer);
    const input = call?.inputs[0] ?? 0;
    if (layer.kind !== 'dense' || others.length > 0 || weight !== layer.weights[0]) continue;
    if (weight.regularizer !== undefined || weight.constraint !== undefined) continue;
    if (network.inputs[input]?.shape.length !== 1 || !sparse(input) || !rests(optimizer.partFor(name), name)) continue;
    found.set(weight, input);
  }
  return found;
}

export const byRows: SparseHook['byRows'] = (built, optimizer, trained) =>
  kernelsOf(built, optimizer, trained, () => true);

export const decide: SparseHook['decide'] = (built, { optimizer, byRows, decided, placed }, inputs) => {
  if (decided && inputs === undefined) return undefined;
  const trained = built.all.filter(({ weight }) => placed.has(weight));
  const wanted = kernelsOf(built, optimizer, trained, (input) => isSparse(inputs?.[input]));
  if (wanted.size !== byRows.size || ![...wanted.keys()].every((weight) => byRows.has(weight))) return wanted;
  return decided ? undefined : byRows;
};

export const products: SparseHook['products'] = (graph, built, { byRows, placed }, recorded): RowProducts => {
  const all = [...byRows].flatMap(([weight, input]) => {
    const kernel = graph.weight(weight);
    const node = graph.nodes.find(({ inputs }) => inputs.kernel === kernel);
    const [y, read] = [node?.outputs.y, recorded[input]?.sparse];
    // their kernel has no gradients in memory that an array could be trained with
    if (node && y && !read)
      throw new TypeError(`${node.label}: expected sparse rows, as in the batches before, got an array`);
    return node && y && read ? [{ weight, label: `${node.label} rows`, y, read }] : [];
  });
  return {
    of: all.map(({ y }) => y),
    updates: (gradients) =>
      all.map(({ weight, label, y, read }) => {
        const dz = gradients.get(y);
        if (dz === undefined) throw new Error(`the loss does not depend on the weight ${weight.name}`);
        const name = built.all.find((one) => one.weight === weight)?.name ?? '';
        // one slot at most
        const numbers = { w: weight.address, slots: placed.get(weight)?.slots[0] ?? 0, slotStride: 0 };
        return { name, record: (state, limit) => read.update(label, dz, { ...numbers, state, limit }) };
      }),
  };
};
