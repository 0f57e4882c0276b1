/** A recorded graph as text: its operations, where their values lie, and their cost. */
import { type Graph, isView, type Node, type Value } from './graph.ts';

/** A, B, … Z, A1, … */
const letter = (i: number): string => String.fromCharCode(65 + (i % 26)) + (i < 26 ? '' : Math.floor(i / 26));

/** Nanoseconds on one thread. Of words that are addresses, costs only look at whether they are 0. */
const costOf = ({ operation, inputs, outputs, attributes }: Node, rows: number): number =>
  operation.cost({ ...attributes, ...inputs, ...outputs } as never, rows);

const shapeOf = ({ shape, rows }: Value): string => `[${[...(rows ? ['rows'] : []), ...shape].join(', ')}]`;

/**
 * The operations of a lowered graph, in the order in which they run: what each reads and writes (buffers have letters, other
 * memory the names that `names` has for its addresses), the shape of its output, and its estimated time on one thread.
 */
export function describeGraph(graph: Graph, names: ReadonlyMap<number, string>): string {
  const buffers = new Map<number, { readonly name: string; bytes: number }>();
  const nameOf = (value: Value): string => {
    const address = value.root.address ?? 0;
    const own = names.get(address);
    if (own !== undefined) return own;
    if (value.root.node === undefined) return 'data';
    const bytes = value.size * (value.rows ? graph.batchSize : 1) * 4;
    const buffer = buffers.get(address) ?? { name: letter(buffers.size), bytes };
    buffers.set(address, { ...buffer, bytes: Math.max(buffer.bytes, bytes) });
    return buffer.name;
  };
  const nodes = graph.nodes.filter((node) => !isView(node));
  const rows = nodes.map((node, i) => {
    const named = (values: Readonly<Record<string, Value | undefined>>) =>
      Object.entries(values).flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${nameOf(value)}`]));
    const made = Object.values(node.outputs);
    const time = costOf(node, graph.batchSize) / 1000;
    return [
      String(i),
      node.operation.name,
      node.label,
      named(node.inputs).join(', '),
      named(node.outputs).join(', '),
      made.map(shapeOf).join(' '),
      time === 0 ? '' : time.toFixed(1),
    ];
  });
  const header = ['#', 'operation', 'of', 'reads', 'writes', 'shape', 'µs'];
  const widths = header.map((title, column) =>
    Math.max(...[header, ...rows].map((row) => row[column]?.length ?? title.length)),
  );
  const lines = [header, ...rows].map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 6 ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0),
      )
      .join('  ')
      .trimEnd(),
  );
  const bytes = [...buffers.values()].reduce((sum, one) => sum + one.bytes, 0);
  const time = nodes.reduce((sum, node) => sum + costOf(node, graph.batchSize), 0) / 1e6;
  return [
    `${nodes.length} operations, ${graph.batchSize} rows a batch, ${buffers.size} buffers of ${(bytes / 1024).toFixed(1)} KB in all, about ${time.toFixed(2)} ms on one thread`,
    ...lines,
  ].join('\n');
}
