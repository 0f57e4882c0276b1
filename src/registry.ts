/** Names of users' functions and classes, which stand for them in descriptions of models. */
import { checkKind, checkLabel } from './validate.ts';

/** The kinds that can be registered. */
export type Registered = 'layer' | 'lambda' | 'loss' | 'regularizer' | 'activation' | 'constraint';

const byName = new Map<string, unknown>();
/** A property of what is registered, so that every copy of this file finds it: the client of a worker is a bundle of its own. */
const NAME = Symbol.for('simdescent.name');

/** From now on `name` means `own`, whatever it meant before. */
export function registerAs(kind: Registered, name: string, own: unknown): void {
  checkLabel(`the name of a ${kind}`, name);
  checkKind(typeof own === 'function', `the ${kind} '${name}'`, kind === 'layer' ? 'a class' : 'a function', own);
  if (!Reflect.defineProperty(own, NAME, { value: name, configurable: true }))
    throw new TypeError(`the ${kind} '${name}' is frozen: register it before`);
  byName.set(`${kind} ${name}`, own);
}

/** The registered name of a function or class, else its own. */
export const nameOf = (own: unknown): string =>
  typeof own !== 'function' ? '' : Object.hasOwn(own, NAME) ? ((own as { [NAME]?: string })[NAME] ?? '') : own.name;

/** The registered function or class; undefined if there is none. */
export const registered = (kind: Registered, name: string): unknown => byName.get(`${kind} ${name}`);

/** @throws Error that says what to register. */
export function missing(kind: Registered, name: string): never {
  if (name === '')
    throw new Error(
      `the ${kind} is a function without a name, which nothing can look up: call configs.register('name', { ${kind}: … }) before the model is described or saved`,
    );
  throw new Error(
    `the ${kind} '${name}' is not registered: call configs.register('${name}', { ${kind}: … }) first, in a worker in its own module`,
  );
}
