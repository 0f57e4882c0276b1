import type { Config } from '../config.ts';
import { nearest } from '../nearest.ts';
import { checkKind, checkLabel, checkOptions, isObject, show } from '../validate.ts';
import { rule } from './facts/rule.ts';
import { type Counters, checkIterations, Optimizer, type Wrapping } from './optimizer.ts';
import type { Wrapper } from './spec.ts';

/** Options of {@link multiOptimizer}. */
export interface MultiOptimizerOptions {
  /** Updates all weights that no key of `optimizerMap` names. */
  readonly defaultOptimizer: Optimizer;
  /**
   * Optimizers by the weights that they update. A key is the name of a weight (`'output/kernel'`), of a layer or of a model within
   * (`'encoder'`: all its weights), or has a `*` for any characters (`'*bias'`). Default none.
   */
  readonly optimizerMap?: Readonly<Record<string, Optimizer>>;
}

const noRule = /* @__PURE__ */ rule({
  name: 'multiOptimizer',
  kind: () => 0,
  learningRate: 0,
  options: {},
  slots: () => [],
});

/** Files may come from strangers, and each key is compared with each weight. */
const MOST_KEYS = 1000;

/** Whether a key without `*` names the weight: it is its name, or that of a layer or model around it. */
const names = (key: string, weight: string): boolean => key === weight || weight.startsWith(`${key}/`);

/** Whether a pattern matches: its pieces stand in the name in this order, the first at its start, the last at its end. */
function matches(pattern: string, name: string): boolean {
  const pieces = pattern.split('*');
  const [first = '', last = ''] = [pieces[0], pieces.at(-1)];
  if (!name.startsWith(first) || !name.endsWith(last)) return false;
  let at = first.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = name.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return at + last.length <= name.length;
}

const fits = (key: string, weight: string): boolean => (key.includes('*') ? matches(key, weight) : names(key, weight));

/** Several optimizers as one: each is bound, updated and saved as a part. */
class MultiOptimizer extends Optimizer {
  readonly #given: MultiOptimizerOptions;
  readonly #map: ReadonlyMap<string, Optimizer>;
  readonly #parts: readonly Optimizer[];
  /** Parts of the weights asked for so far. */
  readonly #found = new Map<string, Optimizer>();

  constructor(given: MultiOptimizerOptions, wrapping?: Wrapping) {
    super(noRule, {}, undefined, undefined, wrapping);
    const { defaultOptimizer, optimizerMap = {} } = given;
    this.#given = { defaultOptimizer, optimizerMap };
    this.#map = new Map(Object.entries(optimizerMap));
    this.#parts = Object.freeze([...new Set([defaultOptimizer, ...this.#map.values()])]);
    Object.freeze(this);
  }

  override get parts(): readonly Optimizer[] {
    return this.#parts;
  }

  override wrapped(wrapper: Wrapper): Optimizer {
    if (wrapper.ascent !== undefined) return new MultiOptimizer(this.#given, { ...wrapper, of: this });
    throw new TypeError(`${wrapper.name} cannot be around a multiOptimizer: put it around its optimizers`);
  }

  override partFor(name: string): Optimizer {
    const part = this.#found.get(name) ?? this.#search(name);
    this.#found.set(name, part);
    return part;
  }

  #search(name: string): Optimizer {
    const found = [...this.#map.keys()].filter((key) => fits(key, name));
    const exact = found.filter((key) => !key.includes('*')).sort((a, b) => b.length - a.length);
    const keys = exact.length > 0 ? exact.slice(0, 1) : found;
    const parts = new Set(keys.map((key) => this.#map.get(key)));
    if (parts.size > 1)
      throw new RangeError(
        `optimizerMap: ${keys.map(show).join(' and ')} both name the weight ${show(name)}; name it or its layer by itself, too`,
      );
    return [...parts][0] ?? (this.#parts[0] as Optimizer);
  }

  override checkNames(weights: readonly string[]): void {
    for (const key of this.#map.keys()) {
      if (weights.some((weight) => fits(key, weight))) continue;
      const known = weights.map((weight) => weight.slice(0, weight.lastIndexOf('/')) || weight);
      throw new RangeError(`optimizerMap: no weight is named ${show(key)}${nearest(key, [...new Set(known)])}`);
    }
    for (const weight of weights) this.partFor(weight);
  }

  /** Steps done: the most that one of them has done. */
  override get iterations(): number {
    return Math.max(...this.#parts.map(({ calls }) => calls));
  }

  override set iterations(value: number) {
    checkIterations(value);
    for (const part of this.#parts) part.calls = value;
  }

  override get learningRate(): number {
    throw new Error('a multiOptimizer has no learning rate: read that of one of its optimizers');
  }

  override set learningRate(_value: number) {
    throw new Error('a multiOptimizer has no learning rate: set that of one of its optimizers');
  }

  protected override described(): Config {
    const numbers = new Map<Optimizer, number>();
    const configOf = (part: Optimizer): Config => {
      const number = numbers.get(part);
      if (number !== undefined) return { className: 'shared', config: { optimizer: number } };
      numbers.set(part, numbers.size);
      return part.toConfig();
    };
    const defaultOptimizer = { ...configOf(this.#parts[0] as Optimizer) };
    const map = [...this.#map].map(([key, part]) => [key, { ...configOf(part) }]);
    return { className: noRule.name, config: { defaultOptimizer, optimizerMap: Object.fromEntries(map) } };
  }

  override get counters(): Counters {
    return { iterations: this.iterations, momentumProduct: 1, parts: this.#parts.map((part) => part.counters) };
  }

  override restore({ parts = [] }: Counters): void {
    for (const [i, counters] of parts.entries()) this.#parts[i]?.restore(counters);
  }

  override apply(): void {
    throw new Error('a multiOptimizer goes by names, which tensors have not: use a model or compileStep');
  }

  override finalizeVariableValues(): void {
    for (const part of this.#parts) part.finalizeVariableValues();
  }

  override dispose(): void {
    for (const part of this.#parts) part.dispose();
  }

  override checkFree(owner: object): void {
    for (const part of this.#parts) part.checkFree(owner);
  }

  override release(owner: object): void {
    for (const part of this.#parts) part.release(owner);
  }
}

/**
 * Different optimizers for different layers. Keras' `MultiOptimizer`, with an `OptimizerMap` whose keys are names or patterns instead of regular expressions.
 *
 * The most exact key counts: the longest name, then a pattern, then `defaultOptimizer`. Each optimizer clips by itself, as in Keras, so `globalClipnorm`
 * is the norm of the gradients that this optimizer gets. It has a learning rate, a schedule and slots of its own; read and set its `learningRate`, as the
 * callbacks that set one cannot: there is not one for all. An optimizer that is given for two keys is one, with one norm and one count of steps.
 *
 * @throws TypeError for anything but optimizers; RangeError for an empty key, and at `compile` for a key that names no weight or two patterns that name the same one.
 * @example
 * ```ts
 * import { layers, optimizers, sequential } from 'simdescent';
 * const hidden = layers.dense({ units: 8, activation: 'relu', name: 'hidden', inputShape: [4] });
 * const model = sequential([hidden, layers.dense({ units: 3, activation: 'softmax', name: 'output' })]);
 * const slow = optimizers.sgd({ learningRate: 0.001 });
 * const optimizer = optimizers.multiOptimizer({ defaultOptimizer: optimizers.adam(), optimizerMap: { hidden: slow } });
 * model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
 * slow.learningRate = 0.0005;
 * ```
 */
export function multiOptimizer(options: MultiOptimizerOptions): Optimizer {
  checkOptions('optimizers.multiOptimizer', options, ['defaultOptimizer', 'optimizerMap']);
  const { defaultOptimizer, optimizerMap = {} } = options;
  checkKind(isObject(optimizerMap) && !Array.isArray(optimizerMap), 'optimizerMap', 'an object', optimizerMap);
  const entries = Object.entries(optimizerMap);
  for (const [what, one] of [['defaultOptimizer', defaultOptimizer] as const, ...entries]) {
    const name = one === defaultOptimizer ? 'defaultOptimizer' : `optimizerMap: ${show(what)}`;
    checkKind(one instanceof Optimizer, name, 'made by optimizers', one);
    if (one.ascent !== undefined) throw new TypeError(`${name} cannot be a sam: put it around the multiOptimizer`);
    if (one.reevaluates)
      throw new TypeError(`${name} cannot be ${one.name}, which searches along a direction of all weights`);
    if (one instanceof MultiOptimizer) throw new TypeError(`${name} cannot be a multiOptimizer itself`);
  }
  const parts = [...new Set([defaultOptimizer, ...entries.map(([, one]) => one)])];
  if (parts.some((a) => parts.some((b) => a !== b && a.sharesState(b))))
    throw new TypeError('optimizerMap: an optimizer cannot be given together with one around it');
  if (entries.length > MOST_KEYS)
    throw new RangeError(`optimizerMap may have at most ${MOST_KEYS} keys, got ${entries.length}`);
  for (const [key] of entries) {
    checkLabel('a key of optimizerMap', key);
    if (key === '') throw new RangeError('optimizerMap: an empty key names no weight');
  }
  return new MultiOptimizer(options);
}
