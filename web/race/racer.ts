/** One optimizer in a race: a model, and a training that goes only as far as the race allows. */
import { network } from '../../src/cli/network.ts';
import { IMAGE } from '../../src/cli/settings.ts';
import type { Progress, Runtime, Sequential, Tensor } from '../../src/index.ts';
import { optimizerOf } from '../maker.ts';
import type { RacerName } from '../optimizers.ts';
import type { Entrant, Settings } from '../settings.ts';
import { stepsPerEpoch } from '../settings.ts';
import type { Checkpoint } from './keep.ts';
import type { Entered, EpochPoint, Point, RacerStatus, Report, WeightView } from './messages.ts';
import { Path } from './path.ts';

/** What all racers of a worker share. */
export interface Track {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly x: Tensor;
  readonly y: Tensor;
  readonly testX: Tensor;
  readonly testY: Tensor;
  /** Steps that each racer may do. */
  readonly allowed: number;
  /** Resolves when `allowed` changes. */
  readonly changed: () => Promise<void>;
}

/** What a racer asks of its worker. */
export interface Errands {
  /** There is something to report. */
  news(): void;
  /** Puts this where a reload of the page finds it. */
  keep(checkpoint: Checkpoint): Promise<void>;
}

/** Points of a curve over the whole race, about. */
const POINTS = 120;
/** How often a weight is looked at, in milliseconds. */
const LOOK = 120;
/** A racer is kept at the end of an epoch: not more often than so many milliseconds, and at a share of its time not greater than this. */
const KEEP = { pause: 250, share: 0.02 } as const;

export class Racer {
  readonly name: RacerName;
  readonly model: Sequential;
  /** Its weights after some epochs. */
  readonly path: Path;
  readonly #track: Track;
  readonly #errands: Errands;
  readonly #perEpoch: number;
  readonly #window: number;
  readonly #stopping = new AbortController();
  #status: RacerStatus = 'waiting';
  #digest = '';
  #error = '';
  #step = 0;
  /** Epochs done when it was kept: where it begins. */
  #epoch = 0;
  /** Seconds of training: of the epochs that are over, and of all. */
  #before = 0;
  #seconds = 0;
  readonly #points: Point[] = [];
  readonly #epochs: EpochPoint[] = [];
  /** How many points and epochs have been reported. */
  #told = { points: 0, epochs: 0 };
  #initial = '';
  #keepAfter = performance.now() + KEEP.pause;
  #keeping: Promise<void> | undefined;
  /** Sums over the images of this epoch up to the last point, and up to now. */
  #last = { loss: 0, accuracy: 0, rows: 0 };
  #sums = { loss: 0, accuracy: 0, rows: 0 };
  #watched: { weight: string; index: number } | undefined;
  #looked = 0;
  #beforeLook: number | undefined;
  #view: WeightView | undefined;

  /** A racer at the start, or where it was kept. */
  constructor(kept: Checkpoint | undefined, entrant: Entrant, track: Track, errands: Errands) {
    const { settings } = track;
    this.name = entrant.name;
    this.model = newModel(entrant, track);
    this.path = new Path(this.model.weights.reduce((sum, { tensor }) => sum + tensor.size, 0));
    this.path.pass(0, () => this.model.getWeights());
    this.#track = track;
    this.#errands = errands;
    this.#perEpoch = stepsPerEpoch(settings);
    this.#window = Math.ceil(this.#perEpoch / Math.max(1, Math.round(POINTS / settings.epochs)));
    if (kept) this.#goOn(kept);
  }

  #goOn({ epoch, weights, slots, iterations, seconds, points, epochs, initial }: Checkpoint): void {
    const { model } = this;
    model.setWeights(weights);
    for (const [i, { tensor }] of model.slots.entries()) tensor.data.set(slots[i] ?? []);
    if (model.optimizer) model.optimizer.iterations = iterations;
    this.#epoch = epoch;
    this.#step = epoch * this.#perEpoch;
    this.#before = this.#seconds = seconds;
    this.#points.push(...points);
    this.#epochs.push(...epochs);
    this.#initial = initial;
    this.path.pass(this.#step, () => weights);
  }

  /** What stands at the start: the digest of the weights, and how good they are; and what is known beyond it. */
  async enter(): Promise<Entered> {
    const { model } = this;
    if (this.#initial === '') {
      const { testX, testY } = this.#track;
      const { loss = Number.NaN, accuracy = Number.NaN } = await model.evaluate(testX, testY);
      const zero = { epoch: 0, step: 0, seconds: 0, loss: Number.NaN, accuracy: Number.NaN };
      this.#epochs.push({ ...zero, val_loss: loss, val_accuracy: accuracy });
      this.#initial = await model.digest();
    }
    const [points, epochs] = [[...this.#points], [...this.#epochs]];
    this.#told = { points: points.length, epochs: epochs.length };
    const weights = model.weights.map(({ name, tensor }) => ({ name, shape: tensor.shape }));
    return { initial: this.#initial, step: this.#step, seconds: this.#seconds, points, epochs, weights };
  }

  /** Trains to the end, to `stop`, or to an error; never rejects. */
  async run(): Promise<void> {
    const { x, y, testX, testY, settings } = this.#track;
    const { epochs, batchSize } = settings;
    const { signal } = this.#stopping;
    const callback = {
      onStepsBegin: ({ epoch, step }: { epoch: number; step: number }) => this.#gate(epoch * this.#perEpoch + step),
      onProgress: (progress: Progress) => this.#progress(progress),
      onEpochEnd: (epoch: number, logs: Readonly<Record<string, number>>) => this.#epochEnd(epoch, logs),
    };
    let ended: RacerStatus = 'finished';
    try {
      const initialEpoch = this.#epoch;
      const validationData = [testX, testY] as const;
      await this.model.fit(x, y, { initialEpoch, epochs, batchSize, validationData, callbacks: [callback], signal });
      await this.#keeping;
    } catch (error) {
      ended = signal.aborted ? 'stopped' : 'failed';
      if (!signal.aborted) this.#error = error instanceof Error ? error.message : String(error);
    }
    this.path.finish(this.#step, this.model.getWeights());
    // together: a report between them would say that it has finished, and not with which weights
    this.#digest = await this.model.digest();
    this.#status = ended;
    this.#errands.news();
  }

  get step(): number {
    return this.#step;
  }

  get over(): boolean {
    return ['finished', 'stopped', 'failed'].includes(this.#status);
  }

  stop(): void {
    this.#stopping.abort();
  }

  watch(weight: string, index: number): void {
    this.#watched = { weight, index };
    this.#looked = 0;
    // the value before the step is no longer known
    if (this.#step > 0) this.#look(Number.NaN);
    this.#errands.news();
  }

  unwatch(): void {
    this.#watched = undefined;
  }

  /** Probabilities of the classes for an image. */
  classify(pixels: Uint8Array): Float32Array {
    return this.model.predictOnBatch({ data: pixels, shape: [1, ...IMAGE], divisor: 255 }).data.slice();
  }

  /** What is new. */
  report(): Report {
    const report: Report = {
      name: this.name,
      status: this.#status,
      step: this.#step,
      seconds: this.#seconds,
      points: this.#points.slice(this.#told.points),
      epochs: this.#epochs.slice(this.#told.epochs),
      tail: this.#sums.rows > this.#last.rows && this.#status === 'waiting' ? this.#point() : undefined,
      weight: this.#view,
      digest: this.#digest,
      error: this.#error,
    };
    this.#told = { points: this.#points.length, epochs: this.#epochs.length };
    this.#view = undefined;
    return report;
  }

  /** Waits until the race allows the step after `done` others; gives how many may be done in one go. */
  async #gate(done: number): Promise<number> {
    const { signal } = this.#stopping;
    while (done >= this.#track.allowed && !signal.aborted) {
      this.#status = 'waiting';
      this.#errands.news();
      await this.#track.changed();
    }
    this.#status = 'running';
    const now = performance.now();
    const look = this.#watched !== undefined && now - this.#looked > LOOK;
    this.#beforeLook = look ? this.#valueOf(this.model.weights, this.#watched?.weight) : undefined;
    if (look) this.#looked = now;
    const inEpoch = done % this.#perEpoch;
    return look ? 1 : Math.max(1, Math.min(this.#window - (inEpoch % this.#window), this.#track.allowed - done));
  }

  #progress({ phase, epoch, step, steps, rows, seconds, logs }: Progress): void {
    if (phase === 'validate') {
      this.#status = 'validating';
      return;
    }
    this.#step = epoch * this.#perEpoch + step;
    this.#seconds = this.#before + seconds;
    this.#sums = { loss: (logs.loss ?? 0) * rows, accuracy: (logs.accuracy ?? 0) * rows, rows };
    if (step % this.#window === 0 || step === steps) {
      this.#points.push(this.#point());
      this.#last = step === steps ? { loss: 0, accuracy: 0, rows: 0 } : this.#sums;
    }
    if (step === steps) {
      this.#before = this.#seconds;
      this.#sums = this.#last;
    }
    if (this.#beforeLook !== undefined) this.#look(this.#beforeLook);
    this.#errands.news();
  }

  #point(): Point {
    const rows = this.#sums.rows - this.#last.rows;
    const loss = (this.#sums.loss - this.#last.loss) / rows;
    const accuracy = (this.#sums.accuracy - this.#last.accuracy) / rows;
    return { step: this.#step, seconds: this.#seconds, loss, accuracy };
  }

  async #epochEnd(epoch: number, logs: Readonly<Record<string, number>>): Promise<void> {
    const { loss = Number.NaN, accuracy = Number.NaN, val_loss = Number.NaN, val_accuracy = Number.NaN } = logs;
    const place = { epoch: epoch + 1, step: this.#step, seconds: this.#seconds };
    this.#epochs.push({ ...place, loss, accuracy, val_loss, val_accuracy });
    this.path.pass(this.#step, () => this.model.getWeights());
    this.#errands.news();
    const last = epoch + 1 === this.#track.settings.epochs;
    if (last) await this.#keeping;
    if (this.#keeping === undefined && (last || performance.now() > this.#keepAfter)) this.#keep(epoch + 1);
  }

  /** Begins to keep what there is. Where that cannot be, a reload of the page begins at the start. */
  #keep(epoch: number): void {
    const begin = performance.now();
    const { model } = this;
    const weights = model.getWeights();
    const slots = model.slots.map(({ tensor }) => tensor.data.slice());
    const state = { epoch, weights, slots, iterations: model.optimizer?.iterations ?? 0 };
    const [seconds, points, epochs] = [this.#seconds, [...this.#points], [...this.#epochs]];
    this.#keeping = this.#errands
      .keep({ ...state, seconds, points, epochs, initial: this.#initial })
      .catch(() => undefined)
      .finally(() => {
        this.#keeping = undefined;
      });
    const now = performance.now();
    this.#keepAfter = now + Math.max(KEEP.pause, (now - begin) / KEEP.share);
  }

  #look(before: number): void {
    const { weight, index } = this.#watched ?? {};
    if (weight === undefined || index === undefined) return;
    const slots: Record<string, number> = {};
    const size = this.model.weights.find(({ name }) => name === weight)?.tensor.size;
    // a slot of another size, such as Adafactor's means of rows, has no element of its own for each weight
    for (const { name, tensor } of this.model.slots)
      if (name.startsWith(`${weight}/`) && tensor.size === size)
        slots[name.slice(weight.length + 1)] = tensor.data[index] ?? Number.NaN;
    const after = this.#valueOf(this.model.weights, weight);
    const gradient = this.#valueOf(this.model.gradients, weight);
    this.#view = { weight, index, step: this.#step, before, after, gradient, slots };
    this.#beforeLook = undefined;
  }

  #valueOf(weights: Sequential['weights'], weight: string | undefined): number {
    const { tensor } = weights.find(({ name }) => name === weight) ?? {};
    return tensor?.data[this.#watched?.index ?? 0] ?? Number.NaN;
  }
}

function newModel(entrant: Entrant, { settings, runtime }: Track): Sequential {
  const model = network(settings, runtime);
  model.compile({
    optimizer: optimizerOf(entrant),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  });
  return model;
}
