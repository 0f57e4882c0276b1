import * as words from '../../../../assembly/words/select.ts';
import { full } from '../../../engine/full.ts';
import type { Value } from '../../graph.ts';
import { type Gradients, operation } from '../../operation.ts';
import { broadcast } from './broadcast.ts';
import { expand } from './copy.ts';
import { filled } from './fill.ts';

/** y = condition != 0 ? a : b, of equal types. */
const select = /* @__PURE__ */ operation(
  words,
  { inputs: ['condition', 'a', 'b'], outputs: ['y'] },
  {
    name: 'select',
    needs: full,
    overwrites: { y: 'a' },
    shape: ({ a }) => ({ y: a }),
    cost: ({ n, perRow }, rows) => (perRow ? rows : 1) * n * 0.3,
    gradient({ graph, label, inputs: { condition }, dy: { y: dy }, wants }): Gradients<'a' | 'b'> {
      if (dy === undefined) return {};
      const zero = filled(graph, label, dy, 0);
      return {
        a: wants('a') ? choose(label, condition, dy, zero) : undefined,
        b: wants('b') ? choose(label, condition, zero, dy) : undefined,
      };
    },
  },
);

/** `a` where `condition` is not zero, else `b`, all broadcast. */
export function choose(label: string, condition: Value, a: Value, b: Value): Value {
  const type = broadcast(label, [condition, a, b]);
  const all = { condition: expand(label, condition, type), a: expand(label, a, type), b: expand(label, b, type) };
  return a.graph.add(select, label, all, { n: all.a.size, perRow: type.rows ? 1 : 0 }).y;
}
