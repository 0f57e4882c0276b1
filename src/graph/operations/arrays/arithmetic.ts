/** Arithmetic on values, the language of gradients and `ops`: numbers become constants of the graph. */
import * as kinds from '../../../../assembly/codes.ts';
import type { Graph, Value } from '../../graph.ts';
import { combine } from './binary.ts';
import { choose } from './select.ts';
import { transform } from './unary.ts';

/** A number as a value. */
export const scalar = (graph: Graph, value: number): Value => graph.constant([], Float32Array.of(value));

type Binary = (a: Value, b: Value | number) => Value;
type Unary = (x: Value) => Value;

/** The operations under the recorder's label. */
export interface Arithmetic {
  readonly add: Binary;
  readonly subtract: Binary;
  readonly multiply: Binary;
  readonly divide: Binary;
  readonly power: Binary;
  readonly equal: Binary;
  readonly greater: Binary;
  readonly greaterEqual: Binary;
  readonly less: Binary;
  readonly lessEqual: Binary;
  readonly negate: Unary;
  readonly square: Unary;
  readonly sqrt: Unary;
  readonly reciprocal: Unary;
  readonly exp: Unary;
  readonly log: Unary;
  readonly abs: Unary;
  readonly sign: Unary;
  readonly sin: Unary;
  readonly cos: Unary;
  /** `a` where `condition` is not zero, else `b`. */
  readonly select: (condition: Value, a: Value | number, b: Value | number) => Value;
}

export function arithmetic(label: string): Arithmetic {
  const value = (graph: Graph, x: Value | number): Value => (typeof x === 'number' ? scalar(graph, x) : x);
  const binary =
    (kind: number): Binary =>
    (a, b) =>
      combine(label, kind, a, value(a.graph, b));
  const unary =
    (kind: number): Unary =>
    (x) =>
      transform(label, kind, x);
  return {
    add: binary(kinds.ADD),
    subtract: binary(kinds.SUBTRACT),
    multiply: binary(kinds.MULTIPLY),
    divide: binary(kinds.DIVIDE),
    power: binary(kinds.POWER),
    equal: binary(kinds.EQUAL),
    greater: binary(kinds.GREATER),
    greaterEqual: binary(kinds.GREATER_EQUAL),
    less: binary(kinds.LESS),
    lessEqual: binary(kinds.LESS_EQUAL),
    negate: unary(kinds.NEGATE),
    square: unary(kinds.SQUARE),
    sqrt: unary(kinds.SQRT),
    reciprocal: unary(kinds.RECIPROCAL),
    exp: unary(kinds.EXP),
    log: unary(kinds.LOG),
    abs: unary(kinds.ABS),
    sign: unary(kinds.SIGN),
    sin: unary(kinds.SIN),
    cos: unary(kinds.COS),
    select: (condition, a, b) => choose(label, condition, value(condition.graph, a), value(condition.graph, b)),
  };
}
