/** What the page and a race worker tell each other. Everything here survives `postMessage`. */
import type { Plane } from '../landscape/plane.ts';
import type { Measured } from '../landscape/survey.ts';
import type { RacerName } from '../optimizers.ts';
import type { Sent } from '../sent.ts';
import type { Entrant, Settings } from '../settings.ts';

/** Images [count, 28, 28] and labels [count], one byte each. Blobs are handed on without a copy. */
export interface ImageFiles {
  readonly images: Blob;
  readonly labels: Blob;
  readonly count: number;
}

export interface RaceData {
  readonly train: ImageFiles;
  readonly test: ImageFiles;
}

/** A point of the curve of training: the mean loss and accuracy of the batches since the point before. */
export interface Point {
  readonly step: number;
  /** Spent in this racer's training steps alone. */
  readonly seconds: number;
  readonly loss: number;
  readonly accuracy: number;
}

/** The end of an epoch (or, at step 0, the start): Keras' history, and when it was. */
export interface EpochPoint {
  readonly epoch: number;
  readonly step: number;
  readonly seconds: number;
  readonly val_loss: number;
  readonly val_accuracy: number;
  /** Of the whole epoch; NaN at the start, before anything was trained. */
  readonly loss: number;
  readonly accuracy: number;
}

/** A weight around one step of training. */
export interface WeightView {
  readonly weight: string;
  readonly index: number;
  /** The step that has been done, counted from 1. */
  readonly step: number;
  readonly before: number;
  readonly after: number;
  readonly gradient: number;
  readonly slots: Readonly<Record<string, number>>;
}

export type RacerStatus = 'waiting' | 'running' | 'validating' | 'finished' | 'stopped' | 'failed';

/** News of a racer since the last report. */
export interface Report {
  readonly name: string;
  readonly status: RacerStatus;
  readonly step: number;
  readonly seconds: number;
  readonly points: readonly Point[];
  readonly epochs: readonly EpochPoint[];
  /** The point that the racer stands at, if it stands between two of its curve. */
  readonly tail: Point | undefined;
  readonly weight: WeightView | undefined;
  /** Of the weights, when it will not go on. */
  readonly digest: string;
  readonly error: string;
}

/** Where a racer begins: at the start, or after the epoch at the end of which it was kept. */
export interface Entered {
  /** Digest of the initial weights. */
  readonly initial: string;
  readonly step: number;
  readonly seconds: number;
  readonly points: readonly Point[];
  readonly epochs: readonly EpochPoint[];
  /** Weights by name with their shapes, for choosing one to watch. */
  readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

export interface LayerView {
  readonly name: string;
  readonly units: number;
  /** Euclidean norm of the gradient of the latest step, bias included. */
  readonly gradientNorm: number;
  /** Share of the units (filters, of a convolution) that are zero for every image looked at; undefined for the output. */
  readonly dead: number | undefined;
}

/** The first layer's weights, each filter a picture. */
export interface Filters {
  readonly layer: string;
  readonly kind: string;
  readonly step: number;
  /** Filters that the layer has; the first of them are here. */
  readonly all: number;
  readonly height: number;
  readonly width: number;
  /** [filter, height, width]. */
  readonly values: Float32Array;
}

export interface Insight {
  readonly name: string;
  readonly step: number;
  /** Classes by test image: what it was taken for, and how sure the network was. */
  readonly predicted: Uint8Array;
  readonly sureness: Float32Array;
  /** Images by [true class][predicted class]. */
  readonly confusion: readonly (readonly number[])[];
  readonly layers: readonly LayerView[];
  /** Test images that the dead units were looked for with. */
  readonly images: number;
}

/** What a racer takes an image for. */
export interface Seen {
  readonly name: RacerName;
  /** By class. */
  readonly probabilities: Float32Array;
}

/** The path of a racer on a plane. */
export type SurveyedPath = Measured & { readonly name: RacerName };

export interface RaceWorker {
  /** Takes what all racers share. Resolves when this worker holds the lock `life`, which it keeps as long as it lives; what it was sent for that. */
  load(data: RaceData, settings: Settings, life: string): Promise<Sent>;
  /** Order of the training images over all epochs, as a digest. */
  order(): Promise<string>;
  /** Makes the model, or restores the one saved for the race of this name. */
  enter(entrant: Entrant, race: string): Promise<Entered>;
  listen(report: (reports: readonly Report[]) => void): void;
  /** Lets every racer do its steps before this one. */
  allow(steps: number): void;
  /** Stops all racers where they are; gives the furthest step of those that have not finished, 0 for none. */
  hold(): number;
  stop(): void;
  watch(name: string, weight: string, index: number): void;
  unwatch(): void;
  inspect(name: string): Promise<Insight | undefined>;
  filters(name: string): Filters | undefined;
  /** What all racers take an image of 28 x 28 bytes for, with the weights that they have at the moment. */
  classify(pixels: Uint8Array): readonly Seen[];
  /** The weights of a racer, all arrays one behind the other, at its start or where it is last known. */
  weightsOf(name: string, at: 'start' | 'end'): Float32Array;
  /** The plane of filter-normalized random directions around the end of a racer. */
  around(name: string): Plane;
  /** Prepares for measuring losses on this plane; gives what it sees of its racers' paths. */
  survey(plane: Plane): Promise<readonly SurveyedPath[]>;
  /** Losses at places x, y, x, y, … of the plane. */
  losses(points: Float64Array): Promise<Float64Array>;
}
