/** A race worker: trains one optimizer, or several that take turns, over one copy of the images. */
import { expose } from 'comlink';
import { sha256 } from '../../src/datasets/browser/verify.ts';
import { createRuntime, type Runtime, sampleOrder, type Tensor, tensor } from '../../src/index.ts';
import { bringCore } from '../core.ts';
import type { Plane } from '../landscape/plane.ts';
import { planeAroundEnd, Survey } from '../landscape/survey.ts';
import { hold } from '../lifeline.ts';
import { type Sent, sent } from '../sent.ts';
import type { Entrant, Settings } from '../settings.ts';
import { filtersOf } from './filters.ts';
import { inspect } from './insight.ts';
import { keep, kept } from './keep.ts';
import type {
  Entered,
  Filters,
  ImageFiles,
  Insight,
  RaceData,
  RaceWorker,
  Report,
  Seen,
  SurveyedPath,
} from './messages.ts';
import { Racer, type Track } from './racer.ts';

/** How often there are reports, in milliseconds. */
const REPORT = 80;

class Stable implements RaceWorker {
  #track: (Track & { allowed: number }) | undefined;
  #labels = new Uint8Array(0);
  readonly #racers = new Map<string, Racer>();
  #survey: Survey | undefined;
  /** Racers that wait for being allowed to go on. */
  #waiting: (() => void)[] = [];
  #report: (reports: readonly Report[]) => void = () => undefined;
  #fresh = new Set<Racer>();
  #timer = 0;

  async load({ train, test }: RaceData, settings: Settings, life: string): Promise<Sent> {
    await Promise.all([hold(life), bringCore()]);
    const runtime = createRuntime({ threads: 1 });
    const [x, y] = await read(runtime, train, settings.limit);
    const [testX, testY] = await read(runtime, test, test.count);
    this.#labels = testY.data.slice();
    const changed = () => new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#track = { settings, runtime, x, y, testX, testY, allowed: 0, changed };
    return sent();
  }

  async order(): Promise<string> {
    const { limit, epochs, seed } = this.#loaded().settings;
    const all = new Int32Array(limit * epochs);
    for (let epoch = 0; epoch < epochs; epoch++) all.set(sampleOrder(limit, { seed, epoch }), epoch * limit);
    return sha256(new Uint8Array(all.buffer));
  }

  async enter(entrant: Entrant, race: string): Promise<Entered> {
    const { name } = entrant;
    const racer = new Racer(await kept(race, name), entrant, this.#loaded(), {
      news: () => this.#news(racer),
      keep: (checkpoint) => keep(race, name, checkpoint),
    });
    this.#racers.set(name, racer);
    const entered = await racer.enter();
    void racer.run();
    return entered;
  }

  listen(report: (reports: readonly Report[]) => void): void {
    this.#report = report;
  }

  allow(steps: number): void {
    this.#loaded().allowed = steps;
    this.#wake();
  }

  hold(): number {
    this.#loaded().allowed = 0;
    return Math.max(0, ...[...this.#racers.values()].filter(({ over }) => !over).map(({ step }) => step));
  }

  stop(): void {
    for (const racer of this.#racers.values()) racer.stop();
    this.#wake();
  }

  watch(name: string, weight: string, index: number): void {
    this.unwatch();
    this.#racers.get(name)?.watch(weight, index);
  }

  unwatch(): void {
    for (const racer of this.#racers.values()) racer.unwatch();
  }

  async inspect(name: string): Promise<Insight | undefined> {
    const racer = this.#racers.get(name);
    return racer && inspect(racer, this.#loaded().testX, this.#labels);
  }

  filters(name: string): Filters | undefined {
    const racer = this.#racers.get(name);
    return racer && filtersOf(racer);
  }

  classify(pixels: Uint8Array): readonly Seen[] {
    return [...this.#racers.values()].map((racer) => ({ name: racer.name, probabilities: racer.classify(pixels) }));
  }

  weightsOf(name: string, at: 'start' | 'end'): Float32Array {
    const { snapshots } = this.#racer(name).path;
    const snapshot = at === 'start' ? snapshots[0] : snapshots.at(-1);
    if (!snapshot) throw new Error(`${name} has not begun`);
    return snapshot.weights;
  }

  around(name: string): Plane {
    return planeAroundEnd(this.#loaded(), this.weightsOf(name, 'end'));
  }

  async survey(plane: Plane): Promise<readonly SurveyedPath[]> {
    this.#survey?.dispose();
    this.#survey = new Survey(this.#loaded(), plane);
    const paths: SurveyedPath[] = [];
    for (const { name, path } of this.#racers.values())
      paths.push({ name, ...(await this.#survey.path(path.snapshots)) });
    return paths;
  }

  async losses(points: Float64Array): Promise<Float64Array> {
    if (!this.#survey) throw new Error('there is no plane to measure on');
    return this.#survey.losses(points);
  }

  #racer(name: string): Racer {
    const racer = this.#racers.get(name);
    if (!racer) throw new Error(`${name} is not in this worker`);
    return racer;
  }

  #loaded(): Track & { allowed: number } {
    if (!this.#track) throw new Error('no images have been loaded');
    return this.#track;
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #news(racer: Racer): void {
    this.#fresh.add(racer);
    if (this.#timer !== 0) return;
    this.#timer = self.setTimeout(() => {
      this.#timer = 0;
      const reports = [...this.#fresh].map((one) => one.report());
      this.#fresh.clear();
      this.#report(reports);
    }, REPORT);
  }
}

/** The first `count` images and labels as tensors, which all models of this worker read in place. */
async function read(runtime: Runtime, files: ImageFiles, count: number): Promise<[Tensor<'uint8'>, Tensor<'uint8'>]> {
  if (files.count < count) throw new Error(`expected at least ${count} images, got ${files.count}`);
  const bytes = async (blob: Blob, length: number) => new Uint8Array(await blob.slice(0, length).arrayBuffer());
  const x = tensor([count, 28, 28], undefined, { dtype: 'uint8', divisor: 255, runtime });
  const y = tensor([count], undefined, { dtype: 'uint8', runtime });
  x.data.set(await bytes(files.images, x.size));
  y.data.set(await bytes(files.labels, y.size));
  return [x, y];
}

expose(new Stable());
