/** Activations that exporters write as several nodes. */

import { tableOf } from '../refusal.ts';
import type { Context } from './context.ts';
import type { Node } from './proto.ts';

/** An operator on what the step before makes: by itself, with x, or with a constant. */
type Step = readonly [op: string, operand?: 'x' | number];

const PATTERNS: Readonly<Record<string, readonly Step[]>> = tableOf({
  silu: [['Sigmoid'], ['Mul', 'x']],
  softsign: [['Abs'], ['Add', 1], ['Div', 'x']],
  gelu: [['Div', Math.SQRT2], ['Erf'], ['Add', 1], ['Mul', 'x'], ['Mul', 0.5]],
});

/** Whether the inputs of a node are those of a step, whose first is `y`. */
function fits(
  { inputs: [a = '', b = ''], op }: Node,
  y: string,
  x: string,
  operand: Step[1],
  { known }: Context,
): boolean {
  if (operand === undefined) return a === y;
  if (operand === 'x') return (a === x && b === y) || (op !== 'Div' && a === y && b === x);
  const other = a === y ? b : op !== 'Div' && b === y ? a : '';
  const constant = known.constants.get(other);
  return (
    constant !== undefined && constant.shape.length === 0 && Math.abs((constant.floats()[0] ?? 0) - operand) < 1e-6
  );
}

/** The nodes from this one on, if they compute an activation of `x`, and nothing else needs what is between them. */
function follow(first: Node, x: string, steps: readonly Step[], context: Context): readonly Node[] | undefined {
  const nodes: Node[] = [];
  let [node, y]: [Node | undefined, string] = [first, x];
  for (const [op, operand] of steps) {
    if (node === undefined || node.op !== op || !fits(node, y, x, operand, context)) return undefined;
    nodes.push(node);
    y = node.outputs[0] ?? '';
    node = context.next(y);
  }
  return nodes;
}

/** Softplus as PyTorch writes it: where `x` is above 20, x itself, which is the same number in float32. */
function softplusOf(first: Node, x: string, context: Context): readonly Node[] | undefined {
  const [y = ''] = first.outputs;
  const { known } = context;
  const where = first.op === 'Softplus' ? context.next(y) : undefined;
  if (where?.op !== 'Where' || where.inputs[1] !== x || where.inputs[2] !== y) return undefined;
  const above = (known.users.get(x) ?? []).find(
    (node) => node !== 'graph' && node.op === 'Greater' && node.inputs[0] === x && node.outputs[0] === where.inputs[0],
  ) as Node | undefined;
  const limit = known.constants.get(above?.inputs[1] ?? '')?.floats()[0] ?? 0;
  return above === undefined || limit < 17 ? undefined : [first, above, where];
}

/** The activation of `x` that begins with this node, and its nodes. */
export function patternOf(first: Node, x: string, context: Context) {
  const softplus = softplusOf(first, x, context);
  if (softplus !== undefined) return { spec: 'softplus', nodes: softplus };
  for (const [spec, steps] of Object.entries(PATTERNS)) {
    const nodes = follow(first, x, steps, context);
    if (nodes !== undefined) return { spec, nodes };
  }
  return undefined;
}
