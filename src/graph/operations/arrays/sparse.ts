/** The product of sparse rows and a kernel, its gradient, and the update of the rows of the kernel that a batch touches. */
import * as words from '../../../../assembly/words/sparse-dense.ts';
import * as groupWords from '../../../../assembly/words/sparse-groups.ts';
import * as gradientWords from '../../../../assembly/words/sparse-kernel-gradient.ts';
import * as updateWords from '../../../../assembly/words/sparse-update.ts';
import { full } from '../../../engine/full.ts';
import type { Graph, RowUpdate, Value } from '../../graph.ts';
import { type Gradients, type Numbers, operation } from '../../operation.ts';

/** Where rows are, as addresses: `values` 0 for ones. `each` and `most` as in the words of `sparseDense`. */
export type SparseRowsAt = Numbers<'offsets' | 'indices' | 'values' | 'inputs' | 'each' | 'most'>;

/** Nanoseconds: rows of the kernel come from anywhere in memory. */
const cost = ({ each, units }: Numbers<'each' | 'units'>, rows: number): number => rows * each * (10 + units / 6);

/** y = x kernel + bias, then relu if `relu` is 1. */
const sparseDense = /* @__PURE__ */ operation(
  words,
  { inputs: ['kernel'], optional: ['bias'], outputs: ['y'] },
  {
    name: 'sparseDense',
    needs: full,
    absorbs: 'relu',
    shape: (_, { units }) => ({ y: { shape: [units], rows: true } }),
    cost,
    gradient({ graph, label, inputs: { bias }, attributes, dy: { y: dz }, wants }): Gradients<'kernel' | 'bias'> {
      if (dz === undefined) return {};
      const { inputs, units, each, most } = attributes;
      const wanted = [wants('kernel') && ('dkernel' as const), bias && wants('bias') && ('dbias' as const)];
      const groups = wants('kernel') ? grouped(graph, label, attributes) : 0;
      const { dkernel, dbias } = graph.add(
        kernelGradient,
        `${label} kernel gradient`,
        { dz },
        { groups, inputs, units, each, most },
        wanted.filter((name) => name !== false && name !== undefined),
      );
      return { kernel: dkernel, bias: dbias };
    },
  },
);

const sparseGroups = /* @__PURE__ */ operation(
  groupWords,
  {},
  { name: 'sparseGroups', needs: full, effect: true, shape: () => ({}), cost: () => 0, gradient: null },
);

const kernelGradient = /* @__PURE__ */ operation(
  gradientWords,
  { inputs: ['dz'], outputs: ['dkernel', 'dbias'] },
  {
    name: 'sparseKernelGradient',
    needs: full,
    shape: (_, { inputs, units }) => ({
      dkernel: { shape: [inputs, units], rows: false },
      dbias: { shape: [units], rows: false },
    }),
    cost: ({ groups, inputs, units, each }, rows) =>
      groups === 0 ? rows * units * 0.3 : inputs * units * 0.1 + cost({ each, units }, rows),
    gradient: null,
  },
);

const sparseUpdate = /* @__PURE__ */ operation(
  updateWords,
  { inputs: ['dz'] },
  {
    name: 'sparseUpdate',
    needs: full,
    effect: true,
    floats: ['limit'],
    shape: () => ({}),
    cost: (numbers, rows) => 2 * cost(numbers, rows),
    gradient: null,
  },
);

/** Sorts a batch into groups by column, at the address that this returns: 28 bytes for each of the most values that a batch can have. */
function grouped(graph: Graph, label: string, { offsets, indices, values, most }: SparseRowsAt): number {
  const groups = graph.block(64 + 28 * most);
  graph.add(sparseGroups, `${label} columns`, {}, { groups, offsets, indices, values, most });
  return groups;
}

export function sparseProduct(label: string, rows: SparseRowsAt, kernel: Value, bias: Value | undefined): Value {
  const { graph, shape } = kernel;
  return graph.add(sparseDense, label, { kernel, bias }, { ...rows, units: shape[1] ?? 1, relu: 0 }).y;
}

/** One step of the optimizer over the rows of the kernel at `w` that the batch touches. */
export function updateRows(label: string, rows: SparseRowsAt, dz: Value, numbers: RowUpdate): void {
  const { graph, size: units } = dz;
  const groups = grouped(graph, label, rows);
  graph.add(sparseUpdate, label, { dz }, { ...numbers, groups, units, each: rows.each, most: rows.most });
}
