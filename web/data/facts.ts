/** Facts that the build finds out for the page (prepare.ts), which reads them before anything else. */

/** The small set of images. */
export interface FirstFacts {
  readonly train: number;
  readonly test: number;
  readonly sha256: string;
}

export interface Facts {
  readonly first: FirstFacts;
  /** Node's version, and its digests by the command line of the run. */
  readonly node: string;
  readonly digests: Readonly<Record<string, string>>;
  /** Node's digests of the first steps on each surface, by its name and the optimizer's. */
  readonly descents: Readonly<Record<string, string>>;
}
