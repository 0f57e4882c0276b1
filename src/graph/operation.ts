/**
 * An operation, defined once: its words by name (the file in assembly/words/ that the kernels read too), which of them are inputs and
 * outputs, the output's shape, its cost, and its gradient in terms of other operations. Words that are neither input
 * nor output are attributes: numbers, integers unless they stand in `floats`.
 *
 * The types hold a definition together: each word has one role, `shape` names the outputs, `gradient` the inputs, and no
 * definition compiles without a rule for each.
 */
import type { Binaries } from '../engine/load.ts';
import type { Graph, Value } from './graph.ts';

/** Sizes of the axes: of one row of the batch, or of all of a value that does not depend on the batch. */
export type Shape = readonly number[];

/** A value: one for each row of the batch (`rows`, the shape is without the batch axis), or fixed: weights, constants. */
export interface Type {
  readonly shape: Shape;
  readonly rows: boolean;
}

/** The names of an operation's words. */
type Word<W> = Exclude<keyof W, 'code'> & string;

export type Inputs<I extends string, P extends string> = Readonly<
  Record<I, Value> & Partial<Record<P, Value | undefined>>
>;
export type Numbers<A extends string> = Readonly<Record<A, number>>;

/** Arguments of a gradient rule: `dy` has the gradients of the outputs that have one. */
export interface Backward<I extends string, P extends string, O extends string, A extends string> {
  readonly graph: Graph;
  readonly label: string;
  readonly inputs: Inputs<I, P>;
  readonly outputs: Readonly<Partial<Record<O, Value>>>;
  readonly attributes: Numbers<A>;
  readonly dy: Readonly<Partial<Record<O, Value>>>;
  /** Whether the gradient of this input is needed. */
  readonly wants: (input: I | P) => boolean;
}

/** Gradients of inputs; those that are not needed may be missing. */
export type Gradients<I extends string> = Readonly<Partial<Record<I, Value | undefined>>>;

/** Words of an operation by role; A are the attributes. */
interface Names<I extends string, P extends string, O extends string, U extends string> {
  readonly inputs?: readonly I[];
  /** Inputs that may be missing; their word is then 0. */
  readonly optional?: readonly P[];
  /** Outputs; one that is not wanted has the word 0. */
  readonly outputs?: readonly O[];
  /** Inputs that may be missing and that the operation changes in place: outputs of the same name. */
  readonly updates?: readonly U[];
}

/** The rest of a definition. A are its attributes. */
interface Rules<I extends string, P extends string, O extends string, A extends string> {
  readonly name: string;
  /** Attributes that are float32. */
  readonly floats?: readonly A[];
  /** The core that has its kernel, if the smaller one lacks it. */
  readonly needs?: Binaries;
  /** It computes relu of its output too if the attribute `relu` is 1, or gives no gradient where an input `y` is not above 0. */
  readonly absorbs?: 'relu' | 'reluGradient';
  /** Gives the gradient `dy` of `y` to values of `x` that are equal to it, and none to others: where one has none, so has the other. */
  readonly selects?: true;
  /** An output may overwrite this input once nothing else needs it. */
  readonly overwrites?: Readonly<Partial<Record<O, I>>>;
  /** Has an effect besides its outputs, so it stays even if they are unused. */
  readonly effect?: true;
  /** It may go back to the operation behind the latest one of this name, so that those between run several times. */
  readonly repeatsFrom?: string;
  readonly shape: (inputs: Inputs<I, P>, attributes: Numbers<A>) => Readonly<Record<O, Type | undefined>>;
  /** Nanoseconds on one thread for a batch of `rows`, to a factor of two: above some 3500, threads share it. 0: it cannot be shared. */
  readonly cost: (words: Numbers<I | P | O | A>, rows: number) => number;
  /** From the gradients of the outputs to those of the inputs, recorded as operations; null if it is never differentiated. */
  readonly gradient: ((step: Backward<I, P, O, A>) => Gradients<I | P>) | null;
}

/** An operation: I its inputs, P those that may be missing, O its outputs, A its attributes. */
export interface Operation<I extends string, P extends string, O extends string, A extends string>
  extends Rules<I, P, O, A> {
  readonly words: Readonly<Record<I | P | O | A | 'code', number>>;
  readonly updates: readonly string[];
}

/** An operation of any kind, as the passes see it. */
export interface AnyOperation {
  readonly name: string;
  readonly words: Readonly<Record<string, number>>;
  readonly updates: readonly string[];
  readonly floats?: readonly string[];
  readonly needs?: Binaries;
  readonly absorbs?: 'relu' | 'reluGradient';
  readonly selects?: true;
  readonly overwrites?: Readonly<Record<string, string | undefined>>;
  readonly effect?: true;
  readonly repeatsFrom?: string;
  readonly shape: (inputs: never, attributes: never) => Readonly<Record<string, Type | undefined>>;
  readonly cost: (words: never, rows: number) => number;
  readonly gradient: ((step: never) => Gradients<string>) | null;
}

/**
 * Defines an operation by the words that its kernels read, and its rules.
 *
 * @__NO_SIDE_EFFECTS__
 */
export function operation<
  W extends { readonly code: number },
  const I extends Word<W> = never,
  const O extends Word<W> = never,
  const P extends Word<W> = never,
  const U extends Word<W> = never,
>(
  words: W,
  names: Names<I, P, O, U>,
  rules: NoInfer<Rules<I, P | U, O | U, Exclude<Word<W>, I | P | O | U>>>,
): Operation<I, P | U, O | U, Exclude<Word<W>, I | P | O | U>> {
  const { updates = [] } = names;
  // the types have just checked the words
  return { ...rules, words: words as never, updates };
}

/** The bits of a float32, as a word of an operation. */
function floatWord(value: number): number {
  bits.setFloat32(0, value, true);
  return bits.getInt32(0, true);
}

const bits = new DataView(new ArrayBuffer(4));

/** The words of an operation in memory (assembly/opcodes.ts): `words` has a number for each name. */
export function encode(
  { words, floats = [] }: Pick<AnyOperation, 'words' | 'floats'>,
  values: Readonly<Record<string, number>>,
): number[] {
  const { code = 0, ...places } = words;
  const encoded = [code];
  for (const [word, place] of Object.entries(places)) {
    const value = values[word] ?? 0;
    encoded[place] = floats.includes(word) ? floatWord(value) : value;
  }
  return encoded;
}
