import { closest } from 'fastest-levenshtein';

/** The end of a message about a name that nobody knows: which one was meant, and which there are. */
export function nearest(name: string, names: readonly string[]): string {
  return `; did you mean '${closest(name.toLowerCase(), [...names])}'? There are: ${names.join(', ')}`;
}
