/** When a setting counts: `{ momentum: { uniform: [0, 0.99], when: { optimizer: 'sgd' } } }`. */
import { nearest } from '../nearest.ts';
import { checkKind, isObject, show } from '../validate.ts';
import type { Settings, SettingValue, Values } from './settings.ts';

/** A setting that must have one of some values, as JSON. */
export interface Condition {
  readonly name: string;
  readonly among: ReadonlySet<string>;
}

export const holds = (conditions: readonly Condition[], settings: Settings): boolean =>
  conditions.every(({ name, among }) => name in settings && among.has(JSON.stringify(settings[name])));

/** @param earlier the settings before this one, which are the only ones it may depend on */
export function conditionsOf(
  of: string,
  when: unknown,
  earlier: readonly (Values & { readonly name: string })[],
): Condition[] {
  if (when === undefined) return [];
  checkKind(isObject(when) && !Array.isArray(when), `${of}: when`, 'an object like { optimizer: … }', when);
  return Object.entries(when).map(([name, wanted]) => {
    const other = earlier.find((one) => one.name === name);
    if (other === undefined) {
      const names = earlier.map((one) => one.name);
      throw new RangeError(`${of}: when names ${show(name)}, which is no earlier setting${nearest(name, names)}`);
    }
    const possible = other.values && new Set(other.values.map((value) => JSON.stringify(value)));
    // a list is several values, unless the setting itself has lists
    const single = !Array.isArray(wanted) || possible?.has(JSON.stringify(wanted));
    const list: readonly SettingValue[] = single ? [wanted as SettingValue] : wanted;
    for (const value of list)
      if (possible?.has(JSON.stringify(value)) === false)
        throw new RangeError(`${of}: when wants ${name} to be ${show(value)}, which it never is`);
    return { name, among: new Set(list.map((value) => JSON.stringify(value))) };
  });
}
