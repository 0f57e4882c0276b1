/** What the parts of the page know of each other. */
import type { Images } from '../data/images.ts';
import type { Facts } from '../prepare.ts';
import type { Race } from '../race/race.ts';
import type { Settings } from '../settings.ts';

export interface App {
  readonly settings: Settings;
  readonly race: Race | undefined;
  readonly images: Images;
  readonly facts: Facts;
  /** Takes new settings: a race that has not begun is set up again. */
  change(settings: Partial<Settings>): void;
  play(): Promise<void>;
  step(): Promise<void>;
  reset(): Promise<void>;
  /** Something has changed that is to be drawn. */
  changed(): void;
}

/** A part of the page: an element that follows what happens. */
export interface Part {
  readonly element: HTMLElement;
  update(): void;
}
