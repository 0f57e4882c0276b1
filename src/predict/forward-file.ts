/** Reads the prediction of a saved model (src/model/forward.ts), which may come from anybody. */
import { FORWARD_CODES, type ForwardWord, type Place } from '../engine/forward.ts';
import { parseJson, shorten } from '../model/json.ts';
import { readSafetensors } from '../model/safetensors.ts';
import { checkInteger, checkKind, checkLabel, checkName, checkOptions, checkShape, show, sizeOf } from '../validate.ts';

const WHAT = 'the file';

/** An input or an output: its name, the shape of one sample, and the place of its rows. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  readonly place: number;
}

/** A prediction that fits the arrays of its file. */
export interface ForwardFile {
  readonly places: readonly Place[];
  readonly operations: readonly (readonly ForwardWord[])[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly returns: 'one' | 'list' | 'named';
  /** The user's own strings. */
  readonly metadata: Map<string, string>;
}

/** Words of an operation, without the last one, which is for threads. */
const MOST_WORDS = 15;
const MOST = 2 ** 31 - 1;

function list(what: string, value: unknown): readonly unknown[] {
  checkKind(Array.isArray(value), what, 'an array', value);
  return value;
}

const isWord = (value: unknown): value is number => (Number(value) | 0) === value;

/** @throws SyntaxError, TypeError or RangeError for anything but a model that `save()` wrote. */
export function readForward(file: Uint8Array): ForwardFile {
  // the slots of an optimizer are of no use here
  const { arrays, metadata } = readSafetensors(file, WHAT, (name) => name.startsWith('optimizer/'));
  if (metadata.get('format') !== 'simdescent')
    throw new RangeError(`${WHAT} does not hold a model of simdescent, at most arrays without their meaning`);
  const text = metadata.get('simdescent.forward');
  if (text === undefined)
    throw new RangeError(
      `${WHAT} does not say how to predict: it was converted, saved by an older version, or before the model was built; load it with loadModel of simdescent and save it again`,
    );
  const what = `the prediction in ${WHAT}`;
  const forward = parseJson(text, what);
  checkOptions(what, forward, ['places', 'operations', 'inputs', 'outputs', 'returns']);
  const given = forward as Readonly<Record<string, unknown>>;
  const places = list('places', given.places).map((place): Place => {
    if (typeof place === 'string') {
      const stored = arrays.get(place);
      if (stored === undefined) throw new RangeError(`${WHAT} has no array '${shorten(place)}'`);
      return stored.bytes;
    }
    if (Array.isArray(place)) {
      checkKind(place.every(isWord), 'a constant', 'words of 32 bits', place);
      return new Uint8Array(Int32Array.from(place).buffer);
    }
    checkOptions('a buffer', place, ['row', 'fixed']);
    const { row, fixed } = place as { readonly row: number; readonly fixed: number };
    checkInteger('row', row, 0, MOST);
    checkInteger('fixed', fixed, 0, MOST);
    return { row, fixed };
  });
  const checkPlace = (place: unknown): number => {
    checkInteger('the number of a place', place, 0, places.length - 1);
    return place as number;
  };
  const operations = list('operations', given.operations).map((operation) => {
    const words = list('an operation', operation);
    if (words.length > MOST_WORDS) throw new RangeError(`an operation has at most ${MOST_WORDS} words`);
    if (!FORWARD_CODES.has(words[0] as number))
      throw new RangeError(
        `this model needs operation ${show(words[0])}, which simdescent/predict lacks; use loadModel of simdescent`,
      );
    return words.map((word): ForwardWord => {
      if (Array.isArray(word)) return [checkPlace(word[0])];
      checkKind(isWord(word), 'a word', 'an integer of 32 bits', word);
      return word;
    });
  });
  const ports = (name: string) =>
    list(name, given[name]).map((port): Port => {
      const [label, shape, place] = list('a port', port);
      checkLabel('the name of a port', label);
      checkShape('the shape of a port', shape);
      const at = checkPlace(place);
      const buffer = places[at];
      const size = sizeOf(shape as number[]);
      if (buffer === undefined || buffer instanceof Uint8Array || buffer.row < size)
        throw new RangeError(`${what} has no room for ${size} numbers a sample of '${shorten(label)}'`);
      return { name: label, shape: shape as number[], place: at };
    });
  return {
    places,
    operations,
    inputs: ports('inputs'),
    outputs: ports('outputs'),
    returns: checkName('form of predictions', given.returns, ['one', 'list', 'named']),
    metadata: new Map([...metadata].filter(([key]) => key !== 'format' && !key.startsWith('simdescent.'))),
  };
}
