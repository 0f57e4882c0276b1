/** The products of a dense layer whose input is sparse (words/sparse-dense.ts), forward and backward, and the update of single rows of its kernel. */
import { clip } from "../elementwise";
import { finishRow } from "../gemm/skip";
import { address, begin, end, offset, scalar, word } from "../operations/words";
import { updateParameters } from "../optimizers/index";
import { columnSums } from "../reduce";
import * as denseWords from "../words/sparse-dense";
import * as gradientWords from "../words/sparse-kernel-gradient";
import * as updateWords from "../words/sparse-update";
import { beginOf, columnOf, groupCount, rowsAt, sourceRow, valuesAt } from "./groups";
import { COLUMNS, sumRows } from "./rows";

/** Floats of a row of the kernel that are updated at a time. */
const CHUNK: i32 = 1024;

/** Threads divide the rows. */
export function sparseDense(program: usize, op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const units = word(op, denseWords.units);
  const offsets = address(op, denseWords.offsets);
  const indices = address(op, denseWords.indices);
  const values = address(op, denseWords.values);
  const kernel = address(op, denseWords.kernel);
  const bias = address(op, denseWords.bias);
  const rectify = word(op, denseWords.relu) != 0;
  const stride = (<usize>units) << 2;
  const to = end(rows, 1, part, parts);
  for (let r = begin(rows, 1, part, parts); r < to; r++) {
    const row = offsets + ((<usize>sourceRow(program, r)) << 2);
    const from = load<i32>(row);
    const count = load<i32>(row, 4) - from;
    const y = offset(address(op, denseWords.y), r * units);
    for (let j = 0; j < units; j += COLUMNS) {
      const cols = min(COLUMNS, units - j);
      sumRows(scratch, offset(kernel, j), stride, offset(indices, from), offset(values, from), count, cols);
      finishRow(offset(y, j), scratch, cols, offset(bias, j), rectify, 0);
    }
  }
}

/** `cols` of the columns from j on of a group's row of xᵀ dz, at `out`; up to COLUMNS are written. */
// @ts-ignore: decorator
@inline
function gradientOf(out: usize, groups: usize, most: i32, group: i32, dz: usize, units: i32, j: i32, cols: i32): void {
  const from = beginOf(groups, most, group);
  const count = beginOf(groups, most, group + 1) - from;
  const stride = (<usize>units) << 2;
  sumRows(out, offset(dz, j), stride, rowsAt(groups, most, from), valuesAt(groups, most, from), count, cols);
}

/** Threads divide the rows of dkernel, and the columns of dbias. */
export function sparseKernelGradient(op: usize, rows: i32, scratch: usize, part: i32, parts: i32): void {
  const dkernel = address(op, gradientWords.dkernel);
  const dbias = address(op, gradientWords.dbias);
  const dz = address(op, gradientWords.dz);
  const units = word(op, gradientWords.units);
  if (dbias) columnSums(dbias, dz, rows, units, begin(units, 4, part, parts), end(units, 4, part, parts));
  if (!dkernel) return;
  const groups = address(op, gradientWords.groups);
  const most = word(op, gradientWords.most);
  const inputs = word(op, gradientWords.inputs);
  const first = begin(inputs, 1, part, parts);
  const last = end(inputs, 1, part, parts);
  const stride = (<usize>units) << 2;
  memory.fill(dkernel + <usize>first * stride, 0, <usize>(last - first) * stride);
  const count = groupCount(groups);
  for (let g = 0; g < count; g++) {
    const column = columnOf(groups, most, g);
    if (column < first || column >= last) continue;
    const row = dkernel + <usize>column * stride;
    for (let j = 0; j < units; j += COLUMNS) {
      const cols = min(COLUMNS, units - j);
      gradientOf(scratch, groups, most, g, dz, units, j, cols);
      finishRow(offset(row, j), scratch, cols, 0, false, 0);
    }
  }
}

/** Threads divide the groups: each row of the kernel is one thread's. */
export function sparseUpdate(op: usize, scratch: usize, part: i32, parts: i32): void {
  const groups = address(op, updateWords.groups);
  const most = word(op, updateWords.most);
  const units = word(op, updateWords.units);
  const dz = address(op, updateWords.dz);
  const slots = address(op, updateWords.slots);
  const limit = scalar(op, updateWords.limit);
  const stride = (<usize>units) << 2;
  const count = groupCount(groups);
  const to = end(count, 1, part, parts);
  for (let g = begin(count, 1, part, parts); g < to; g++) {
    const row = <usize>columnOf(groups, most, g) * stride;
    for (let j = 0; j < units; j += CHUNK) {
      const n = min(CHUNK, units - j);
      for (let c = 0; c < n; c += COLUMNS)
        gradientOf(offset(scratch, c), groups, most, g, dz, units, j + c, min(COLUMNS, n - c));
      if (limit > 0) clip(scratch, scratch, n, limit);
      const at = row + ((<usize>j) << 2);
      updateParameters(
        address(op, updateWords.state),
        address(op, updateWords.w) + at,
        scratch,
        slots ? slots + at : 0,
        word(op, updateWords.slotStride),
        n,
        true,
      );
    }
  }
}
