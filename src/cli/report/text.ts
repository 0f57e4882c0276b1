/** Numbers and text as a report shows them. */

/** A number with that many decimals; a huge one in powers of ten, and NaN or infinity in words. */
export function decimals(value: number, digits: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'infinity' : '-infinity';
  return Math.abs(value) >= 1e6 ? value.toExponential(2) : value.toFixed(digits);
}

/** How many decimals each column of a result has. */
export const DIGITS = { loss: 4, accuracy: 4, val_loss: 4, val_accuracy: 4, seconds: 1, msPerStep: 3 } as const;

/** Seconds as a person says them: 7 s, 2 min 05 s, 1 h 03 min. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

/** A time of a run, in tenths where it is short. */
export const took = (seconds: number): string => (seconds < 10 ? `${seconds.toFixed(1)} s` : duration(seconds));

/** The first digits of a digest: enough to see that two are the same. */
export const shortDigest = (digest: string): string => digest.slice(0, 12);
