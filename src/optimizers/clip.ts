import { SUM_BLOCK } from '../../assembly/codes.ts';
import { CLIP_NORM, SQUARES } from '../../assembly/opcodes.ts';
import { floatWord, type Recorder } from '../engine/recorder.ts';

/** Records that the `length` numbers at `gradient` are brought down to the norm `limit`: their squares first, which threads share. */
export function recordClip(
  recorder: Recorder,
  label: string,
  gradient: number,
  length: number,
  limit: number,
  global: boolean,
): void {
  const squares = recorder.block(Math.ceil(length / SUM_BLOCK) * 8);
  recorder.emit(label, SQUARES, squares, gradient, length);
  recorder.emit(label, CLIP_NORM, gradient, length, floatWord(limit), global ? 1 : 0, squares);
}
