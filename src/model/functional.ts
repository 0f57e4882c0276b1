/** Models that are any graph of layer calls: several inputs and outputs, branches, layers that are called more than once. */
import type { Config, JsonObject } from '../config.ts';
import type { LayerCall } from '../layers/layer.ts';
import { namesOf } from '../layers/names.ts';
import { type Call, SymbolicTensor } from '../layers/symbolic.ts';
import { checkKind, checkLabel, checkOptions, show } from '../validate.ts';
import { BaseModel } from './base.ts';
import { type Network, networkOf, type Port } from './network.ts';
import type { ModelOptions, Predictions } from './options.ts';

/** One value, several in order, or several by name. */
export type Ports = SymbolicTensor | readonly SymbolicTensor[] | Readonly<Record<string, SymbolicTensor>>;

/** What `predict` gives: as the outputs were given, one, an array or an object of predictions. */
export type PredictionsOf<O extends Ports> = O extends SymbolicTensor
  ? Predictions
  : { readonly [K in keyof O]: Predictions };

/** Options of {@link model}. */
export interface FunctionalOptions<O extends Ports> extends ModelOptions {
  /** What the model is given: the result of `input`, or several as an array or by name. */
  readonly inputs: Ports;
  /** What the model gives. */
  readonly outputs: O;
}

interface Named {
  readonly name: string;
  readonly value: SymbolicTensor;
}

function listOf(what: string, ports: Ports): readonly Named[] {
  const entries: readonly [string, unknown][] =
    ports instanceof SymbolicTensor
      ? [['', ports]]
      : Array.isArray(ports)
        ? ports.map((port) => ['', port])
        : Object.entries(Object(ports));
  if (entries.length === 0) throw new TypeError(`model needs ${what}, got ${show(ports)}`);
  return entries.map(([name, value], i) => {
    checkLabel(`the name of ${what}[${i}]`, name);
    checkKind(value instanceof SymbolicTensor, `${what}[${name || i}]`, 'a symbolic tensor', value);
    return { name, value };
  });
}

/** The calls that lead from the inputs to the outputs, each after those that it needs: first input first. */
function callsTo(outputs: readonly SymbolicTensor[], inputs: readonly SymbolicTensor[]): readonly Call[] {
  const given = new Set(inputs);
  const calls = new Set<Call>();
  const open: { readonly call: Call; next: number }[] = [];
  const visit = (value: SymbolicTensor): void => {
    if (given.has(value)) return;
    const { call } = value;
    if (call === undefined)
      throw new Error(`an output depends on the input ${value.label || String(value)}, which is not among the inputs`);
    if (!calls.has(call)) open.push({ call, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    // with a stack of its own: a thousand layers are no problem
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      const input = top.call.inputs[top.next++];
      if (input !== undefined) visit(input);
      else {
        open.pop();
        calls.add(top.call);
      }
    }
  }
  return [...calls];
}

/** A network and how its parts are written down. */
interface Traced {
  readonly network: Network;
  readonly calls: readonly LayerCall[];
  readonly outputs: readonly number[];
  readonly outputNames: readonly string[];
}

function traceOf(inputs: readonly Named[], outputs: readonly Named[]): Traced {
  const values = inputs.map(({ value }) => value);
  for (const [i, value] of values.entries()) {
    if (value.call !== undefined)
      throw new Error(`inputs[${i}] is the output of ${value.call.layer.name}, not of input()`);
    if (values.indexOf(value) !== i) throw new Error(`inputs[${i}] is given twice`);
  }
  const calls = callsTo(
    outputs.map(({ value }) => value),
    values,
  );
  const used = new Set(calls.flatMap((call) => call.inputs));
  const idle = values.findIndex((value) => !used.has(value) && !outputs.some((output) => output.value === value));
  if (idle >= 0) throw new Error(`no output depends on inputs[${idle}] ${values[idle]?.label ?? ''}`);
  const numbers = new Map(values.map((value, i) => [value, i]));
  // outputs of a call come one after the other: where each begins
  let next = values.length;
  const firstOf = new Map<Call, number>();
  for (const call of calls) {
    firstOf.set(call, next);
    next += call.layer.inner?.outputs.length ?? 1;
  }
  const numberOf = (value: SymbolicTensor): number =>
    numbers.get(value) ?? (value.call === undefined ? 0 : (firstOf.get(value.call) ?? 0) + value.at);
  const own = calls.map((call) => ({ layer: call.layer, inputs: call.inputs.map(numberOf) }));
  const ports: readonly Port[] = inputs.map(({ name, value }, i) => ({
    name: name || value.label || (inputs.length === 1 ? 'x' : `input_${i + 1}`),
    shape: value.sample,
  }));
  const results = outputs.map(({ value }) => numberOf(value));
  const outputNames = uniqueNames(outputs.map(({ name, value }) => name || (value.call?.layer.name ?? value.label)));
  return { network: networkOf(ports, own, results), calls: own, outputs: results, outputNames };
}

/** Names with numbers behind those that repeat: dense, dense_1. */
function uniqueNames(names: readonly string[]): readonly string[] {
  const counts = new Map<string, number>();
  return names.map((name) => {
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return count === 0 ? name : `${name}_${count}`;
  });
}

/** Names the layers that lead from the inputs to the outputs and connects them. Nothing is allocated. @internal */
export function traced(options: FunctionalOptions<Ports>): Traced {
  checkOptions('model', options, ['inputs', 'outputs', 'seed', 'runtime', 'name']);
  const [from, to] = [listOf('inputs', options.inputs), listOf('outputs', options.outputs)];
  const calls = callsTo(
    to.map(({ value }) => value),
    from.map(({ value }) => value),
  );
  const layers = [...new Set(calls.map(({ layer }) => layer))];
  if (layers.length > 0) for (const [i, name] of namesOf(layers).entries()) layers[i]?.claim(name);
  return traceOf(from, to);
}

/** A model that is a graph of layers. Made by {@link model}. */
export class Functional<O extends Ports = Ports> extends BaseModel<PredictionsOf<O>> {
  readonly #traced: Traced;
  /** How outputs were given: one, as a list, or by name. */
  readonly #as: 'one' | 'list' | 'names';

  /** @internal */
  constructor(options: FunctionalOptions<O>) {
    const { inputs: _, outputs, ...others } = options;
    const found = traced(options);
    const as = outputs instanceof SymbolicTensor ? 'one' : Array.isArray(outputs) ? 'list' : 'names';
    super(
      {
        kind: 'functional',
        layers: found.network.layers,
        outputNames: found.outputNames,
        network: () => found.network,
        inputShapes: found.network.inputs.map(({ shape }) => shape),
        describe: () => configOf(found, as),
      },
      others,
    );
    this.#traced = found;
    this.#as = as;
    Object.freeze(this);
  }

  /** @internal */
  override get [Symbol.toStringTag](): string {
    return 'Functional';
  }

  /** @internal */
  protected override get single(): boolean {
    return this.#as === 'one';
  }

  /** @internal */
  protected override arrange(all: readonly Predictions[]): PredictionsOf<O> {
    const [first] = all;
    const names = this.#traced.outputNames;
    const arranged =
      this.#as === 'one' ? first : this.#as === 'list' ? all : Object.fromEntries(all.map((one, i) => [names[i], one]));
    return arranged as PredictionsOf<O>;
  }
}

/** The model as plain JSON: layers by their place in the list, values by their numbers. */
function configOf({ network, calls, outputs, outputNames }: Traced, as: 'one' | 'list' | 'names'): JsonObject {
  const { inputs, layers } = network;
  return {
    layers: layers.map((layer) => layer.toConfig() as Config & JsonObject),
    inputs: inputs.map(({ name, shape }) => ({ name, shape: [...shape] })),
    calls: calls.map((call) => ({ layer: layers.indexOf(call.layer), inputs: [...call.inputs] })),
    outputs:
      as === 'one'
        ? (outputs[0] ?? 0)
        : as === 'list'
          ? [...outputs]
          : Object.fromEntries(outputs.map((number, i) => [outputNames[i], number])),
  };
}

/**
 * Makes a model of what leads from inputs to outputs: layers that were called on each other, on several values, or more than once.
 *
 * @throws Error for outputs that depend on an input that is not given, inputs that no output depends on, or layers of another runtime;
 * RangeError for names given twice.
 * @example
 * ```ts
 * import { input, layers, model } from 'simdescent';
 * const x = input({ shape: [8] });
 * const hidden = layers.dense({ units: 8, activation: 'relu' }).apply(x);
 * const sum = layers.add().apply([x, hidden]); // a residual connection
 * const net = model({ inputs: x, outputs: layers.dense({ units: 1 }).apply(sum), seed: 42 });
 * net.compile({ optimizer: 'adam', loss: 'mse' });
 * ```
 */
export function model<const O extends Ports>(options: FunctionalOptions<O>): Functional<O> {
  return new Functional(options);
}
