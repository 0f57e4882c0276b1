/** The graph that is written: its nodes in order, its constants, and values under the names that they have in each order of axes. */
import { sizeOf } from '../../validate.ts';
import type { ArrayOf } from '../described.ts';
import { arrange, type Form, natural, sameOrder, sameSequence } from '../orders.ts';
import { type Attribute, FLOAT, INT64, type Node, type Tensor } from './proto.ts';

/** A value of the model. Orders count the axis of the batch, which is always first. */
export interface Value {
  /** Shape of one sample, as the model has it. */
  readonly shape: readonly number[];
  readonly forms: Form<string>[];
}

/** Channels in front of the positions, of values of this rank with the batch. */
export const channelsFirst = (rank: number): readonly number[] =>
  rank < 3 ? natural(rank) : [0, rank - 1, ...natural(rank - 1).slice(1)];

/** Versions of ONNX' operators that have them; older ones have all others that are written. */
const SINCE: Readonly<Record<string, number>> = { LayerNormalization: 17, Mish: 18, Gelu: 20 };
const OLDEST = 14;

export class Emitter {
  readonly nodes: Node[] = [];
  readonly #constants = new Map<string, Tensor>();
  readonly #taken = new Set<string>();
  /** Names of outputs, by those that their values had before. */
  readonly #outputs = new Map<string, string>();

  get initializers(): readonly Tensor[] {
    return [...this.#constants.values()];
  }

  /** The oldest version that has all operators. */
  get opset(): number {
    return Math.max(OLDEST, ...this.nodes.map(({ op }) => SINCE[op] ?? 0));
  }

  /** A name that nothing else has. */
  unique(wanted: string): string {
    for (let n = 0; ; n++) {
      const name = n === 0 ? wanted : `${wanted}_${n}`;
      if (this.#taken.has(name)) continue;
      this.#taken.add(name);
      return name;
    }
  }

  /** Appends a node; returns the name of its output, which is its own too. */
  node(op: string, inputs: readonly string[], label: string, attributes: Readonly<Record<string, Attribute>> = {}) {
    const name = this.unique(`${label}/${op}`);
    const known = new Map(Object.entries(attributes));
    this.nodes.push({ name, op, domain: '', inputs, outputs: [name], attributes: known });
    return name;
  }

  /** Calls a value as an output of the graph is to be called; an input, or what is an output already, gets a node for that. */
  output(at: string, wanted: string): string {
    const name = this.unique(wanted);
    const known = this.#outputs.get(at);
    const made = this.nodes.some(({ outputs }) => outputs.includes(at));
    if (known !== undefined || !made) {
      const inputs = [known ?? at];
      this.nodes.push({ name, op: 'Identity', domain: '', inputs, outputs: [name], attributes: new Map() });
      return name;
    }
    this.#outputs.set(at, name);
    const renamed = (all: readonly string[]) => all.map((one) => (one === at ? name : one));
    for (const [i, node] of this.nodes.entries())
      this.nodes[i] = { ...node, inputs: renamed(node.inputs), outputs: renamed(node.outputs) };
    return name;
  }

  /** A constant, once for each name. */
  floats(name: string, { shape, data }: ArrayOf): string {
    const raw = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return this.#constant({ name, dims: shape, type: FLOAT, raw });
  }

  scalar(name: string, value: number): string {
    return this.floats(name, { shape: [], data: Float32Array.of(value) });
  }

  integers(name: string, values: readonly number[]): string {
    const raw = new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    return this.#constant({ name, dims: [values.length], type: INT64, raw });
  }

  #constant(tensor: Tensor): string {
    // a layer that is called twice may need its numbers in two shapes
    const key = `${tensor.name} ${tensor.dims}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known.name;
    const made = { ...tensor, name: this.unique(tensor.name) };
    this.#constants.set(key, made);
    return made.name;
  }

  /** The value in this order of its axes, transposed if it is not there yet. */
  arranged({ forms }: Value, order: readonly number[], label: string): string {
    return arrange(forms, order, ({ at, order: from }) => {
      const perm = order.map((axis) => from.indexOf(axis));
      return this.node('Transpose', [at], label, { perm: { ints: perm } });
    });
  }

  /** In the order that the model has. */
  natural(value: Value, label: string): string {
    return this.arranged(value, natural(value.shape.length + 1), label);
  }

  /** The value with other sizes of its samples, in their sequence. */
  reshaped(value: Value, shape: readonly number[], label: string): Value {
    const [batched, axes] = [[0, ...value.shape], natural(value.shape.length + 1)];
    const form = value.forms.find(({ order }) => sameSequence(order, axes, batched));
    const from = form?.at ?? this.natural(value, label);
    // 0: as many as the input has, which is the batch
    const to = this.integers(`${label}/shape`, [0, ...shape]);
    return this.value(this.node('Reshape', [from, to], label), shape);
  }

  /** A value that is there in the model's own order, or in another one. */
  value(at: string, shape: readonly number[], order = natural(shape.length + 1)): Value {
    return { shape, forms: [{ at, order }] };
  }

  /** An operator on each number by itself. */
  pointwise(value: Value, op: string, label: string, attributes: Readonly<Record<string, Attribute>> = {}): Value {
    const { at, order } = formOf(value);
    return this.value(this.node(op, [at], label, attributes), value.shape, order);
  }

  /** An operator on each number and a constant, which is broadcast to the samples: its shape has as many axes, most of them 1. */
  withConstant(value: Value, op: string, name: string, constant: ArrayOf, label: string): Value {
    const large = constant.shape.filter((size) => size !== 1).length > 1;
    const rank = value.shape.length + 1;
    const { at, order } = large ? { at: this.natural(value, label), order: natural(rank) } : formOf(value);
    const shape = order.slice(1).map((axis) => constant.shape[axis - 1] ?? 1);
    // leading ones are not needed
    const first = shape.findIndex((size) => size !== 1);
    const own = this.floats(name, { shape: first < 0 ? [] : shape.slice(first), data: constant.data });
    return this.value(this.node(op, [at, own], label), value.shape, order);
  }

  /** The order in which all values can be had for the fewest transpositions. */
  commonOrder(values: readonly Value[]): readonly number[] {
    const orders = values.flatMap(({ forms }) => forms.map(({ order }) => order));
    const shared = orders.find((order) =>
      values.every(({ forms }) => forms.some((one) => sameOrder(one.order, order))),
    );
    return shared ?? natural((values[0]?.shape.length ?? 0) + 1);
  }
}

/** The form in which a value was made. */
export function formOf({ forms }: Value): Form<string> {
  const [first] = forms;
  if (first === undefined) throw new Error('a value has no form');
  return first;
}

/** Numbers along one axis of samples, in a shape that broadcasts. */
export const along = (rank: number, axis: number, data: Float32Array): ArrayOf => ({
  shape: natural(rank).map((one) => (one === axis ? data.length : 1)),
  data,
});

/** One number for all. */
export const everywhere = (value: number): ArrayOf => ({ shape: [], data: Float32Array.of(value) });

export const filled = (size: number, value: number): ArrayOf => ({
  shape: [size],
  data: new Float32Array(sizeOf([size])).fill(value),
});
