/** JSON from anybody: what its value would take is counted before there is one, so that a small text cannot ask for much memory. */

const DEEPEST = 32;

/** Bytes that may still be taken. One for all that is read from a file. */
export interface Budget {
  left: number;
}

/** @throws RangeError when there is no more. */
export function take(budget: Budget, bytes: number, what: string): void {
  budget.left -= bytes;
  if (budget.left < 0) throw new RangeError(`${what} holds more than a file of its size should`);
}

/**
 * The value that `text` says.
 *
 * @param what how Errors call it
 * @throws SyntaxError for what is not JSON, RangeError for what is too deep or takes more than the budget
 */
export function parseJson(text: string, what: string, budget: Budget): unknown {
  const seen = new Set<string>();
  let [depth, latest] = [0, ''];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '"') {
      const start = at;
      while (++at < text.length && text[at] !== '"') if (text[at] === '\\') at++;
      latest = text.slice(start, at);
      take(budget, 16 + latest.length, what);
    } else if (character === '[' || character === '{') {
      if (++depth > DEEPEST) throw new RangeError(`${what} is nested more than ${DEEPEST} deep`);
      take(budget, 56, what);
    } else if (character === ']' || character === '}') depth--;
    else if (character === ',') take(budget, 20, what);
    else if (character === ':') {
      // a key that has been seen is the same string, and mostly the same kind of object
      take(budget, seen.has(latest) ? 8 : 80, what);
      seen.add(latest);
    }
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(`${what} is not JSON`, { cause });
  }
}

/** A name from a file, as a message can show it. */
export const shorten = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name);
