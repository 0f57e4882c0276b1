/** JSON has no NaN and no infinity: they are written as text; older files have null. */

export const jsonNumber = (number: number): number | string => (Number.isFinite(number) ? number : String(number));

/** The number that {@link jsonNumber} wrote; undefined for anything else. */
export function numberFrom(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  return value === null || ['NaN', 'Infinity', '-Infinity'].includes(String(value))
    ? Number(value ?? Number.NaN)
    : undefined;
}
