import * as bytesWords from '../../../assembly/words/gather-bytes.ts';
import * as wordsWords from '../../../assembly/words/gather-words.ts';
import type { Graph, Value } from '../graph.ts';
import { operation, type Shape } from '../operation.ts';

const names = { inputs: ['source'], outputs: ['out'] } as const;

const rules = {
  floats: ['divisor'],
  shape: ({ source }: { readonly source: Value }) => ({ out: { shape: source.shape, rows: true } }),
  cost: ({ perRow }: { readonly perRow: number }, rows: number): number => rows * perRow * 0.2,
  gradient: null,
} as const;

const gatherBytes = /* @__PURE__ */ operation(bytesWords, names, { name: 'gatherBytes', ...rules });
const gatherWords = /* @__PURE__ */ operation(wordsWords, names, { name: 'gatherWords', ...rules });

/** The batch's rows of samples of `shape` that begin at `source`; bytes are divided by `divisor`. */
export function gather(graph: Graph, label: string, source: number, shape: Shape, bytes = false, divisor = 1): Value {
  const samples = graph.memory(shape, source);
  const kind = bytes ? gatherBytes : gatherWords;
  return graph.add(kind, label, { source: samples }, { perRow: samples.size, divisor }).out;
}
