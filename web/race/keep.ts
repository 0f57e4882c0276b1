/**
 * What outlives a reload of the page. In IndexedDB: each racer's model at the end of an epoch, with its curves up to there; workers write
 * it. In the session's storage, which is that of one tab: which race is under way, and where it is; the page writes it.
 */
import { createStore, delMany, get, keys, set } from 'idb-keyval';
import type { EpochPoint, Point } from './messages.ts';

/** A racer after a whole epoch. */
export interface Checkpoint {
  /** Epochs done. */
  readonly epoch: number;
  /** The weights and the optimizer's slots, in the order of the model, and its counter. The settings, which the page has, say of which model. */
  readonly weights: readonly Float32Array[];
  readonly slots: readonly Float32Array[];
  readonly iterations: number;
  readonly seconds: number;
  readonly points: readonly Point[];
  /** Begins with the start, before the first epoch. */
  readonly epochs: readonly EpochPoint[];
  /** Digest of the initial weights. */
  readonly initial: string;
}

/** The race of this tab. */
export interface UnderWay {
  readonly id: string;
  /** The settings, as in the address. */
  readonly query: string;
  readonly step: number;
  readonly state: 'running' | 'paused' | 'finished';
}

/** What other tabs leave behind goes after a day. */
const DAY = 86_400_000;
const KEY = 'simdescent-race-under-way';
/** Another build of the page may train to other bits. */
const BUILD = import.meta.url;

const store = createStore('simdescent-race', 'racers');
const keyOf = (race: string, racer: string): string => `${race} ${racer}`;
const timeOf = (race: string): number => Number.parseInt(race, 36);

/** A name for a race that no other has: when it was set up, and a random number. */
export const newId = (): string =>
  `${Date.now().toString(36)}-${crypto.getRandomValues(new Uint32Array(1))[0]?.toString(36)}`;

export const keep = (race: string, racer: string, checkpoint: Checkpoint): Promise<void> =>
  set(keyOf(race, racer), checkpoint, store);

/** Undefined if there is none, or nothing may be stored here. */
export async function kept(race: string, racer: string): Promise<Checkpoint | undefined> {
  try {
    return await get<Checkpoint>(keyOf(race, racer), store);
  } catch {
    return undefined;
  }
}

/** Removes the race `id`, and all that are older than a day but for `current`. */
export async function tidy(id: string | undefined, current?: string): Promise<void> {
  try {
    const all = (await keys<string>(store)).map((key) => [key, key.split(' ')[0] ?? ''] as const);
    const old = all.filter(([, race]) => race === id || (race !== current && Date.now() - timeOf(race) > DAY));
    if (old.length > 0)
      await delMany(
        old.map(([key]) => key),
        store,
      );
  } catch {
    // where nothing may be stored nothing is there
  }
}

export function remember(race: UnderWay | undefined): void {
  try {
    if (race) sessionStorage.setItem(KEY, JSON.stringify({ ...race, build: BUILD }));
    else sessionStorage.removeItem(KEY);
  } catch {
    // where storage is forbidden, a reload starts again
  }
}

/** The race that was under way with these settings when the page was left. */
export function recall(query: string): UnderWay | undefined {
  try {
    const { build, ...race } = JSON.parse(sessionStorage.getItem(KEY) ?? '{}');
    return build === BUILD && race.query === query ? race : undefined;
  } catch {
    return undefined;
  }
}
