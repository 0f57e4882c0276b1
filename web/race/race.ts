/** A race as the page sees it: its workers, where each racer is, and the controls. Each start makes a new Race. */
import { proxy, type Remote, wrap } from 'comlink';
import type { Plane } from '../landscape/plane.ts';
import { watch } from '../lifeline.ts';
import { OPTIMIZERS } from '../optimizers.ts';
import type { Sent } from '../sent.ts';
import { type Entrant, type Settings, stepsPerEpoch } from '../settings.ts';
import { newId } from './keep.ts';
import type {
  Entered,
  EpochPoint,
  Filters,
  Insight,
  Point,
  RaceData,
  RacerStatus,
  RaceWorker,
  Report,
  Seen,
  SurveyedPath,
  WeightView,
} from './messages.ts';

export type RaceState =
  | 'preparing'
  | 'ready'
  | 'running'
  | 'pausing'
  | 'paused'
  | 'finished'
  | 'stopped'
  | 'failed'
  | 'closed';

/** A racer as the page sees it. */
interface Racer {
  readonly entrant: Entrant;
  status: RacerStatus;
  step: number;
  seconds: number;
  readonly points: Point[];
  tail: Point | undefined;
  readonly epochs: EpochPoint[];
  initial: string;
  digest: string;
  error: string;
  weights: Entered['weights'];
}

/** A racer at one moment. */
export type RacerView = Readonly<Omit<Racer, 'points' | 'epochs'>> & {
  readonly points: readonly Point[];
  readonly epochs: readonly EpochPoint[];
};

/** A race at one moment: a copy, which does not change while the parts of the page draw it one after the other. */
export interface RaceView {
  /** The race itself: the same object as long as it is the same race. */
  readonly live: Race;
  readonly settings: Settings;
  readonly state: RaceState;
  readonly error: string;
  readonly order: string;
  readonly racers: readonly RacerView[];
  readonly weight: WeightView | undefined;
  /** Of the racer that is furthest, and of each at the end. */
  readonly step: number;
  readonly steps: number;
  /** Steps of all racers together: done, and to do. */
  readonly done: number;
  readonly all: number;
  /** Steps a second of all racers together, 0 while nothing moves. */
  readonly rate: number;
}

interface Stall {
  readonly worker: Worker;
  readonly remote: Remote<RaceWorker>;
  readonly racers: Racer[];
}

/** As many workers as there are processors but one, which is left for the page: with none left it would wait for its turn to draw and to answer. */
const workersFor = (entrants: number): number =>
  Math.min(entrants, Math.max(1, (navigator.hardwareConcurrency || 2) - 1));

const lost = (racers: readonly Racer[]): string =>
  `The browser or the system ended the worker that trained ${racers.map(({ entrant }) => OPTIMIZERS[entrant.name].title).join(', ')}; it may have run out of memory. Play starts again; reload the page to continue from the saved epochs.`;

/** The rate is measured over this many milliseconds. */
const RATE_WINDOW = 2000;

export class Race {
  /** Under this name it is kept. */
  readonly id: string;
  readonly settings: Settings;
  readonly racers: readonly Racer[];
  /** Steps of each racer. */
  readonly steps: number;
  state: RaceState = 'preparing';
  error = '';
  order = '';
  weight: WeightView | undefined;
  /** What its workers were sent. */
  readonly sent: Sent[] = [];
  readonly #stalls: readonly Stall[];
  readonly #changed: () => void;
  readonly #closing = new AbortController();
  #rates: { readonly time: number; readonly steps: number }[] = [];
  #target = 0;

  /** A new race, or the one saved under this name. */
  constructor(settings: Settings, changed: () => void, id = newId()) {
    this.id = id;
    this.settings = settings;
    this.steps = settings.epochs * stepsPerEpoch(settings);
    this.#changed = changed;
    this.racers = settings.entrants.map((entrant) => ({
      ...{ entrant, status: 'waiting', step: 0, seconds: 0, points: [], tail: undefined, epochs: [] },
      ...{ initial: '', digest: '', error: '', weights: [] },
    }));
    const workers = workersFor(this.racers.length);
    this.#stalls = Array.from({ length: workers }, (_, i) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: `race ${i}` });
      worker.onerror = (event) => this.#fail(event.message || 'a race worker could not be started');
      return { worker, remote: wrap<RaceWorker>(worker), racers: this.racers.filter((_, k) => k % workers === i) };
    });
  }

  /** Gives the workers the images and makes the models; then all racers stand at the start. */
  async prepare(data: RaceData): Promise<void> {
    await this.#guarded(async () => {
      await Promise.all(
        this.#stalls.map(async ({ remote, racers }, i) => {
          const life = `simdescent-race ${newId()} ${i}`;
          this.sent.push(await remote.load(data, this.settings, life));
          watch(life, this.#closing.signal, () => this.#fail(lost(racers)));
          await remote.listen(proxy((reports) => this.#take(reports)));
          for (const racer of racers) {
            const { points, epochs, ...rest } = await remote.enter(racer.entrant, this.id);
            Object.assign(racer, rest);
            racer.points.unshift(...points);
            racer.epochs.unshift(...epochs);
          }
        }),
      );
      this.order = (await this.#stalls[0]?.remote.order()) ?? '';
      if (this.state === 'preparing') this.#become('ready');
    });
  }

  get step(): number {
    return Math.max(0, ...this.racers.map(({ step }) => step));
  }

  /** The step that a reload is to come back to. */
  get place(): number {
    return this.state === 'pausing' ? Math.max(this.step, this.#target) : this.step;
  }

  get over(): boolean {
    return ['finished', 'stopped', 'failed', 'closed'].includes(this.state);
  }

  /** The race as it is now. */
  view(): RaceView {
    const { settings, state, error, order, weight, step, steps } = this;
    const racers = this.racers.map((racer) => ({ ...racer, points: [...racer.points], epochs: [...racer.epochs] }));
    const all = steps * racers.length;
    return {
      live: this,
      settings,
      state,
      error,
      order,
      weight,
      step,
      steps,
      racers,
      done: this.#done,
      all,
      rate: this.#rate,
    };
  }

  get #done(): number {
    return this.racers.reduce((sum, { step }) => sum + step, 0);
  }

  get #rate(): number {
    const [first, last] = [this.#rates[0], this.#rates.at(-1)];
    if (!first || !last || last.time === first.time || this.state !== 'running') return 0;
    return (1000 * (last.steps - first.steps)) / (last.time - first.time);
  }

  play(): Promise<void> {
    return this.#guarded(async () => {
      if (this.state !== 'ready' && this.state !== 'paused') return;
      this.#rates = [];
      this.#become('running');
      await this.#allow(Number.MAX_SAFE_INTEGER);
    });
  }

  /** Stops all racers that have not finished at the same step, that of the furthest. */
  pause(): Promise<void> {
    return this.#guarded(async () => {
      if (this.state !== 'running') return;
      this.#become('pausing');
      const furthest = await Promise.all(this.#stalls.map(({ remote }) => remote.hold()));
      this.#target = Math.max(...furthest);
      await this.#allow(this.#target);
      this.#settle();
    });
  }

  /** One step of each racer. */
  stepOnce(): Promise<void> {
    return this.goTo(this.#slowest() + 1);
  }

  /** All racers that are not further go to this step, and halt there. */
  goTo(step: number): Promise<void> {
    return this.#guarded(async () => {
      if (this.state !== 'ready' && this.state !== 'paused') return;
      this.#target = Math.min(this.steps, step);
      this.#become('pausing');
      await this.#allow(this.#target);
      this.#settle();
    });
  }

  /** Ends the training where it is. Weights and curves stay. */
  stop(): Promise<void> {
    return this.#guarded(async () => {
      if (this.over || this.state === 'preparing') return;
      await Promise.all(this.#stalls.map(({ remote }) => remote.stop()));
    });
  }

  watch(name: string, weight: string, index: number): void {
    this.weight = undefined;
    void this.#stallOf(name)?.remote.watch(name, weight, index);
    for (const stall of this.#stalls) if (stall !== this.#stallOf(name)) void stall.remote.unwatch();
  }

  unwatch(): void {
    this.weight = undefined;
    for (const { remote } of this.#stalls) void remote.unwatch();
  }

  async inspect(name: string): Promise<Insight | undefined> {
    return this.state === 'preparing' || this.state === 'closed'
      ? undefined
      : this.#stallOf(name)?.remote.inspect(name);
  }

  async filters(name: string): Promise<Filters | undefined> {
    return this.state === 'preparing' || this.state === 'closed'
      ? undefined
      : this.#stallOf(name)?.remote.filters(name);
  }

  /** What each racer takes an image of 28 x 28 bytes for. */
  async classify(pixels: Uint8Array): Promise<readonly Seen[]> {
    if (this.state === 'preparing' || this.state === 'closed' || this.state === 'failed') return [];
    return (await Promise.all(this.#stalls.map(({ remote }) => remote.classify(pixels)))).flat();
  }

  /** The weights of a racer, all arrays one behind the other. */
  async weightsOf(name: string, at: 'start' | 'end'): Promise<Float32Array> {
    return this.#in(name).weightsOf(name, at);
  }

  /** Filter-normalized random directions around the end of a racer. */
  async around(name: string): Promise<Plane> {
    return this.#in(name).around(name);
  }

  /** Has all workers prepare for measuring losses on this plane; the paths of the racers on it. */
  async survey(plane: Plane): Promise<readonly SurveyedPath[]> {
    return (await Promise.all(this.#stalls.map(({ remote }) => remote.survey(plane)))).flat();
  }

  /** One for each worker: losses at places of the plane. */
  get gauges(): readonly ((points: Float64Array) => Promise<Float64Array>)[] {
    return this.#stalls.map(
      ({ remote }) =>
        (points) =>
          remote.losses(points),
    );
  }

  /** Aborted when the race is closed: its workers answer no more. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  #in(name: string): Remote<RaceWorker> {
    const stall = this.#stallOf(name);
    if (!stall) throw new Error(`${name} is not in this race`);
    return stall.remote;
  }

  /** Ends the workers, and with them everything that they hold. */
  close(): void {
    this.#closing.abort();
    for (const { worker } of this.#stalls) worker.terminate();
    this.state = 'closed';
  }

  #stallOf(name: string): Stall | undefined {
    return this.#stalls.find(({ racers }) => racers.some(({ entrant }) => entrant.name === name));
  }

  async #allow(steps: number): Promise<void> {
    await Promise.all(this.#stalls.map(({ remote }) => remote.allow(steps)));
  }

  /** Steps of the slowest racer that has not finished. */
  #slowest(): number {
    return Math.min(this.steps, ...this.racers.filter(({ step }) => step < this.steps).map(({ step }) => step));
  }

  #take(reports: readonly Report[]): void {
    if (this.state === 'closed') return;
    for (const { name, points, epochs, weight, ...rest } of reports) {
      const racer = this.racers.find(({ entrant }) => entrant.name === name);
      if (!racer) continue;
      Object.assign(racer, rest);
      racer.points.push(...points);
      racer.epochs.push(...epochs);
      if (weight) this.weight = weight;
    }
    const now = performance.now();
    this.#rates.push({ time: now, steps: this.#done });
    while (now - (this.#rates[0]?.time ?? now) > RATE_WINDOW) this.#rates.shift();
    this.#settle();
    this.#changed();
  }

  /** From 'running' and 'pausing' to where that ends. */
  #settle(): void {
    const broken = this.racers.find(({ status }) => status === 'failed');
    if (this.over) return;
    if (broken) this.#fail(`${broken.entrant.name}: ${broken.error}`);
    else if (this.racers.every(({ status }) => status === 'finished')) this.#become('finished');
    else if (this.racers.every(({ status }) => status === 'finished' || status === 'stopped')) this.#become('stopped');
    else if (this.state === 'pausing') {
      const there = (racer: Racer) => racer.digest !== '' || (racer.status === 'waiting' && racer.step >= this.#target);
      if (this.racers.every(there)) this.#become('paused');
    }
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error));
    }
  }

  #fail(message: string): void {
    if (this.state === 'closed') return;
    this.close();
    for (const racer of this.racers) if (racer.digest === '') racer.status = 'failed';
    this.state = 'failed';
    this.error = message;
    this.#changed();
  }

  #become(state: RaceState): void {
    this.state = state;
    this.#changed();
  }
}
