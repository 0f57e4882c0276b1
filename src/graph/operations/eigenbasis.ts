/** Eigenvectors of a mean of products of gradients, for SOAP. */
import * as words from '../../../assembly/words/eigenbasis.ts';
import { operation } from '../operation.ts';

/** One thread makes them. */
export const eigenbasis = /* @__PURE__ */ operation(
  words,
  {},
  { name: 'eigenbasis', effect: true, shape: () => ({}), gradient: null, cost: () => 0 },
);

/** Bytes that it needs as room for a matrix of this size. */
export const eigenRoom = (size: number): number => 8 * (2 * size * size + 3 * size) + 4 * size;
