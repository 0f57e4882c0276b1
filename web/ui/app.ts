/** What the parts of the page know of each other. */

import type { Facts } from '../data/facts.ts';
import type { Download, Images } from '../data/images.ts';
import type { Race, RaceState, RaceView } from '../race/race.ts';
import type { Settings } from '../settings.ts';

/** How the page is: as its race is, or that images must be got for it first. */
export type Phase = RaceState | 'wanting' | 'fetching';

/** The page at one moment. All parts draw the same one, though in different frames, so what they show agrees. */
export interface Moment {
  readonly phase: Phase;
  /** Of the form; the race that is shown may have been set up with others. */
  readonly settings: Settings;
  readonly race: RaceView | undefined;
  /** The race is over, and the form has other settings since. */
  readonly outdated: boolean;
  /** Whether it takes a download to set up a race with these settings. */
  readonly needsDownload: boolean;
  readonly download: Download | undefined;
  /** Why images could not be got; empty if nothing failed. */
  readonly failure: string;
}

export interface App {
  readonly settings: Settings;
  readonly race: Race | undefined;
  readonly images: Images;
  readonly facts: Facts;
  /** Takes new settings: a race that has not begun is set up again. */
  change(settings: Partial<Settings>): void;
  play(): Promise<void>;
  step(): Promise<void>;
  /** Ends the race, or no longer waits for images, which go on arriving. */
  stop(): void;
  reset(): Promise<void>;
  /** Something has changed that is to be drawn. */
  changed(): void;
}

/** A part of the page: an element that follows what happens. */
export interface Part {
  readonly element: HTMLElement;
  update(moment: Moment): void;
}
