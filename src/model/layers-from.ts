/** Reads descriptions of layers back (from-config.ts says how), those of the user's own among them. */
import type { Constraint, ConstraintFunction } from '../constraint.ts';
import * as constraints from '../constraints.ts';
import * as layers from '../layers/index.ts';
import * as activations from '../ops/activations.ts';
import { exp } from '../ops/functions.ts';
import * as furtherActivations from '../ops/further-activations.ts';
import { missing, registered } from '../registry.ts';
import { checkInteger, isObject, spelt } from '../validate.ts';
import { fieldsOf, initializerFrom, make, type Table } from './parts-from.ts';

/** A function, because bundlers keep what spreads outside of one. */
const layerTable = (): Table<layers.Layer> => ({ ...layers, lambda: lambdaFrom });

/** The layers read so far of the description that a layer belongs to, and what reads models within it. */
export interface Reading {
  readonly shared: layers.Layer[];
  readonly model: (options: unknown, shared: layers.Layer[]) => layers.Layer;
}

/** The item with this number; other keys of a list, like `length`, do not count. */
export function numbered<T>(what: string, list: readonly T[], number: unknown): T {
  checkInteger(what, number, 0, list.length - 1);
  return list[number as number] as T;
}

/** The layer that `config` describes. A layer that several parts of a model share is described only the first time. */
export function readLayer(config: unknown, { shared, model }: Reading): layers.Layer {
  if (Object(config).className === 'shared') {
    const { layer } = fieldsOf('the config of a shared layer', Object(config).config, ['layer']);
    return numbered('the number of a shared layer', shared, layer);
  }
  const table = { ...layerTable(), model: (options: unknown) => model(options, shared), ...ownLayer(config) };
  const layer = make('layer', table, config, (options) => {
    const parts = Object.entries(options).map(([key, value]) => [key, partFrom(key, value)]);
    return Object.fromEntries(parts);
  });
  shared.push(layer);
  return layer;
}

/** Activations that layers do not know by name, so that a program has only those that it uses. */
// a function, because bundlers keep what spreads outside of one: it might run code
const furtherFunctions = () => ({ ...furtherActivations, exp, logSoftmax: activations.logSoftmax });

/** An activation by name, or a function that is one: of `ops`, or of the user's own. */
function activationFrom(config: unknown): unknown {
  if (typeof config === 'string') {
    const further = furtherFunctions();
    const name = spelt(config, Object.keys(further) as (keyof typeof further)[], { exponential: 'exp' });
    return name === undefined ? config : further[name];
  }
  if (!isObject(config) || !('function' in config)) return config;
  const name = String(fieldsOf('an activation', config, ['function']).function);
  // of `ops`: those that layers may be given
  const known = new Map<string, unknown>(Object.entries({ ...activations, ...furtherFunctions() }));
  return registered('activation', name) ?? known.get(name) ?? missing('activation', name);
}

/** An option of a layer, which may be a description, as an optimizer's schedule may. */
function partFrom(key: string, value: unknown): unknown {
  if (key === 'activation') return activationFrom(value);
  if (!isObject(value)) return value;
  if (key.endsWith('Initializer')) return initializerFrom(value);
  return key.endsWith('Constraint') ? constraintFrom(value) : value;
}

/** A constraint, or the user's own function. */
function constraintFrom(config: unknown): Constraint | ConstraintFunction {
  if (!Object.hasOwn(Object(config), 'function')) return make<Constraint>('constraint', { ...constraints }, config);
  const name = String(fieldsOf('a constraint', config, ['function']).function);
  return (registered('constraint', name) ?? missing('constraint', name)) as ConstraintFunction;
}

/** Whether a class name is the library's. */
export const isOurs = (className: string): boolean =>
  Object.hasOwn(layerTable(), className) || className === 'model' || className === 'shared';

/** The user's class that a description names, if the name is not the library's. */
function ownLayer(config: unknown): Table<layers.Layer> {
  const { className } = Object(config);
  if (typeof className !== 'string' || isOurs(className)) return {};
  const Own = registered('layer', className) as (new (options: never) => layers.Layer) | undefined;
  // the library's own names begin with a small letter
  if (Own === undefined) return /^[A-Z]/.test(className) ? missing('layer', className) : {};
  return { [className]: (options) => new Own(options) };
}

/** A function that is a layer. */
function lambdaFrom(options: unknown): layers.Layer {
  const { function: name, ...others } = fieldsOf<string>('the config of lambda', options, ['function'], 'any');
  const fn = registered('lambda', String(name));
  if (fn === undefined) missing('lambda', String(name));
  return layers.lambda(fn as Parameters<typeof layers.lambda>[0], others);
}
