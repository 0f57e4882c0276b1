/** Scalers and encoders as JSON, alone or in the file of the model that needs them. */
import { checkKind, checkName, checkNumber, checkOptions, isObject, show } from '../../validate.ts';
import { type Category, checkClasses, type EncoderJson, LabelEncoder, OneHotEncoder } from './categories.ts';
import { Scaler, type ScalerJson } from './scaler.ts';

/** What prepares data for a model, and is needed again to use it. */
export type Preprocessor = Scaler | LabelEncoder | OneHotEncoder;

/** Preprocessors by names. */
export type Preprocessing = Readonly<Record<string, Preprocessor>>;

/** A model, or whatever else carries metadata. */
export interface WithMetadata {
  /** Texts by names, which `save` writes and `loadModel` reads. */
  readonly metadata: Map<string, string>;
}

/** Name of the entry in a model's metadata. */
const KEY = 'preprocessing';
const TYPES = ['scaler', 'labels', 'oneHot'] as const;

/**
 * A scaler or an encoder from its JSON.
 *
 * @param json what `toJSON` gave, or its text
 * @throws SyntaxError, TypeError or RangeError for anything else
 * @example
 * ```ts
 * import { preprocessorFrom, standardize } from 'simdescent/data';
 * const text = JSON.stringify(standardize([[1], [3]]));
 * const scaler = preprocessorFrom(text);
 * ```
 * @category Preprocessing
 */
export function preprocessorFrom(json: string | ScalerJson | EncoderJson): Preprocessor {
  const value: unknown = typeof json === 'string' ? JSON.parse(json) : json;
  checkKind(isObject(value), 'a preprocessor', "an object with a 'type'", value);
  const { type, offset, scale, base, classes, unknown } = value as Readonly<Record<string, unknown>>;
  switch (checkName('type of a preprocessor', type, TYPES)) {
    case 'scaler': {
      checkOptions('a scaler', value, ['type', 'offset', 'scale', 'base']);
      checkNumber('base', base, Number.NEGATIVE_INFINITY);
      const [offsets, scales] = [numbersIn('offset', offset), numbersIn('scale', scale)];
      if (offsets.length !== scales.length || scales.length === 0 || scales.includes(0))
        throw new RangeError(`a scaler needs as many offsets as scales, none of them 0, got ${show(scales)}`);
      return new Scaler({ offset: offsets, scale: scales, base: Number(base) });
    }
    case 'labels':
      checkOptions('a label encoder', value, ['type', 'classes']);
      return new LabelEncoder<Category>(checkClasses(classes));
    default:
      checkOptions('a one-hot encoder', value, ['type', 'classes', 'unknown']);
      return new OneHotEncoder<Category>(
        checkClasses(classes),
        unknown === undefined ? 'error' : checkName('unknown', unknown, ['error', 'zeros']),
      );
  }
}

function numbersIn(name: string, value: unknown): readonly number[] {
  checkKind(Array.isArray(value) && value.every((one) => Number.isFinite(one)), name, 'an array of numbers', value);
  return value;
}

/**
 * Keeps scalers and encoders with a model: `model.save()` writes them into its file, {@link preprocessingOf} finds them there after `loadModel`. They are
 * the entry `preprocessing` of `model.metadata`, as JSON.
 *
 * @param preprocessing by names of your own
 * @throws TypeError for anything that is no scaler or encoder
 * @example
 * ```ts
 * import { layers, loadModel, sequential } from 'simdescent';
 * import { keepPreprocessing, labelEncode, preprocessingOf, standardize } from 'simdescent/data';
 * const model = sequential([layers.dense({ units: 2, inputShape: [1] })]);
 * keepPreprocessing(model, { scaler: standardize([[1], [3]]), kind: labelEncode(['cat', 'dog']) });
 * const twin = await loadModel(await model.save());
 * const { scaler, kind } = preprocessingOf(twin);
 * ```
 * @category Preprocessing
 */
export function keepPreprocessing(model: WithMetadata, preprocessing: Preprocessing): void {
  checkKind(isObject(preprocessing), 'preprocessing', 'an object of scalers and encoders by names', preprocessing);
  for (const [name, one] of Object.entries(preprocessing))
    checkKind(isObject(one) && 'toJSON' in one, name, 'a scaler or an encoder', one);
  model.metadata.set(KEY, JSON.stringify(preprocessing));
}

/**
 * The scalers and encoders that {@link keepPreprocessing} put into a model or its file.
 *
 * @typeParam P what they are, by their names: `preprocessingOf<{ scaler: Scaler; kind: LabelEncoder<string> }>(model)`
 * @throws RangeError if the model has none; SyntaxError, TypeError or RangeError if they are damaged
 * @example
 * ```ts
 * import { layers, sequential } from 'simdescent';
 * import { keepPreprocessing, preprocessingOf, type Scaler, standardize } from 'simdescent/data';
 * const model = sequential([layers.dense({ units: 1, inputShape: [1] })]);
 * keepPreprocessing(model, { scaler: standardize([[1], [3]]) });
 * const { scaler } = preprocessingOf<{ scaler: Scaler }>(model);
 * const { data } = scaler.apply([[2]]); // 0
 * ```
 * @category Preprocessing
 */
export function preprocessingOf<P extends Preprocessing = Preprocessing>(model: WithMetadata): P {
  const text = model.metadata.get(KEY);
  if (text === undefined)
    throw new RangeError("the model has no preprocessing: keepPreprocessing(model, { ... }) puts it in before 'save'");
  const value: unknown = JSON.parse(text);
  checkKind(isObject(value) && !Array.isArray(value), 'preprocessing', 'an object of scalers and encoders', value);
  const read = Object.entries(value).map(([name, json]) => [name, preprocessorFrom(json)] as const);
  return Object.fromEntries(read) as P;
}
