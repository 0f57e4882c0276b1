/** Objects that print as what they are: in texts, in Node's console and in messages, also when a bundler has shortened class names. */

export const inspect = /* @__PURE__ */ Symbol.for('nodejs.util.inspect.custom');

/** What the classes of the public API have in common: they print in one line. */
export abstract class Printed {
  /** The public name of the class. @internal */
  abstract get [Symbol.toStringTag](): string;

  /** One line for logs: the name of the class, and what tells this object from others. */
  abstract toString(): string;

  /** What `console.log` and `util.inspect` show in Node, Bun and Deno. @internal */
  [inspect](_depth: number, _options: object, _show: (value: object, options: object) => string): string {
    return this.toString();
  }
}
