/** One optimizer in a race: a model, and a training that goes only as far as the race allows. */
import {
  type ActivationName,
  layers,
  optimizers,
  type Progress,
  type Runtime,
  type Sequential,
  sequential,
  type Tensor,
} from '../../src/index.ts';
import type { Entrant, Settings } from '../settings.ts';
import { stepsPerEpoch } from '../settings.ts';
import type { Entered, EpochPoint, Point, RacerStatus, Report, WeightView } from './messages.ts';

/** What all racers of a worker share. */
export interface Track {
  readonly settings: Settings;
  readonly runtime: Runtime;
  readonly x: Tensor;
  readonly y: Tensor;
  readonly testX: Tensor;
  readonly testY: Tensor;
  /** Steps that everybody may do. */
  readonly allowed: number;
  /** Resolves when `allowed` changes. */
  readonly changed: () => Promise<void>;
}

/** Points of a curve over the whole race, about. */
const POINTS = 120;
/** How often a weight is looked at, in milliseconds. */
const LOOK = 120;

export class Racer {
  readonly name: string;
  readonly model: Sequential;
  readonly #track: Track;
  /** Says that there is something to report. */
  readonly #news: () => void;
  readonly #perEpoch: number;
  readonly #window: number;
  readonly #stopping = new AbortController();
  #status: RacerStatus = 'waiting';
  #digest = '';
  #error = '';
  #step = 0;
  /** Seconds of training: of the epochs that are over, and of all. */
  #before = 0;
  #seconds = 0;
  #points: Point[] = [];
  #epochs: EpochPoint[] = [];
  /** Sums over the images of this epoch up to the last point, and up to now. */
  #last = { loss: 0, accuracy: 0, rows: 0 };
  #sums = { loss: 0, accuracy: 0, rows: 0 };
  #watched: { weight: string; index: number } | undefined;
  #looked = 0;
  #beforeLook: number | undefined;
  #view: WeightView | undefined;

  constructor({ name, options }: Entrant, track: Track, news: () => void) {
    const { settings, runtime } = track;
    this.name = name;
    this.#track = track;
    this.#news = news;
    this.#perEpoch = stepsPerEpoch(settings);
    this.#window = Math.ceil(this.#perEpoch / Math.max(1, Math.round(POINTS / settings.epochs)));
    const activation = settings.activation as ActivationName; // the library refuses any other
    const hidden = settings.hidden.map((units) => layers.dense({ units, activation }));
    const output = layers.dense({ units: 10, activation: 'softmax' });
    const stack = [layers.flatten({ inputShape: [28, 28] }), ...hidden, output];
    this.model = sequential(stack, { seed: settings.seed, runtime });
    const optimizer = optimizers[name](options);
    this.model.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  }

  /** What stands at the start: the digest of the weights, and how good they are. */
  async enter(): Promise<Entered> {
    const { loss = Number.NaN, accuracy = Number.NaN } = await this.model.evaluate(
      this.#track.testX,
      this.#track.testY,
    );
    const zero = { epoch: 0, step: 0, seconds: 0, loss: Number.NaN, accuracy: Number.NaN };
    return {
      initial: await this.model.digest(),
      start: { ...zero, val_loss: loss, val_accuracy: accuracy },
      weights: this.model.weights.map(({ name, tensor }) => ({ name, shape: tensor.shape })),
    };
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
    try {
      await this.model.fit(x, y, { epochs, batchSize, validationData: [testX, testY], callbacks: [callback], signal });
      this.#status = 'finished';
    } catch (error) {
      this.#status = signal.aborted ? 'stopped' : 'failed';
      if (!signal.aborted) this.#error = error instanceof Error ? error.message : String(error);
    }
    this.#digest = await this.model.digest();
    this.#news();
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
    // of the step before the first look only what it was from is not known any more
    if (this.#step > 0) this.#look(Number.NaN);
    this.#news();
  }

  unwatch(): void {
    this.#watched = undefined;
  }

  /** What is new. */
  report(): Report {
    const report: Report = {
      name: this.name,
      status: this.#status,
      step: this.#step,
      seconds: this.#seconds,
      points: this.#points,
      epochs: this.#epochs,
      tail: this.#sums.rows > this.#last.rows && this.#status === 'waiting' ? this.#point() : undefined,
      weight: this.#view,
      digest: this.#digest,
      error: this.#error,
    };
    this.#points = [];
    this.#epochs = [];
    this.#view = undefined;
    return report;
  }

  /** Waits until the race allows the step after `done` others; gives how many may be done in one go. */
  async #gate(done: number): Promise<number> {
    const { signal } = this.#stopping;
    while (done >= this.#track.allowed && !signal.aborted) {
      this.#status = 'waiting';
      this.#news();
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
    this.#news();
  }

  #point(): Point {
    const rows = this.#sums.rows - this.#last.rows;
    const loss = (this.#sums.loss - this.#last.loss) / rows;
    const accuracy = (this.#sums.accuracy - this.#last.accuracy) / rows;
    return { step: this.#step, seconds: this.#seconds, loss, accuracy };
  }

  #epochEnd(epoch: number, logs: Readonly<Record<string, number>>): void {
    const { loss = Number.NaN, accuracy = Number.NaN, val_loss = Number.NaN, val_accuracy = Number.NaN } = logs;
    const place = { epoch: epoch + 1, step: this.#step, seconds: this.#seconds };
    this.#epochs.push({ ...place, loss, accuracy, val_loss, val_accuracy });
    this.#news();
  }

  #look(before: number): void {
    const { weight, index } = this.#watched ?? {};
    if (weight === undefined || index === undefined) return;
    const slots: Record<string, number> = {};
    for (const { name, tensor } of this.model.slots)
      if (name.startsWith(`${weight}/`)) slots[name.slice(weight.length + 1)] = tensor.data[index] ?? Number.NaN;
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
