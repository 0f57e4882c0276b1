/** What the page and the worker that trains say to each other. */

export type ToWorker =
  /** The link of the sweep, and the address of the images. */
  { readonly start: { readonly link: string; readonly data: string } } | { readonly stop: true };

export type Logs = Readonly<Record<string, number>>;

/** A trial, as the page shows it. */
export interface Shown {
  readonly trial: number;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly epochs: number;
}

export type FromWorker =
  /** Bytes of the images so far. */
  | { readonly received: number }
  /** The images are here, and it waits for a trial. */
  | { readonly ready: true }
  | { readonly job: Shown }
  /** Counted from 0. */
  | { readonly epoch: number; readonly logs: Logs }
  /** The trial has been computed. */
  | { readonly done: true }
  /** The trial was given back. */
  | { readonly dropped: true }
  | { readonly note: string }
  /** The end: by the button, or because there are no more trials. */
  | { readonly ended: 'stopped' | 'over' }
  | { readonly failed: string };
