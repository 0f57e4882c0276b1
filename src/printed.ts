/** Objects that print readably: in strings, in Node's console and in messages, even if a bundler has shortened class names. */

export const inspect = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/** Base of the public classes: they print in one line. */
export abstract class Printed {
  /** The public name of the class. @internal */
  abstract get [Symbol.toStringTag](): string;

  /** One line for logs: the name of the class, and what distinguishes this object. */
  abstract toString(): string;

  /** Shown by `console.log` and `util.inspect` in Node, Bun and Deno. @internal */
  [inspect](_depth: number, _options: object, _show: (value: object, options: object) => string): string {
    return this.toString();
  }
}
