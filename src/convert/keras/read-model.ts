/** Sequential and functional models of Keras and TensorFlow.js as descriptions of ours. */
import type { Config } from '../../config.ts';
import type { ModelConfig } from '../../model/config.ts';
import { shorten, show } from '../../validate.ts';
import { fields, items, refuse, text } from '../refusal.ts';
import type { Dialect } from './dialect.ts';
import { layersFrom } from './read-layer.ts';

const MODELS = ['Sequential', 'Functional', 'Model'];

/** The shape of one sample, from `batch_shape` of Keras 3 or `batch_input_shape` of the others. */
function shapeIn(name: string, config: Readonly<Record<string, unknown>>): readonly number[] | undefined {
  const shape = config.batch_shape ?? config.batch_input_shape ?? config.batchInputShape ?? config.build_input_shape;
  if (shape === undefined || shape === null) return undefined;
  const [, ...sample] = items(`the shape of ${shorten(name)}`, shape);
  if (sample.some((size) => size === null))
    refuse({ name, kind: 'InputLayer' }, `samples need fixed sizes, got ${show(shape)}`);
  return sample as readonly number[];
}

interface Entry {
  readonly className: string;
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly nodes: unknown;
}

function entryFrom(value: unknown, dialect: Dialect): Entry {
  const what = `a layer of the ${dialect.program} model`;
  const layer = fields(what, value);
  const className = text(`the class of ${what}`, layer.class_name);
  const config = fields(`the config of ${what}`, layer.config);
  const name = text(`the name of ${what}`, layer.name ?? config.name);
  return { className, name, config, nodes: layer.inbound_nodes };
}

/** Our descriptions of an entry: one layer, a model within, or a layer and what makes its activation. */
function described({ className, name, config }: Entry, dialect: Dialect, depth: number): readonly Config[] {
  if (!MODELS.includes(className)) return layersFrom(className, name, config, dialect);
  const model = modelFrom({ class_name: className, config: { ...config, name } }, dialect, depth + 1);
  return [{ className: 'model', config: { model: model as never } }];
}

function sequentialFrom(name: string, config: unknown, dialect: Dialect, depth: number): ModelConfig {
  const own = Array.isArray(config) ? {} : fields('the config of Sequential', config);
  const entries = items('layers', Array.isArray(config) ? config : own.layers).map((one) => entryFrom(one, dialect));
  const [first] = entries;
  const shape =
    (first && shapeIn(first.name, first.config)) ?? nestedShape(first, dialect, depth) ?? shapeIn(name, own);
  if (shape === undefined) refuse({ name, kind: 'Sequential' }, 'it does not say the shape of its input');
  const layers = entries
    .filter(({ className }) => className !== 'InputLayer')
    .flatMap((entry) => described(entry, dialect, depth));
  return { className: 'sequential', config: { name, seed: 0, layers }, inputShape: shape };
}

/** The input of a model that is a stack's first layer. */
function nestedShape(first: Entry | undefined, dialect: Dialect, depth: number): readonly number[] | undefined {
  if (first === undefined || !MODELS.includes(first.className)) return undefined;
  const model = modelFrom({ class_name: first.className, config: first.config }, dialect, depth + 1);
  return model.className === 'sequential' ? model.inputShape : model.config.inputs[0]?.shape;
}

/** The output of a layer's call: its name, which call, which of its outputs. */
type Reference = readonly [name: string, call: number, output: number];

function referenceFrom(what: string, value: unknown): Reference {
  const [name, call = 0, output = 0, options] = items(what, value);
  if (options !== undefined && Object.values(fields(what, options)).some((one) => one !== null && one !== false))
    refuse({ name: what, kind: 'call' }, `its arguments ${show(Object.keys(options as object))} have no counterpart`);
  if (!Number.isSafeInteger(call) || !Number.isSafeInteger(output))
    throw new TypeError(`${what} must name a layer, a call and an output, got ${show(value)}`);
  return [text(what, name), call as number, output as number];
}

/** All tensors among the arguments of a call in Keras 3's notation; refuses other arguments. */
function tensorsIn(entry: Entry, value: unknown, found: Reference[] = []): Reference[] {
  if (value === null || value === undefined || value === false) return found;
  if (Array.isArray(value)) for (const one of value) tensorsIn(entry, one, found);
  else if (typeof value === 'object' && Reflect.get(value, 'class_name') === '__keras_tensor__')
    found.push(referenceFrom(entry.name, fields(entry.name, Reflect.get(value, 'config')).keras_history));
  else
    refuse({ name: entry.name, kind: entry.className }, `the argument ${show(value)} of its call has no counterpart`);
  return found;
}

/** The inputs of each call of a layer. */
function callsOf(entry: Entry): readonly (readonly Reference[])[] {
  const { name, nodes = [] } = entry;
  return items(`the calls of ${shorten(name)}`, nodes).map((node) => {
    if (Array.isArray(node)) {
      // a single reference stands without a list in some files
      const list = typeof node[0] === 'string' ? [node] : node;
      return list.map((one) => referenceFrom(name, one));
    }
    const { args, kwargs = {} } = fields(`a call of ${shorten(name)}`, node);
    const others = Object.entries(fields(name, kwargs)).filter(([key]) => key !== 'training' && key !== 'mask');
    return tensorsIn(
      entry,
      others.map(([, value]) => value),
      tensorsIn(entry, args),
    );
  });
}

/** References of the model's inputs or outputs: one, several, or several by name. */
function portsFrom(
  what: string,
  value: unknown,
): Reference | readonly Reference[] | Readonly<Record<string, Reference>> {
  if (Array.isArray(value)) {
    if (typeof value[0] === 'string') return referenceFrom(what, value);
    return value.map((one) => referenceFrom(what, one));
  }
  const entries = Object.entries(fields(what, value)).map(([key, one]) => [key, referenceFrom(what, one)]);
  return Object.fromEntries(entries);
}

const listOf = (ports: ReturnType<typeof portsFrom>): readonly Reference[] =>
  isReference(ports) ? [ports] : Object.values(ports);

const isReference = (ports: ReturnType<typeof portsFrom>): ports is Reference =>
  Array.isArray(ports) && typeof ports[0] === 'string';

/** Makes the calls of a functional model in an order in which each comes behind those that it needs. */
class Caller {
  readonly calls: { layer: number; inputs: number[] }[] = [];
  readonly layers: Config[] = [];
  /** Where the layers of an entry begin, and how many there are. */
  readonly #made = new Map<string, { readonly first: number; readonly count: number }>();
  /** Numbers of values, by what references say. */
  readonly #values = new Map<string, number>();
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #calls = new Map<string, ReturnType<typeof callsOf>>();
  readonly #dialect: Dialect;
  readonly #depth: number;
  /** Numbers of the first calls of models within. */
  readonly #first = new Map<string, number>();
  /** How many values there are. */
  #next: number;

  constructor(
    entries: ReadonlyMap<string, Entry>,
    inputs: readonly Reference[],
    outputs: readonly Reference[],
    dialect: Dialect,
    depth: number,
  ) {
    this.#entries = entries;
    for (const [name, entry] of entries) this.#calls.set(name, callsOf(entry));
    // Keras 2 and TensorFlow.js count the call that made a model within, which they do not write
    for (const [name, call] of [...[...this.#calls.values()].flat(2), ...outputs])
      if (call > 0 && call === this.#calls.get(name)?.length && MODELS.includes(entries.get(name)?.className ?? ''))
        this.#first.set(name, 1);
    this.#dialect = dialect;
    this.#depth = depth;
    for (const [i, reference] of inputs.entries()) this.#values.set(String(reference), i);
    this.#next = inputs.length;
  }

  /** The number of a value. Goes through the calls without recursion: files decide how deep they are. */
  valueOf(wanted: Reference): number {
    const open: Reference[] = [wanted];
    const waiting = new Set<string>();
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (this.#values.has(String(top))) {
        open.pop();
        continue;
      }
      const inputs = this.#inputsOf(top);
      const missing = inputs.filter((one) => !this.#values.has(String(one)));
      if (missing.length === 0) {
        this.#call(top, inputs);
        open.pop();
        continue;
      }
      if (waiting.has(String(top))) throw new RangeError(`the calls of layer '${shorten(top[0])}' form a circle`);
      waiting.add(String(top));
      open.push(...missing);
    }
    return this.#values.get(String(wanted)) ?? 0;
  }

  #inputsOf([name, call]: Reference): readonly Reference[] {
    const entry = this.#entries.get(name);
    if (entry === undefined) throw new RangeError(`a call names the layer '${shorten(name)}', which does not exist`);
    const inputs = this.#calls.get(name)?.[call - (this.#first.get(name) ?? 0)];
    if (inputs === undefined || inputs.length === 0)
      throw new RangeError(`layer '${shorten(name)}' has no call ${call}, whose output another one takes`);
    return inputs;
  }

  #call([name, call, output]: Reference, inputs: readonly Reference[]): void {
    const entry = this.#entries.get(name) as Entry;
    let made = this.#made.get(name);
    if (made === undefined) {
      const own = described(entry, this.#dialect, this.#depth);
      made = { first: this.layers.length, count: own.length };
      this.layers.push(...own);
      this.#made.set(name, made);
    }
    if (output !== 0) refuse({ name, kind: entry.className }, `only its first output can be used, not ${output}`);
    let numbers = inputs.map((one) => this.#values.get(String(one)) ?? 0);
    for (let i = 0; i < made.count; i++) {
      this.calls.push({ layer: made.first + i, inputs: numbers });
      numbers = [this.#next++];
    }
    this.#values.set(String([name, call, output]), this.#next - 1);
  }
}

function functionalFrom(name: string, config: unknown, dialect: Dialect, depth: number): ModelConfig {
  const own = fields('the config of a functional model', config);
  const entries = items('layers', own.layers).map((one) => entryFrom(one, dialect));
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  const inputs = listOf(portsFrom('input_layers', own.input_layers));
  const ports = inputs.map(([input]) => {
    const entry = byName.get(input);
    const shape = entry && shapeIn(input, entry.config);
    if (shape === undefined) throw new RangeError(`the input '${shorten(input)}' has no shape`);
    return { name: input, shape };
  });
  const asked = portsFrom('output_layers', own.output_layers);
  const caller = new Caller(byName, inputs, listOf(asked), dialect, depth);
  const numbers = new Map(listOf(asked).map((one) => [String(one), caller.valueOf(one)]));
  const numberOf = (one: Reference) => numbers.get(String(one)) ?? 0;
  const outputs = isReference(asked)
    ? numberOf(asked)
    : Array.isArray(asked)
      ? asked.length === 1
        ? numberOf(asked[0])
        : asked.map(numberOf)
      : Object.fromEntries(Object.entries(asked).map(([key, one]) => [key, numberOf(one)]));
  const { calls, layers } = caller;
  return { className: 'functional', config: { name, seed: 0, layers, inputs: ports, calls, outputs } };
}

/**
 * Our description of a model, with layers of the same names.
 *
 * @throws RangeError that names the layer that cannot be converted, and what is missing; TypeError for what is no model
 */
export function modelFrom(value: unknown, dialect: Dialect, depth = 0): ModelConfig {
  if (depth > 50) throw new RangeError('models are nested more than 50 deep');
  const { class_name: className, config } = fields(`the ${dialect.program} model`, value);
  const name = Array.isArray(config)
    ? 'sequential'
    : text('the name of the model', fields('the model', config).name ?? 'model');
  if (className === 'Sequential') return sequentialFrom(name, config, dialect, depth);
  if (MODELS.includes(String(className))) return functionalFrom(name, config, dialect, depth);
  throw new RangeError(`only Sequential and functional models say what they compute, got the class ${show(className)}`);
}
