/**
 * The export list of the `full` core: the same functions, and programs may use the operations of arrays/. `execute` in
 * program.ts looks for the constant below.
 */
export * from "./index";

// @ts-ignore: decorator
@global
const FULL: bool = true;
