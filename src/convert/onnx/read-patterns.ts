/** Activations that exporters write as several nodes. */
import type { Context } from './context.ts';
import type { Node } from './proto.ts';

/** An operator on what the step before makes: by itself, with x, or with a constant. */
type Step = readonly [op: string, operand?: 'x' | number];

const PATTERNS: Readonly<Record<string, readonly Step[]>> = {
  silu: [['Sigmoid'], ['Mul', 'x']],
  softsign: [['Abs'], ['Add', 1], ['Div', 'x']],
  gelu: [['Div', Math.SQRT2], ['Erf'], ['Add', 1], ['Mul', 'x'], ['Mul', 0.5]],
};

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

/** The activation of `x` that begins with this node, and its nodes. */
export function patternOf(first: Node, x: string, context: Context) {
  for (const [spec, steps] of Object.entries(PATTERNS)) {
    const nodes = follow(first, x, steps, context);
    if (nodes !== undefined) return { spec, nodes };
  }
  return undefined;
}
