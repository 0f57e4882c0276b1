import { nearest as nearestOf } from '../nearest.ts';

/** The end of a message about a name that nobody knows: which one was meant, and which there are. */
export function nearest(name: string, names: readonly string[]): string {
  return `; did you mean '${nearestOf(name, names)}'? There are: ${names.join(', ')}`;
}
