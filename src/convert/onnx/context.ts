/** A node that is read: its inputs and attributes, checked, and the values that it makes. */
import type { Json } from '../../config.ts';
import { show, showShape } from '../../validate.ts';
import { arrange, type Form, natural, sameOrder, sameSequence } from '../orders.ts';
import { refuse } from '../refusal.ts';
import type { Builder, Source } from './builder.ts';
import type { Constant } from './constants.ts';
import { type Node, shortest } from './proto.ts';

/** A value that depends on the samples. Axes count without that of the batch. */
export interface Value {
  /** Shape of one sample, as ONNX has it. */
  readonly shape: readonly number[];
  /** Numbers of values of the model that hold it. */
  readonly forms: Form<number>[];
  /** No number is below 0. */
  readonly positive: boolean;
}

/** What is known so far. */
export interface Known {
  readonly opset: number;
  readonly builder: Builder;
  readonly values: Map<string, Value>;
  readonly constants: Map<string, Constant>;
  /** The nodes that take a value; the graph itself, if it is an output. */
  readonly users: ReadonlyMap<string, readonly (Node | 'graph')[]>;
  /** The size of the batch, if the file fixes it. */
  readonly batch: number | undefined;
  /** Nodes that a layer made of an earlier node computes too. */
  readonly taken: Set<Node>;
}

/** Channels last: `[channels, height, width]` as [height, width, channels]. */
export const channelsLast = (rank: number): readonly number[] => [...natural(rank).slice(1), 0];

export class Context {
  readonly node: Node;
  readonly known: Known;
  /** The name of the output that the layer makes: that of a later node, if it takes that over. */
  output: string;

  constructor(node: Node, known: Known) {
    this.node = node;
    this.known = known;
    this.output = node.outputs[0] ?? '';
  }

  get #name(): string {
    return this.node.name || this.output;
  }

  /** @throws RangeError that names the node */
  refuse(why: string): never {
    refuse({ name: this.#name, kind: this.node.op, what: 'node' }, why);
  }

  /** Whether the node has such an input. */
  has(i: number): boolean {
    return (this.node.inputs[i] ?? '') !== '';
  }

  value(i = 0): Value {
    const name = this.node.inputs[i] ?? '';
    const found = this.known.values.get(name);
    if (found !== undefined) return found;
    if (this.known.constants.has(name)) return this.refuse(`its input ${show(name)} is constant, expected samples`);
    return this.refuse(`no node before it makes its input ${show(name)}`);
  }

  /** An input that is constant; undefined if it depends on the samples. */
  constant(i: number): Constant | undefined {
    const name = this.node.inputs[i] ?? '';
    const found = this.known.constants.get(name);
    if (found === undefined && !this.known.values.has(name))
      this.refuse(`no node before it makes its input ${show(name)}`);
    return found;
  }

  /** An input that must be constant. */
  weight(i: number): Constant {
    return this.constant(i) ?? this.refuse(`its input ${show(this.node.inputs[i])} must be constant`);
  }

  integer(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name)?.i ?? otherwise;
    return Number.isSafeInteger(value) ? value : this.refuse(`${name} must be an integer, got ${show(value)}`);
  }

  float(name: string, otherwise: number): number {
    const value = this.node.attributes.get(name)?.f ?? otherwise;
    return Number.isFinite(value) ? value : this.refuse(`${name} must be a finite number, got ${show(value)}`);
  }

  text(name: string, otherwise: string): string {
    return this.node.attributes.get(name)?.s ?? otherwise;
  }

  /** A list of integers, from an attribute. */
  integers(name: string): readonly number[] | undefined {
    const list = this.node.attributes.get(name)?.ints;
    return list === undefined || list.length === 0 ? undefined : list;
  }

  /** The same from an attribute or an input, where that came later. */
  listed(name: string, input: number): readonly number[] | undefined {
    return this.integers(name) ?? (this.has(input) ? this.weight(input).integers() : undefined);
  }

  /** A number, from an attribute or an input. */
  number(name: string, input: number): number | undefined {
    const given = this.node.attributes.get(name)?.f ?? (this.has(input) ? this.weight(input).floats()[0] : undefined);
    if (Number.isNaN(given)) this.refuse(`${name} must be a number`);
    return given === undefined ? undefined : shortest(given);
  }

  /** An axis of samples, from one that counts the batch's. */
  axis(axis: number, rank: number): number {
    const own = axis < 0 ? rank + axis : axis - 1;
    if (own >= 0 && own < rank) return own;
    return this.refuse(`axis ${axis} must be one of samples with ${rank} axes, without that of the batch`);
  }

  /** Calls a layer. */
  layer(
    className: string,
    options: Readonly<Record<string, Json>>,
    inputs: readonly number[],
    sources?: Readonly<Record<string, Source>>,
  ): number {
    return this.known.builder.call(this.#name, className, options, inputs, sources);
  }

  /** The value in this order of its axes. */
  arranged({ shape, forms }: Value, order: readonly number[]): number {
    return arrange(forms, order, ({ at, order: from }) =>
      sameSequence(from, order, shape)
        ? this.layer('reshape', { targetShape: order.map((axis) => shape[axis] ?? 1) }, [at])
        : this.layer('permute', { dims: order.map((axis) => from.indexOf(axis) + 1) }, [at]),
    );
  }

  natural(value: Value): number {
    return this.arranged(value, natural(value.shape.length));
  }

  /** The form with this axis last, whatever the order of the others. */
  withLast(value: Value, last: number): Form<number> {
    const found = value.forms.find(({ order }) => order.at(-1) === last);
    if (found !== undefined) return found;
    const order = [...natural(value.shape.length).filter((axis) => axis !== last), last];
    return { at: this.arranged(value, order), order };
  }

  /** The value with the shape of its samples changed, in their sequence. */
  reshaped(value: Value, shape: readonly number[]): Value {
    const { forms, positive } = value;
    const axes = natural(value.shape.length);
    if (sameOrder(value.shape, shape)) return value;
    const from = forms.find(({ order }) => sameSequence(order, axes, value.shape))?.at ?? this.natural(value);
    const at =
      shape.length === 1
        ? this.layer('flatten', {}, [from])
        : this.layer('reshape', { targetShape: [...shape] }, [from]);
    return made(at, shape, natural(shape.length), positive);
  }

  /** The one node that takes this value, if nothing else does. */
  next(name: string): Node | undefined {
    const [only, ...others] = this.known.users.get(name) ?? [];
    return others.length === 0 && only !== 'graph' ? only : undefined;
  }

  /** Computes a later node, too. */
  take(node: Node): void {
    this.known.taken.add(node);
    this.output = node.outputs[0] ?? '';
  }

  /** Refuses outputs that only training has. */
  checkOutputs(): void {
    const used = this.node.outputs.slice(1).find((name) => (this.known.users.get(name) ?? []).length > 0);
    if (used !== undefined) this.refuse(`its output ${show(used)} has no counterpart`);
  }

  /** Refuses samples of another number of axes. */
  checkRank(value: Value, ranks: readonly number[]): void {
    if (!ranks.includes(value.shape.length))
      this.refuse(`samples must have ${ranks.join(' or ')} axes, got ${showShape(['..', ...value.shape])}`);
  }
}

/** A value of one form. */
export const made = (at: number, shape: readonly number[], order: readonly number[], positive = false): Value => ({
  shape,
  forms: [{ at, order }],
  positive,
});

/** The form in which a value was made. */
export function formOf({ forms }: Value): Form<number> {
  const [first] = forms;
  if (first === undefined) throw new Error('a value has no form');
  return first;
}
