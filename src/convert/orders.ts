/**
 * Orders of axes. This library has the channels last, ONNX first; a value can be there in several orders, and is transposed only where an operator needs one
 * that it is not in yet. An order lists axes, by their numbers in the natural order.
 */

/** Axes as they are counted. */
export const natural = (rank: number): readonly number[] => Array.from({ length: rank }, (_, axis) => axis);

/** Where each axis of the order is: `inverse([2, 0, 1])` is `[1, 2, 0]`. */
export function inverse(order: readonly number[]): readonly number[] {
  const back = [...order];
  for (const [i, axis] of order.entries()) back[axis] = i;
  return back;
}

export const sameOrder = (a: readonly number[], b: readonly number[]): boolean => a.join() === b.join();

/** Whether both orders have the numbers of such a shape in the same sequence: axes of size 1 may be anywhere. */
export const sameSequence = (a: readonly number[], b: readonly number[], shape: readonly number[]): boolean =>
  sameOrder(
    a.filter((axis) => shape[axis] !== 1),
    b.filter((axis) => shape[axis] !== 1),
  );

/** A value in one order of its axes. */
export interface Form<T> {
  readonly at: T;
  readonly order: readonly number[];
}

/** The form in this order, or that `make` makes of the first, which the value keeps. */
export function arrange<T>(forms: Form<T>[], order: readonly number[], make: (from: Form<T>) => T): T {
  const found = forms.find((one) => sameOrder(one.order, order));
  if (found !== undefined) return found.at;
  const [first] = forms;
  if (first === undefined) throw new Error('a value has no form');
  const made = { at: make(first), order };
  forms.push(made);
  return made.at;
}
