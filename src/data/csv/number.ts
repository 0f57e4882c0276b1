/** Powers of ten that float64 holds exactly. */
const POWERS = Array.from({ length: 16 }, (_, k) => 10 ** k);
/** Digits of an integer that is below 2^53 in any case. */
const MOST_DIGITS = 15;

/**
 * The number in a field, as `Number` reads it, or NaN for an empty one. Most fields are few digits with a point: the quotient of two integers that
 * float64 holds exactly is the float64 nearest to their decimal fraction (Clinger 1990), in a third of the time.
 */
export function numberIn(field: string): number {
  const { length } = field;
  let at = field.charCodeAt(0) === 45 ? 1 : 0;
  const negative = at === 1;
  if (length === at || length > MOST_DIGITS) return anyNumber(field);
  let digits = 0;
  let point = -1;
  for (; at < length; at++) {
    const code = field.charCodeAt(at);
    if (code >= 48 && code <= 57) digits = digits * 10 + code - 48;
    else if (code === 46 && point < 0 && length > at + 1) point = at;
    else return anyNumber(field);
  }
  const value = point < 0 ? digits : digits / (POWERS[length - point - 1] ?? 1);
  return negative ? -value : value;
}

const anyNumber = (field: string): number => (field.trim() === '' ? Number.NaN : Number(field));
