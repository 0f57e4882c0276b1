/**
 * Decides where values lie: two that are not needed at the same time share a buffer, and an operation that may writes over its input
 * once nothing else needs it. For a chain of layers a prediction needs two or three buffers, a training step those that the backward
 * pass reads.
 */
import type { Graph, Value } from './graph.ts';
import { valuesOf } from './graph.ts';
import { copy } from './operations/sum.ts';

/** A piece of memory for values, one after the other. */
interface Buffer {
  bytes: number;
}

/** The output of an operation, behind views, but not behind an operation that changed it in place. */
const written = (value: Value): Value =>
  value.base !== undefined && value.node?.operation.updates.length === 0 ? written(value.base) : value;

/**
 * Index of the last operation that needs each value. Operations that run several times need what was made before them until the last time.
 */
function lastUses({ nodes, kept }: Graph, of: (value: Value) => Value): Map<Value, number> {
  const last = new Map<Value, number>();
  for (const [i, { operation, inputs, outputs }] of nodes.entries()) {
    for (const value of [...valuesOf(inputs), ...valuesOf(outputs)]) last.set(of(value), i);
    if (operation.repeatsFrom === undefined) continue;
    const first = nodes.slice(0, i).findLastIndex((node) => node.operation.name === operation.repeatsFrom) + 1;
    const made = new Set(nodes.slice(first, i).flatMap((node) => valuesOf(node.outputs).map(of)));
    for (const value of nodes.slice(first, i).flatMap((node) => valuesOf(node.inputs).map(of)))
      if (!made.has(value)) last.set(value, i);
  }
  for (const value of kept) last.set(of(value), Number.POSITIVE_INFINITY);
  return last;
}

/** Copies what an operation would change in place if it was there before, or if somebody still reads the original. */
function separate(graph: Graph): void {
  const before = graph.nodes;
  if (!before.some(({ operation }) => operation.updates.length > 0)) return;
  const last = lastUses(graph, written);
  graph.nodes = [];
  for (const [i, node] of before.entries()) {
    for (const name of node.operation.updates) {
      const value = node.inputs[name];
      const changed = node.outputs[name];
      if (value === undefined || changed === undefined) continue;
      if (value.root.address === undefined && last.get(written(value)) === i) continue;
      const own = copy(graph, node.label, value);
      node.inputs[name] = own;
      changed.base = own;
    }
    graph.nodes.push(node);
  }
}

/** Sets the address of each value that has none, with buffers in the graph's scope. */
export function placeBuffers(graph: Graph): void {
  separate(graph);
  const { nodes, scope, batchSize } = graph;
  const last = lastUses(graph, ({ root }) => root);
  const buffers: Buffer[] = [];
  const of = new Map<Value, Buffer>();
  const placed: [Value, Buffer][] = [];
  let free: Buffer[] = [];
  /** The free buffer that fits best: the smallest that is large enough, else the largest, which grows. */
  const take = (bytes: number): Buffer => {
    let best: Buffer | undefined;
    for (const buffer of free) {
      const fits = buffer.bytes >= bytes;
      const better =
        best === undefined || (fits ? best.bytes < bytes || buffer.bytes < best.bytes : buffer.bytes > best.bytes);
      if (better) best = buffer;
    }
    if (best === undefined) {
      best = { bytes };
      buffers.push(best);
    } else free = free.filter((buffer) => buffer !== best);
    best.bytes = Math.max(best.bytes, bytes);
    return best;
  };
  for (const [i, { operation, inputs, outputs }] of nodes.entries()) {
    for (const [name, value] of Object.entries(outputs)) {
      if (value.base !== undefined || value.address !== undefined) continue;
      const bytes = value.size * (value.rows ? batchSize : 1) * 4;
      const over = inputs[operation.overwrites?.[name] ?? '']?.root;
      const buffer = over === undefined ? undefined : of.get(over);
      if (over !== undefined && buffer !== undefined && last.get(over) === i && buffer.bytes >= bytes) {
        of.delete(over);
        placed.push([over, buffer]);
        of.set(value, buffer);
      } else of.set(value, take(bytes));
    }
    for (const value of new Set([...valuesOf(inputs), ...valuesOf(outputs)].map(({ root }) => root))) {
      const buffer = of.get(value);
      if (buffer === undefined || last.get(value) !== i) continue;
      of.delete(value);
      placed.push([value, buffer]);
      free.push(buffer);
    }
  }
  placed.push(...of);
  const addresses = new Map(buffers.map((buffer) => [buffer, scope.allocate(buffer.bytes)]));
  for (const [value, buffer] of placed) value.address = addresses.get(buffer);
}
