/** The points at which a landscape is measured: coarse at first, then with another point between every two. */
import type { View } from '../ui/heights.ts';

/** Training images that the loss is measured on: the first so many. */
export const IMAGES = 500;
/** Points along each edge. */
export const STAGES: readonly number[] = [9, 17, 33];
export const FINEST = 33;
/** Width by height, as the picture has it. */
const ASPECT = 4 / 3;
/** Room around what is to be seen, as a share of it. */
const ROOM = 0.25;

/** What a picture shows that has all these places. */
export function viewOf(places: readonly { readonly x: number; readonly y: number }[]): View {
  const finite = places.filter(({ x, y }) => Number.isFinite(x + y));
  const range = (values: readonly number[]) => [Math.min(...values), Math.max(...values)] as const;
  const [left, right] = range(finite.map(({ x }) => x));
  const [bottom, top] = range(finite.map(({ y }) => y));
  const height = (1 + 2 * ROOM) * Math.max(top - bottom, (right - left) / ASPECT);
  const [x, y] = [(left + right) / 2, (bottom + top) / 2];
  return [x - (height * ASPECT) / 2, x + (height * ASPECT) / 2, y - height / 2, y + height / 2];
}

export class Grid {
  readonly view: View;
  /** [row from the top, column]; NaN where nothing has been measured. */
  readonly values = new Float64Array(FINEST * FINEST).fill(Number.NaN);

  constructor(view: View) {
    this.view = view;
  }

  /** The points that a stage adds to those before it. */
  added(stage: number): number[] {
    const step = (FINEST - 1) / (stage - 1);
    const before = STAGES[STAGES.indexOf(stage) - 1];
    const had = before === undefined ? Number.POSITIVE_INFINITY : (FINEST - 1) / (before - 1);
    return Array.from({ length: stage * stage }, (_, k) => [step * Math.floor(k / stage), step * (k % stage)]).flatMap(
      ([row = 0, column = 0]) =>
        before !== undefined && row % had === 0 && column % had === 0 ? [] : [row * FINEST + column],
    );
  }

  /** Where points are, as x, y, x, y, … */
  places(points: readonly number[]): Float64Array {
    const [left, right, bottom, top] = this.view;
    return Float64Array.from(
      points.flatMap((point) => [
        left + ((right - left) * (point % FINEST)) / (FINEST - 1),
        top - ((top - bottom) * Math.floor(point / FINEST)) / (FINEST - 1),
      ]),
    );
  }

  /** The values of a stage alone. */
  at(stage: number): Float64Array {
    const step = (FINEST - 1) / (stage - 1);
    return Float64Array.from(
      { length: stage * stage },
      (_, k) => this.values[step * Math.floor(k / stage) * FINEST + step * (k % stage)] ?? Number.NaN,
    );
  }

  /** The value at the point that is nearest to a place of the view, in shares of its width and height from the top left. */
  near(across: number, down: number): number {
    const index = (share: number) => Math.round(Math.min(1, Math.max(0, share)) * (FINEST - 1));
    return this.values[index(down) * FINEST + index(across)] ?? Number.NaN;
  }
}

/** How a landscape is measured: each gauge takes a few points at a time until there are none left or the signal is aborted. */
export async function measure(
  grid: Grid,
  gauges: readonly ((points: Float64Array) => Promise<Float64Array>)[],
  signal: AbortSignal,
  progress: (done: number, stage: number | undefined) => void,
): Promise<void> {
  let done = 0;
  for (const stage of STAGES) {
    const waiting = grid.added(stage);
    const work = async (gauge: (points: Float64Array) => Promise<Float64Array>) => {
      while (waiting.length > 0 && !signal.aborted) {
        const points = waiting.splice(0, EACH);
        const losses = await gauge(grid.places(points));
        for (const [i, point] of points.entries()) grid.values[point] = losses[i] ?? Number.NaN;
        done += points.length;
        progress(done / FINEST ** 2, undefined);
      }
    };
    await Promise.all(gauges.map(work));
    signal.throwIfAborted();
    progress(done / FINEST ** 2, stage);
  }
}
const EACH = 4;
