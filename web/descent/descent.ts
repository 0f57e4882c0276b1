/**
 * One optimizer on its way down: the point, its gradient and the update are the library's own, in float32, so they have the same bits in
 * every browser and in Node, where the tests run this file too.
 */
import { compileStep, digest, ops, type Runtime, type Tensor, tensor, valueAndGrad } from '../../src/index.ts';
import { optimizerOf } from '../maker.ts';
import { searches } from '../optimizers.ts';
import type { Entrant } from '../settings.ts';
import { record, type Tree } from './expression.ts';

/** A place on the way: coordinates, the value there and the gradient. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly value: number;
  readonly gradient: readonly [number, number];
}

/** The program of a function and its gradient, which all descents share. */
export function objective(tree: Tree) {
  return valueAndGrad((point) => {
    const [x, y] = [0, 1].map((at) => ops.slice(point, [at], [1]));
    if (x === undefined || y === undefined) throw new Error('a point has two coordinates');
    return ops.sum(record(tree, x, y));
  });
}
export type Objective = ReturnType<typeof objective>;

/** Longer trails are thinned out by nobody: a descent ends there. */
export const MOST_STEPS = 20_000;

export class Descent {
  readonly entrant: Entrant;
  readonly #objective: Objective;
  readonly #point: Tensor<'float32'>;
  readonly #gradient: Tensor<'float32'>;
  readonly #optimizer;
  /** The step of an optimizer that evaluates the function on its way. */
  readonly #search;
  /** All places, the first one is the start. */
  readonly trail: Place[] = [];

  constructor(objective: Objective, entrant: Entrant, [x, y]: readonly [number, number], runtime?: Runtime) {
    this.entrant = entrant;
    this.#objective = objective;
    this.#point = tensor([2], [x, y], { ...(runtime && { runtime }) });
    this.#gradient = tensor([2], [0, 0], { ...(runtime && { runtime }) });
    this.#optimizer = optimizerOf(entrant);
    this.#search = searches(entrant.name)
      ? compileStep({
          loss: (point) => objective(point).value,
          parameters: this.#point,
          optimizer: this.#optimizer,
        })
      : undefined;
    this.#look();
  }

  get steps(): number {
    return this.trail.length - 1;
  }

  get place(): Place {
    const last = this.trail.at(-1);
    if (last === undefined) throw new Error('a descent has a start');
    return last;
  }

  /** Whether another step would change anything: not if the place is no longer a number, or the trail is full. */
  get over(): boolean {
    const { x, y, value } = this.place;
    return this.steps >= MOST_STEPS || !Number.isFinite(x + y + value);
  }

  /** What the optimizer remembers, by the names of its slots; undefined before the first step. */
  get slots(): Readonly<Record<string, Float32Array>> | undefined {
    return this.#optimizer.slots(this.#point);
  }

  step(): void {
    if (this.over) return;
    if (this.#search) this.#search();
    else this.#optimizer.apply([[this.#point, this.#gradient]]);
    this.#look();
  }

  /** The digest of the point, as the library prints digests. */
  digest(): Promise<string> {
    return digest([this.#point]);
  }

  #look(): void {
    const { value, gradients } = this.#objective(this.#point);
    const [gradient] = gradients;
    if (gradient === undefined) throw new Error('a function of one argument has one gradient');
    this.#gradient.data.set(gradient.data);
    gradient.dispose();
    const [x = 0, y = 0] = this.#point.data;
    const [gx = 0, gy = 0] = this.#gradient.data;
    this.trail.push({ x, y, value, gradient: [gx, gy] });
  }

  dispose(): void {
    this.#search?.dispose();
    this.#optimizer.dispose();
    this.#point.dispose();
    this.#gradient.dispose();
  }
}
