/**
 * Finds the calls of layers that lead from inputs to outputs, and numbers the values between them: the inputs first, then the outputs of
 * the calls. Models here and the client of a worker share it, so it knows no layer and no tensor, only how they are connected.
 */
import { type Config, configsOf, type JsonObject, type Seen } from './config.ts';
import { uniqueNames } from './unique-names.ts';
import { checkKind, checkLabel, show, tagOf } from './validate.ts';

/** The part of a layer that a graph needs. */
interface Called {
  readonly name: string;
  /** Set for a model that is called like a layer. */
  readonly inner: { readonly outputs: readonly unknown[] } | undefined;
  configIn(seen: Seen): Config;
}

/** The part of a symbolic tensor that a graph needs. */
interface Symbolic<L> {
  readonly sample: readonly number[];
  /** The call that makes it; undefined for an input. */
  readonly call: { readonly layer: L; readonly inputs: readonly Symbolic<L>[] } | undefined;
  /** Which output of the call it is. */
  readonly at: number;
  /** The name given to an input, or ''. */
  readonly label: string;
}

/** One value, several in order, or several by name. */
export type PortsOf<T> = T | readonly T[] | Readonly<Record<string, T>>;

/** A graph of calls. */
export interface Trace<L> {
  /** Names of the inputs and shapes of one sample. */
  readonly inputs: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** Layers, called on values by their numbers. */
  readonly calls: readonly { readonly layer: L; readonly inputs: readonly number[] }[];
  /** The layers, each once, in the order of their first calls. */
  readonly layers: readonly L[];
  /** Numbers of the output values. */
  readonly outputs: readonly number[];
  /** How the outputs were given: one, in order or by name. */
  readonly as: 'one' | 'list' | 'names';
  /** Names of the outputs: given, or their layers'. Call it once the layers have names. */
  readonly outputNames: () => readonly string[];
}

interface Named<L> {
  readonly name: string;
  readonly value: Symbolic<L>;
}

const isSymbolic = (value: unknown): boolean => tagOf(value) === 'SymbolicTensor';

function listOf<L>(what: string, ports: PortsOf<Symbolic<L>>): readonly Named<L>[] {
  const entries: readonly [string, unknown][] = isSymbolic(ports)
    ? [['', ports]]
    : Array.isArray(ports)
      ? ports.map((port) => ['', port])
      : Object.entries(Object(ports));
  if (entries.length === 0) throw new TypeError(`model needs ${what}, got ${show(ports)}`);
  return entries.map(([name, value], i) => {
    checkLabel(`the name of ${what}[${i}]`, name);
    checkKind(isSymbolic(value), `${what}[${name || i}]`, 'a symbolic tensor', value);
    return { name, value: value as Symbolic<L> };
  });
}

/** The calls that lead from the inputs to the outputs, each after the calls it needs: first input first. */
function callsTo<L>(outputs: readonly Symbolic<L>[], inputs: readonly Symbolic<L>[]) {
  type Call = NonNullable<Symbolic<L>['call']>;
  const given = new Set(inputs);
  const calls = new Set<Call>();
  const open: { readonly call: Call; next: number }[] = [];
  const visit = (value: Symbolic<L>): void => {
    if (given.has(value)) return;
    const { call } = value;
    if (call === undefined)
      throw new Error(`an output depends on the input ${value.label || String(value)}, which is not among the inputs`);
    if (!calls.has(call)) open.push({ call, next: 0 });
  };
  for (const output of outputs) {
    visit(output);
    // an explicit stack, so that thousands of layers are no problem
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

function checkInputs<L extends Called>(inputs: readonly Symbolic<L>[]): void {
  for (const [i, { call }] of inputs.entries()) {
    if (call !== undefined) throw new Error(`inputs[${i}] is the output of ${call.layer.name}, not of input()`);
    if (inputs.indexOf(inputs[i] as Symbolic<L>) !== i) throw new Error(`inputs[${i}] is given twice`);
  }
}

/**
 * Finds the calls that lead from inputs to outputs.
 *
 * @throws TypeError for anything but symbolic tensors; Error for an output that needs another input, an input that no output needs, names given twice.
 */
export function trace<L extends Called>(from: PortsOf<Symbolic<L>>, to: PortsOf<Symbolic<L>>): Trace<L> {
  const [given, results] = [listOf('inputs', from), listOf('outputs', to)];
  const inputs = given.map(({ value }) => value);
  const outputs = results.map(({ value }) => value);
  checkInputs(inputs);
  const calls = callsTo(outputs, inputs);
  const used = new Set([...calls.flatMap((call) => call.inputs), ...outputs]);
  const idle = inputs.findIndex((value) => !used.has(value));
  if (idle >= 0) throw new Error(`no output depends on inputs[${idle}] ${inputs[idle]?.label ?? ''}`);
  const ports = given.map(({ name, value }, i) => ({
    name: name || value.label || (given.length === 1 ? 'x' : `input_${i + 1}`),
    shape: value.sample,
  }));
  const twice = ports.find(({ name }, i) => ports.findIndex((port) => port.name === name) !== i);
  if (twice !== undefined) throw new RangeError(`two inputs are named '${twice.name}'`);
  const numbers = new Map(inputs.map((value, i) => [value, i]));
  // outputs of a call are consecutive: where each begins
  let next = inputs.length;
  const firstOf = new Map<unknown, number>();
  for (const call of calls) {
    firstOf.set(call, next);
    next += call.layer.inner?.outputs.length ?? 1;
  }
  const numberOf = (value: Symbolic<L>): number => numbers.get(value) ?? (firstOf.get(value.call) ?? 0) + value.at;
  return {
    inputs: ports,
    calls: calls.map((call) => ({ layer: call.layer, inputs: call.inputs.map(numberOf) })),
    layers: [...new Set(calls.map(({ layer }) => layer))],
    outputs: outputs.map(numberOf),
    as: isSymbolic(to) ? 'one' : Array.isArray(to) ? 'list' : 'names',
    outputNames: () =>
      uniqueNames(
        results.map(({ name, value }) => name || (value.call?.layer.name ?? ports[inputs.indexOf(value)]?.name ?? '')),
      ),
  };
}

/** The graph as plain JSON: layers by their index, values by their numbers. */
export function describeTrace<L extends Called>(
  { inputs, calls, layers, outputs, as, outputNames }: Trace<L>,
  seen: Seen,
): JsonObject {
  const places = new Map(layers.map((layer, i) => [layer, i]));
  const names = as === 'names' ? outputNames() : [];
  return {
    layers: configsOf(layers, seen),
    inputs: inputs.map(({ name, shape }) => ({ name, shape: [...shape] })),
    calls: calls.map((call) => ({ layer: places.get(call.layer) ?? 0, inputs: [...call.inputs] })),
    outputs:
      as === 'one'
        ? (outputs[0] ?? 0)
        : as === 'list'
          ? [...outputs]
          : Object.fromEntries(outputs.map((number, i) => [names[i], number])),
  };
}
