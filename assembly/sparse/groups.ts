/**
 * What a batch's rows have, sorted by column: a group is a column, and the list of the rows that have it with their values, ascending by row (a row
 * that names a column twice is in the list twice). Groups stand in the order in which the rows first name their columns. The size depends on the
 * batch alone, not on the columns of the matrix: `most` values at most.
 *
 *   groups  | count, 64 bytes | columns: i32[most] | ends: i32[most] | rows: i32[most] | values: f32[most] | member: i32[most] | table: i32[2 most] |
 *
 * Group g has `rows` and `values` from ends[g - 1] (0 for the first) to ends[g]. `member` is the group of each value; `table` finds the group of a
 * column: open addressing, 0 for a free place, else the group and 1.
 */
import { AT_CURSOR, AT_ORDER } from "../opcodes";
import { address, word } from "../operations/words";
import * as words from "../words/sparse-groups";

const HEADER: usize = 64;
/** 2^32 by the golden ratio: its products spread over the high bits (Knuth, The Art of Computer Programming 3, 6.4). */
const SPREAD: u32 = 0x9e3779b1;

// @ts-ignore: decorator
@inline
function at(groups: usize, most: i32, array: i32, index: i32): usize {
  return groups + HEADER + ((<usize>most * array + index) << 2);
}

/** How many there are. */
export function groupCount(groups: usize): i32 {
  return load<i32>(groups);
}

export function columnOf(groups: usize, most: i32, group: i32): i32 {
  return load<i32>(at(groups, most, 0, group));
}

/** Where the list of a group begins; that of the next one is its end. */
export function beginOf(groups: usize, most: i32, group: i32): i32 {
  return group > 0 ? load<i32>(at(groups, most, 1, group - 1)) : 0;
}

export function rowsAt(groups: usize, most: i32, index: i32): usize {
  return at(groups, most, 2, index);
}

export function valuesAt(groups: usize, most: i32, index: i32): usize {
  return at(groups, most, 3, index);
}

/** The row of the data that is row r of the batch. */
export function sourceRow(program: usize, r: i32): i32 {
  const order = <usize>load<u32>(program, AT_ORDER);
  const row = i32.load(program, AT_CURSOR) + r;
  return order ? load<i32>(order + ((<usize>row) << 2)) : row;
}

export function group(program: usize, op: usize, rows: i32): void {
  const groups = address(op, words.groups);
  const offsets = address(op, words.offsets);
  const indices = address(op, words.indices);
  const values = address(op, words.values);
  const most = word(op, words.most);
  let total = 0;
  for (let r = 0; r < rows; r++) {
    const row = offsets + ((<usize>sourceRow(program, r)) << 2);
    total += load<i32>(row, 4) - load<i32>(row);
  }
  // a power of two, at most half full
  const bits = 33 - i32.clz(max(total, 1) - 1);
  const mask = (1 << bits) - 1;
  const table = at(groups, most, 5, 0);
  memory.fill(table, 0, (<usize>1) << (bits + 2));
  const columns = at(groups, most, 0, 0);
  const ends = at(groups, most, 1, 0);
  const member = at(groups, most, 4, 0);
  let count = 0;
  let n: usize = 0;
  for (let r = 0; r < rows; r++) {
    const row = offsets + ((<usize>sourceRow(program, r)) << 2);
    const end = load<i32>(row, 4);
    for (let i = load<i32>(row); i < end; i++, n += 4) {
      const column = load<i32>(indices + ((<usize>i) << 2));
      let place = <i32>((<u32>column * SPREAD) >>> (32 - bits));
      let found = 0;
      while (true) {
        found = load<i32>(table + ((<usize>place) << 2));
        if (found == 0 || load<i32>(columns + ((<usize>(found - 1)) << 2)) == column) break;
        place = (place + 1) & mask;
      }
      if (found == 0) {
        store<i32>(columns + ((<usize>count) << 2), column);
        store<i32>(ends + ((<usize>count) << 2), 0);
        found = ++count;
        store<i32>(table + ((<usize>place) << 2), found);
      }
      // so far its length
      const length = ends + ((<usize>(found - 1)) << 2);
      store<i32>(length, load<i32>(length) + 1);
      store<i32>(member + n, found - 1);
    }
  }
  store<i32>(groups, count);
  // from lengths to beginnings, which filling the lists turns into ends
  let begin = 0;
  for (let g = 0; g < count; g++) {
    const length = ends + ((<usize>g) << 2);
    const own = load<i32>(length);
    store<i32>(length, begin);
    begin += own;
  }
  const toRows = rowsAt(groups, most, 0);
  const toValues = valuesAt(groups, most, 0);
  n = 0;
  for (let r = 0; r < rows; r++) {
    const row = offsets + ((<usize>sourceRow(program, r)) << 2);
    const end = load<i32>(row, 4);
    for (let i = load<i32>(row); i < end; i++, n += 4) {
      const next = ends + ((<usize>load<i32>(member + n)) << 2);
      const to = load<i32>(next);
      store<i32>(next, to + 1);
      store<i32>(toRows + ((<usize>to) << 2), r);
      store<f32>(toValues + ((<usize>to) << 2), values ? load<f32>(values + ((<usize>i) << 2)) : 1);
    }
  }
}
