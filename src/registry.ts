/** Names of functions and classes of the user's own: what descriptions of models say in their place. */
import { checkKind, checkLabel } from './validate.ts';

/** What can be registered. */
export type Registered = 'layer' | 'lambda' | 'loss' | 'regularizer';

const byName = new Map<string, unknown>();
const names = new Map<unknown, string>();

/** Whatever it is a name of, `own` is found under it from now on, instead of what was before. */
export function registerAs(kind: Registered, name: string, own: unknown): void {
  checkLabel(`the name of a ${kind}`, name);
  checkKind(typeof own === 'function', `the ${kind} '${name}'`, kind === 'layer' ? 'a class' : 'a function', own);
  byName.set(`${kind} ${name}`, own);
  names.set(own, name);
}

/** The name by which a function or class is registered, else its own. */
export const nameOf = (own: unknown): string => names.get(own) ?? (typeof own === 'function' ? own.name : '');

/** What is registered; undefined for nothing. */
export const registered = (kind: Registered, name: string): unknown => byName.get(`${kind} ${name}`);

/** @throws Error that says what to register. */
export function missing(kind: Registered, name: string): never {
  throw new Error(
    `there is no ${kind} '${name}' here: register it under this name before, with configs.register('${name}', { ${kind}: … })`,
  );
}
