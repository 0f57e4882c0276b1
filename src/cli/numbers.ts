/** Numbers and lists as they are typed. Commander puts the name of the flag before the message. */
import { InvalidArgumentError } from 'commander';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

export function number(text: string): number {
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** An integer from `minimum` to `maximum`. */
export const integer =
  (minimum: number, maximum = Number.MAX_SAFE_INTEGER) =>
  (text: string): number => {
    const value = NUMBER.test(text) ? Number(text) : Number.NaN;
    if (!Number.isInteger(value) || value < minimum || value > maximum) {
      const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
      throw new InvalidArgumentError(`Expected an integer ${range}.`);
    }
    return value;
  };

/** Names between commas, none twice. */
export function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.includes('')) throw new InvalidArgumentError('Expected names separated by commas.');
  const twice = list.find((name, i) => list.indexOf(name) !== i);
  if (twice) throw new InvalidArgumentError(`'${twice}' is there twice.`);
  return list;
}

/** Units of the hidden layers: `300,100`, or `none`. */
export function units(text: string): number[] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const value = NUMBER.test(part.trim()) ? Number(part) : Number.NaN;
    if (!Number.isInteger(value) || value < 1) {
      throw new InvalidArgumentError("Expected units of each hidden layer, as in 300,100, or 'none'.");
    }
    return value;
  });
}

/** Most threads to use, 1 to 64, or 'auto': as many as make it faster. */
export function threads(text: string): number | 'auto' {
  if (text === 'auto') return text;
  const value = NUMBER.test(text) ? Number(text) : Number.NaN;
  if (!(Number.isInteger(value) && value >= 1 && value <= 64))
    throw new InvalidArgumentError("Expected an integer from 1 to 64, or 'auto'.");
  return value;
}

/** The name of a queue, which BullMQ has without colons. */
export function queueName(text: string): string {
  if (text === '' || text.includes(':')) throw new InvalidArgumentError('Expected a name without colons.');
  return text;
}

/** A file or a folder. An empty name, as of a variable of the shell that is not set, would mean the current folder; a flag means that the path is missing. */
export function path(text: string): string {
  if (text === '') throw new InvalidArgumentError('Expected a path.');
  if (text.startsWith('-')) throw new InvalidArgumentError(`Expected a path; one of that name is ./${text}.`);
  return text;
}
