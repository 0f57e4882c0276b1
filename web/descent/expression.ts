/**
 * Functions of x and y as people write them: `5x² + 2xy + 3y²`, `(1 - x)^2 + 100(y - x^2)^2`, `sin(3x) exp(-y^2)`. A tree of them is
 * evaluated in float64 for the picture, and recorded as operations of the library for the descent.
 *
 *   sum     = product (("+" | "-") product)*
 *   product = factor (("*" | "/" | nothing) factor)*      2xy is 2 * x * y
 *   factor  = ("-" | "+") factor | power                  -x^2 is -(x^2), as in mathematics
 *   power   = atom ("^" factor | "²")?
 *   atom    = number | x | y | pi | e | function "(" sum ("," sum)* ")" | "(" sum ")"
 */
import { ops, type SymbolicValue } from '../../src/index.ts';

export type Tree =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'variable'; readonly name: 'x' | 'y' }
  | { readonly kind: 'call'; readonly name: Operation; readonly args: readonly Tree[] };

interface Meaning {
  readonly arity: 1 | 2;
  readonly evaluate: (a: number, b: number) => number;
  readonly record: (a: SymbolicValue | number, b: SymbolicValue | number) => SymbolicValue;
}

/** An operation on one operand, or on two; at least one operand of a recorded one is symbolic. */
const one = (evaluate: (a: number) => number, record: (a: SymbolicValue) => SymbolicValue): Meaning => ({
  arity: 1,
  evaluate,
  record: (a) => record(a as SymbolicValue),
});
const two = (
  evaluate: (a: number, b: number) => number,
  record: (a: SymbolicValue, b: SymbolicValue) => SymbolicValue,
): Meaning => ({ arity: 2, evaluate, record: (a, b) => record(a as SymbolicValue, b as SymbolicValue) });

const OPERATIONS = {
  '+': two((a, b) => a + b, ops.add),
  '-': two((a, b) => a - b, ops.subtract),
  '*': two((a, b) => a * b, ops.multiply),
  '/': two((a, b) => a / b, ops.divide),
  '^': two(Math.pow, ops.power),
  negative: one((a) => -a, ops.negate),
  sin: one(Math.sin, ops.sin),
  cos: one(Math.cos, ops.cos),
  exp: one(Math.exp, ops.exp),
  log: one(Math.log, ops.log),
  sqrt: one(Math.sqrt, ops.sqrt),
  abs: one(Math.abs, ops.abs),
  tanh: one(Math.tanh, (a) => ops.tanh(a)),
  max: two(Math.max, ops.maximum),
  min: two(Math.min, ops.minimum),
} as const satisfies Readonly<Record<string, Meaning>>;
type Operation = keyof typeof OPERATIONS;

/** What can be called by name. */
export const FUNCTIONS = Object.keys(OPERATIONS).filter((name) => /^(?!negative)\w+$/.test(name));
const CONSTANTS: ReadonlyMap<string, number> = new Map([
  ['pi', Math.PI],
  ['π', Math.PI],
  ['e', Math.E],
]);
const SUPERSCRIPTS = '⁰¹²³⁴⁵⁶⁷⁸⁹';
/** Longer ones are a mistake, or mischief. */
const MOST_CHARACTERS = 300;
const MOST_NESTED = 40;

const number = (value: number): Tree => ({ kind: 'number', value });
const call = (name: Operation, ...args: readonly Tree[]): Tree => ({ kind: 'call', name, args });

class Parser {
  readonly #text: string;
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): Tree {
    const tree = this.#sum();
    if (this.#peek() !== '') this.#refuse(`“${this.#peek()}” has no place here`);
    return tree;
  }

  #refuse(why: string): never {
    throw new RangeError(`${why}, at character ${this.#at + 1} of “${this.#text}”`);
  }

  /** The next character that is not a space; nothing at the end. */
  #peek(): string {
    while (/\s/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at] ?? '';
  }

  #take(...wanted: readonly string[]): string | undefined {
    const found = wanted.find((one) => one === this.#peek());
    if (found !== undefined) this.#at++;
    return found;
  }

  /** What the pattern, which is sticky, finds here. */
  #match(pattern: RegExp): string | undefined {
    this.#peek();
    pattern.lastIndex = this.#at;
    const [found] = pattern.exec(this.#text) ?? [];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  #sum(): Tree {
    if (++this.#depth > MOST_NESTED) this.#refuse(`nested more than ${MOST_NESTED} deep`);
    let tree = this.#product();
    for (let sign = this.#take('+', '-', '−'); sign; sign = this.#take('+', '-', '−'))
      tree = call(sign === '+' ? '+' : '-', tree, this.#product());
    this.#depth--;
    return tree;
  }

  #product(): Tree {
    let tree = this.#factor();
    for (;;) {
      const sign = this.#take('*', '·', '/');
      if (sign !== undefined) tree = call(sign === '/' ? '/' : '*', tree, this.#factor());
      else if (/[\p{L}\d.(]/u.test(this.#peek())) tree = call('*', tree, this.#power());
      else return tree;
    }
  }

  #factor(): Tree {
    if (++this.#depth > MOST_NESTED) this.#refuse(`nested more than ${MOST_NESTED} deep`);
    const sign = this.#take('-', '−', '+');
    const tree = sign === undefined ? this.#power() : this.#factor();
    this.#depth--;
    return sign === undefined || sign === '+' ? tree : call('negative', tree);
  }

  #power(): Tree {
    const base = this.#atom();
    if (this.#take('^')) return call('^', base, this.#factor());
    const raised = this.#match(/[⁰¹²³⁴⁵⁶⁷⁸⁹]+/y);
    if (raised === undefined) return base;
    const exponent = Array.from(raised, (digit) => SUPERSCRIPTS.indexOf(digit)).join('');
    return call('^', base, number(Number(exponent)));
  }

  #atom(): Tree {
    if (this.#take('(')) return this.#closed(this.#sum());
    const digits = this.#match(/(\d+\.?\d*|\.\d+)(e[+-]?\d+)?(?![\w.])|(\d+\.?\d*|\.\d+)/iy);
    if (digits !== undefined) return number(Number(digits));
    const start = this.#at;
    const name = this.#match(/\p{L}+/uy);
    if (name === undefined)
      this.#refuse(this.#peek() === '' ? 'something is missing' : `“${this.#peek()}” has no place here`);
    const known = FUNCTIONS.find((one) => one === name) as Operation | undefined;
    if (known !== undefined) return this.#call(known);
    const constant = CONSTANTS.get(name);
    if (constant !== undefined) return number(constant);
    if (/^[xy]/.test(name)) {
      // xy is x times y: the rest is read as the next factor
      this.#at = start + 1;
      return { kind: 'variable', name: name[0] as 'x' | 'y' };
    }
    this.#at = start;
    return this.#refuse(`“${name}” is not known; there are x, y, pi, e and ${FUNCTIONS.join(', ')}`);
  }

  #call(name: Operation): Tree {
    const { arity } = OPERATIONS[name];
    if (!this.#take('(')) this.#refuse(`${name} needs parentheses`);
    const args = [this.#sum()];
    while (this.#take(',')) args.push(this.#sum());
    if (args.length !== arity)
      this.#refuse(`${name} takes ${arity} argument${arity === 1 ? '' : 's'}, got ${args.length}`);
    return this.#closed(call(name, ...args));
  }

  #closed(tree: Tree): Tree {
    if (!this.#take(')')) this.#refuse('a parenthesis is not closed');
    return tree;
  }
}

/** The tree of a text. @throws RangeError that says what is wrong, and where. */
export function parse(text: string): Tree {
  if (text.trim() === '') throw new RangeError('a function of x and y is missing');
  if (text.length > MOST_CHARACTERS) throw new RangeError(`longer than ${MOST_CHARACTERS} characters`);
  return new Parser(text).parse();
}

/** Its value in float64, for pictures: functions are those of the browser, which differ in their last bits. */
export function evaluate(tree: Tree): (x: number, y: number) => number {
  if (tree.kind === 'number') return () => tree.value;
  if (tree.kind === 'variable') return tree.name === 'x' ? (x) => x : (_, y) => y;
  const { evaluate: of } = OPERATIONS[tree.name] as Meaning;
  const [a = () => 0, b = () => 0] = tree.args.map(evaluate);
  return (x, y) => of(a(x, y), b(x, y));
}

/** Its operations, in the core's float32: the same bits everywhere. Small whole powers are products, as one would write them. */
export function record(tree: Tree, x: SymbolicValue, y: SymbolicValue): SymbolicValue {
  const visit = (one: Tree): SymbolicValue | number => {
    if (one.kind === 'number') return one.value;
    if (one.kind === 'variable') return one.name === 'x' ? x : y;
    const [a = 0, b = 0] = one.args.map(visit);
    if (one.name === '^' && typeof b === 'number' && typeof a !== 'number' && Number.isInteger(b) && b > 0 && b <= 8)
      return powerOf(a, b);
    // what has no x in it is computed by the core as well, because functions of JavaScript have other bits elsewhere
    const constant = typeof a === 'number' && (typeof b === 'number' || one.args.length === 1);
    return (OPERATIONS[one.name] as Meaning).record(constant ? ops.multiply(ops.onesLike(x), a) : a, b);
  };
  const value = visit(tree);
  return typeof value === 'number' ? ops.multiply(ops.onesLike(x), value) : value;
}

function powerOf(a: SymbolicValue, exponent: number): SymbolicValue {
  if (exponent === 1) return a;
  const half = powerOf(a, exponent >> 1);
  const whole = ops.square(half);
  return exponent % 2 === 1 ? ops.multiply(whole, a) : whole;
}
