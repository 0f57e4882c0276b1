/** Names of users' functions and classes, which stand for them in descriptions of models. */
import { checkKind, checkLabel } from './validate.ts';

/** The kinds that can be registered. */
export type Registered = 'layer' | 'lambda' | 'loss' | 'regularizer';

const byName = new Map<string, unknown>();
const names = new Map<unknown, string>();

/** From now on `name` means `own`, whatever it meant before. */
export function registerAs(kind: Registered, name: string, own: unknown): void {
  checkLabel(`the name of a ${kind}`, name);
  checkKind(typeof own === 'function', `the ${kind} '${name}'`, kind === 'layer' ? 'a class' : 'a function', own);
  byName.set(`${kind} ${name}`, own);
  names.set(own, name);
}

/** The registered name of a function or class, else its own. */
export const nameOf = (own: unknown): string => names.get(own) ?? (typeof own === 'function' ? own.name : '');

/** The registered function or class; undefined if there is none. */
export const registered = (kind: Registered, name: string): unknown => byName.get(`${kind} ${name}`);

/** @throws Error that says what to register. */
export function missing(kind: Registered, name: string): never {
  throw new Error(
    `there is no ${kind} '${name}'; first register it under this name with configs.register('${name}', { ${kind}: … })`,
  );
}
