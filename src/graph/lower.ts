/** From a graph to the program that the core runs (assembly/opcodes.ts draws it). */
import * as op from '../../assembly/opcodes.ts';
import { Program } from '../engine/program.ts';
import { placeBuffers } from './buffers.ts';
import { fuse } from './fuse.ts';
import { type Graph, isView, type Node, type Value, valuesOf } from './graph.ts';
import { encode } from './operation.ts';

const WORDS = op.OPERATION_BYTES / 4;

const addressOf = (value: Value | undefined): number => value?.root.address ?? 0;

/** The words of an operation by name, once its values have addresses. */
function numbersOf({ inputs, outputs, attributes }: Node): Record<string, number> {
  const numbers = { ...attributes };
  for (const [name, value] of Object.entries(inputs)) numbers[name] = addressOf(value);
  for (const [name, value] of Object.entries(outputs)) numbers[name] = addressOf(value);
  return numbers;
}

/** Called with every graph whose program has been written: for `npm run graph`. */
export const watchers: Set<(graph: Graph) => void> = new Set();

/** Allocates the constants that operations read. */
function placeConstants({ nodes, kept, scope, engine }: Graph): void {
  for (const value of [...nodes.flatMap(({ inputs }) => valuesOf(inputs)), ...kept]) {
    const { root } = value;
    const { data } = root;
    if (data === undefined || root.address !== undefined) continue;
    root.address = scope.allocate(data.byteLength);
    if (data instanceof Int32Array) engine.i32(root.address, data.length).set(data);
    else engine.f32(root.address, data.length).set(data);
  }
}

/** Simplifies the graph, places its values, and writes the program. Record nothing in the graph afterwards. */
export function lower(graph: Graph): Program {
  fuse(graph);
  placeConstants(graph);
  placeBuffers(graph);
  const { engine, scope, batchSize, totals } = graph;
  const nodes = graph.nodes.filter((node) => !isView(node));
  for (const { operation } of nodes) if (operation.needs !== undefined) engine.require(operation.needs);
  const address = scope.allocate(op.HEADER_BYTES + nodes.length * op.OPERATION_BYTES);
  const words = engine.i32(address + op.HEADER_BYTES, nodes.length * WORDS);
  const values = nodes.map(numbersOf);
  const plan = engine.threading.plan(
    nodes.map(({ operation }, i) => operation.cost((values[i] ?? {}) as never, batchSize)),
  );
  for (const [i, { operation }] of nodes.entries()) {
    words.set(encode(operation, values[i] ?? {}), i * WORDS);
    if (plan.shared[i]) words[i * WORDS + op.SHARED] = 1;
  }
  for (const watch of watchers) watch(graph);
  const labels = nodes.map(({ label }) => label);
  return new Program(engine, address, batchSize, labels, plan, totals);
}
