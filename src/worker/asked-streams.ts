/** Streams of the page in the worker: each is a stream here that asks the page for its batches. */
import type { Batch, BatchSource, InputBatch, ModelData } from '../index.ts';
import type { Call } from './call.ts';
import { errorOf, type SentBatch, type StreamAnswer, type StreamKind, type StreamQuestion } from './protocol.ts';

const batchOf = ({ x, y, sampleWeight }: SentBatch): Batch & InputBatch => {
  const all = (values: SentBatch['x']): ModelData => (values.length === 1 ? (values[0] as ModelData) : values);
  return { x: all(x), y: y === undefined ? [] : all(y), ...(sampleWeight && { sampleWeight }) };
};

/** The stream of this name. */
export function askedStream(call: Call, stream: string, kind: StreamKind): BatchSource<Batch & InputBatch> {
  let runs = 0;
  async function* batches(epoch: number) {
    const question = { stream, run: ++runs, epoch };
    const ask = (asked: StreamQuestion): Promise<unknown> => {
      const answer = call.ask('batches', asked);
      // one that is not waited for, because the call has ended
      answer.catch(() => undefined);
      return answer;
    };
    let over = false;
    try {
      let next = ask(question);
      while (!over) {
        const { batches, done, failure } = (await next) as StreamAnswer;
        over = done;
        // while these are used, the next ones come
        if (!done) next = ask(question);
        for (const batch of batches) yield batchOf(batch);
        if (failure !== undefined) throw errorOf(failure);
      }
    } finally {
      if (!over && !call.signal.aborted) await call.ask('batches', { ...question, end: true });
    }
  }
  if (kind === 'function') return batches;
  return kind === 'once' ? batches(0) : { [Symbol.asyncIterator]: () => batches(0) };
}
