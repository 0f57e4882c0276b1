/** Progress of a sweep: a bar over all epochs with the time left and the best so far, and a line for each trial that is done. */
import type { Search, Trial, Watcher } from '../../sweep/index.ts';
import type { Display } from '../progress.ts';
import { decimals, duration } from '../report/text.ts';
import { trialLine } from './text.ts';

/** What is shown of a sweep. */
export interface Progress extends Watcher {
  /** Trials that have a result, each with the latest. */
  readonly found: ReadonlyMap<number, Trial>;
}

/** @param names the settings that vary */
export function progressOf(
  shown: Display,
  total: { readonly trials: number; readonly epochs: number },
  key: string,
  names: readonly string[],
  now = () => performance.now() / 1000,
): Progress {
  const found = new Map<number, Trial>();
  /** Epochs of each trial that are done, and of trials under way. */
  const epochs = new Map<number, number>();
  const started = now();
  let [done, computed] = [0, 0];
  let best: Trial | undefined;
  const reach = (trial: number, epoch: number): number => {
    const more = Math.max(0, epoch - (epochs.get(trial) ?? 0));
    epochs.set(trial, Math.max(epoch, epochs.get(trial) ?? 0));
    done += more;
    return more;
  };
  const show = () => {
    const left = computed > 0 ? ((now() - started) / computed) * (total.epochs - done) : undefined;
    const eta = `ETA ${left === undefined ? '?' : duration(left)}`;
    const which = best === undefined ? '' : `  best ${key} ${decimals(best.value, 4)}`;
    const count = `${found.size}/${total.trials} trials`;
    const whose = best === undefined ? '' : ` (trial ${best.trial})`;
    shown.bar(total.epochs, done, [
      `${count}  ${eta}${which}${whose}`,
      `${count}  ${eta}${which}`,
      `${count}  ${eta}`,
      count,
    ]);
  };
  return {
    found,
    onEpoch(trial, epoch) {
      computed += reach(trial, epoch + 1);
      show();
    },
    onTrial(trial: Trial, search: Search) {
      found.set(trial.trial, trial);
      reach(trial.trial, trial.epochs);
      best = search.best;
      shown.line(trialLine(trial, key, names));
      show();
    },
    onNote: shown.note,
  };
}
