import type { Value } from '../../graph.ts';
import { operation } from '../../operation.ts';

/** The same numbers, without a gradient. Nothing runs for it. */
const stop = /* @__PURE__ */ operation(
  { code: 0, x: 1, y: 2 },
  { inputs: ['x'], outputs: ['y'] },
  { name: 'stopGradient', shape: ({ x }) => ({ y: x }), cost: () => 0, gradient: () => ({}) },
);

export function stopped(x: Value): Value {
  const { y } = x.graph.add(stop, 'stopGradient', { x }, {});
  y.base = x;
  return y;
}
