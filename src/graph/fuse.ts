/**
 * Simplifies a graph without changing bits: drops unused operations; moves the derivative of relu before the gradient of a max pooling; fuses
 * relu into the product before it, forward, and its derivative into the product that makes the gradient, backward.
 */
import { RELU } from '../../assembly/codes.ts';
import { type Graph, isView, type Node, type Value, valuesOf } from './graph.ts';
import { activation, activationGradient } from './operations/activation.ts';

/** How often each value is used. */
function usesOf({ nodes, kept }: Graph): Map<Value, number> {
  const uses = new Map<Value, number>();
  const use = (value: Value): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { inputs } of nodes) for (const value of valuesOf(inputs)) use(value);
  for (const value of kept) use(value);
  return uses;
}

/** Drops operations whose outputs nobody uses. */
function sweep(graph: Graph): void {
  const used = new Set<Value>(graph.kept);
  const left = graph.nodes.reverse().filter(({ operation, inputs, outputs }) => {
    const made = valuesOf(outputs);
    // an output in memory that was there before is visible outside
    if (!operation.effect && !made.some((value) => used.has(value) || value.address !== undefined)) return false;
    for (const value of valuesOf(inputs)) used.add(value);
    return true;
  });
  graph.nodes = left.reverse();
}

/** The node that makes the numbers of `value`, through views, if nothing else uses them. */
function makerOf(value: Value | undefined, uses: ReadonlyMap<Value, number>): Node | undefined {
  if (value === undefined || uses.get(value) !== 1 || value.address !== undefined) return undefined;
  const { node } = value;
  return node !== undefined && isView(node) ? makerOf(node.inputs.x, uses) : node;
}

/** Makes `product` compute the output of `node`, which is dropped. */
function replace(node: Node, product: Node, name: 'y' | 'dx'): void {
  const value = node.outputs[name];
  if (value === undefined) return;
  value.node = product;
  product.outputs[name] = value;
}

/**
 * Moves the derivative of a relu whose largest values a pooling takes before the pooling's gradient: to a quarter of the numbers for 2 x 2
 * windows, where a product can absorb it. Where a window has a NaN, its values get no gradient then.
 */
function maskPooled(graph: Graph): void {
  const uses = usesOf(graph);
  const { nodes } = graph;
  graph.nodes = [];
  for (const node of nodes) {
    const pooling = node.operation === activationGradient ? makerOf(node.inputs.dy, uses) : undefined;
    const { dy, x, y } = pooling?.inputs ?? {};
    const { attributes } = node;
    if (
      attributes.kind !== RELU ||
      !pooling?.operation.selects ||
      dy === undefined ||
      y === undefined ||
      x?.root !== node.inputs.y?.root
    ) {
      graph.nodes.push(node);
      continue;
    }
    graph.nodes = graph.nodes.filter((one) => one !== pooling);
    const masked = { ...attributes, perRow: y.size } as Parameters<typeof activationGradient.cost>[0];
    pooling.inputs.dy = graph.add(activationGradient, node.label, { dy, y }, masked).dx;
    replace(node, pooling, 'dx');
    graph.nodes.push(pooling);
  }
}

/** Fuses relu and its derivative into the products before them. */
function fuseRelu(graph: Graph): void {
  const uses = usesOf(graph);
  graph.nodes = graph.nodes.filter((node) => {
    if (node.attributes.kind !== RELU) return true;
    if (node.operation === activation) {
      const product = makerOf(node.inputs.x, uses);
      if (product?.operation.absorbs !== 'relu' || product.attributes.relu === 1) return true;
      product.attributes.relu = 1;
      replace(node, product, 'y');
      return false;
    }
    if (node.operation === activationGradient) {
      const product = makerOf(node.inputs.dy, uses);
      if (product?.operation.absorbs !== 'reluGradient' || product.inputs.y !== undefined) return true;
      product.inputs.y = node.inputs.y;
      replace(node, product, 'dx');
      return false;
    }
    return true;
  });
}

export function fuse(graph: Graph): void {
  sweep(graph);
  maskPooled(graph);
  fuseRelu(graph);
  // views between a product and the relu that it has absorbed
  sweep(graph);
}
