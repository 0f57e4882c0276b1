/**
 * The export list of the `full` core: the same functions, and a program may have the operations of arrays/. The constant below is what
 * `execute` in program.ts looks for.
 */
export * from "./index";

// @ts-ignore: decorator
@global
const FULL: bool = true;
