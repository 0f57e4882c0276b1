/**
 * File names with values in braces, as for Python's `str.format`: `{epoch:03d}-{val_loss:.2f}`. Numbers take this part of the format
 * specification (https://docs.python.org/3/library/string.html#formatspec):
 *
 *     [[fill]align][sign][0][width][.precision][type]        align < > ^ =, sign + - or a space, type d e E f F g G %
 *
 * Formats that Python refuses for integers, or for floats, are refused here when the name is read, before there are values.
 */

/** A field's value. */
export interface Field {
  readonly key: string;
  /** The whole field, braces included. */
  readonly text: string;
  /** Where it begins in the name. */
  readonly at: number;
  readonly spec: Spec;
}

interface Spec {
  readonly fill: string;
  readonly align: string;
  readonly sign: string;
  readonly width: number;
  readonly precision: number | undefined;
  readonly type: string;
}

const SPEC = /^(?:(.)?([<>=^]))?([-+ ])?(0)?(\d*)(?:\.(\d+))?([deEfFgG%])?$/su;
/** Largest width and precision: JavaScript writes at most 100 digits. */
const MOST = 99;

function specOf(text: string, integer: boolean): Spec | undefined {
  const found = SPEC.exec(text);
  if (found === null) return undefined;
  const [, fill, align, sign = '-', zero, width, decimals, type = ''] = found;
  const precision = decimals === undefined ? undefined : Number(decimals);
  if (Number(width) > MOST || (precision ?? 0) > MOST) return undefined;
  if (integer ? precision !== undefined && (type === '' || type === 'd') : type === 'd') return undefined;
  return {
    fill: fill ?? (zero === undefined ? ' ' : '0'),
    align: align ?? (zero === undefined ? '>' : '='),
    sign,
    width: Number(width),
    precision,
    type,
  };
}

/**
 * Splits a name into texts and fields. `integers` are the keys whose values are integers.
 *
 * @throws RangeError for braces that Python refuses, and for formats outside the part above
 */
export function parseName(name: string, integers: readonly string[]): readonly (string | Field)[] {
  const wrong = (what: string): RangeError => new RangeError(`'${name}': ${what}`);
  const parts: (string | Field)[] = [];
  for (const found of name.matchAll(/\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g)) {
    const [text, inside] = found;
    if (text === '{' || text === '}') throw wrong(`single '${text}'; double a brace that is not a field`);
    if (inside === undefined) {
      parts.push(text.replace(/^(\{\{|\}\})$/, text.charAt(0)));
      continue;
    }
    const [, key = '', format = ''] = /^([^:.![\]]*)(?::(.*))?$/s.exec(inside) ?? [];
    if (!/^\D/.test(key)) throw wrong(`${text} must be a key of the logs, with or without a format: {loss:.2f}`);
    const spec = specOf(format, integers.includes(key));
    if (spec === undefined)
      throw wrong(`unknown format ${text}; use Python's, as in {epoch:02d}, {loss:.4f}, {loss:.2e}`);
    parts.push({ key, text, at: found.index, spec });
  }
  return parts;
}

/** Writes a number in the format of its field. */
export function formatted(number: number, integer: boolean, spec: Spec): string {
  const { fill, align, sign, width, precision, type } = spec;
  const value = type === '%' ? number * 100 : number;
  const minus = value < 0 || Object.is(value, -0) ? '-' : sign === '-' ? '' : sign;
  const whole = integer && (type === '' || type === 'd');
  const plain = whole ? String(Math.abs(value)) : magnitude(Math.abs(value), type.toLowerCase(), precision);
  const body = (/[EFG]/.test(type) ? plain.toUpperCase() : plain) + (type === '%' ? type : '');
  const missing = Math.max(0, width - minus.length - body.length);
  const before = align === '>' ? missing : align === '^' ? missing >> 1 : 0;
  const inside = align === '=' ? missing : 0;
  const pad = (count: number): string => fill.repeat(count);
  return pad(before) + minus + pad(inside) + body + pad(missing - before - inside);
}

/** Writes a number without its sign. */
function magnitude(x: number, type: string, precision: number | undefined): string {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? 'nan' : 'inf';
  if (type === 'f' || type === '%') return fixed(x, precision ?? 6);
  if (type === 'e') return exponential(scientific(x, precision ?? 6));
  const general = type === 'g';
  const most = Math.max(1, precision ?? (general ? 6 : 17));
  const short = !general && precision === undefined;
  const parts = short ? scientific(x) : scientific(x, most - 1);
  const digits = parts.digits.replace(/0+$/, '') || '0';
  const { exponent } = parts;
  if (exponent < -4 || exponent >= most - (general ? 0 : 1)) return exponential({ digits, exponent });
  const whole = exponent < 0 ? '0' : digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = exponent < 0 ? '0'.repeat(-exponent - 1) + digits : digits.slice(exponent + 1);
  // without a type a float looks like one
  return rest === '' || (exponent < 0 && digits === '0') ? (general ? whole : `${whole}.0`) : `${whole}.${rest}`;
}

interface Scientific {
  readonly digits: string;
  readonly exponent: number;
}

function exponential({ digits, exponent }: Scientific): string {
  const mantissa = digits.length > 1 ? `${digits.charAt(0)}.${digits.slice(1)}` : digits;
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

/** The digits of `x` and the power of ten of the first digit: the shortest that identify `x`, or `decimals` of them after the first. */
function scientific(x: number, decimals?: number): Scientific {
  const read = (text: string): Scientific => {
    const [mantissa = '', exponent] = text.split('e');
    return { digits: mantissa.replace('.', ''), exponent: Number(exponent) };
  };
  if (decimals === undefined) return read(x.toExponential());
  const { digits, exponent } = read(x.toExponential(100));
  return isTie(digits.slice(decimals + 1)) && isEven(digits.charAt(decimals))
    ? { digits: digits.slice(0, decimals + 1), exponent }
    : read(x.toExponential(decimals));
}

function fixed(x: number, decimals: number): string {
  if (x >= 1e21) return BigInt(x) + (decimals === 0 ? '' : `.${'0'.repeat(decimals)}`);
  const all = x.toFixed(100);
  const end = all.length - 100 + decimals;
  const cut = decimals === 0 ? end - 1 : end;
  const last = all.charAt(cut - 1);
  return isTie(all.slice(end)) && isEven(last) ? all.slice(0, cut) : x.toFixed(decimals);
}

/** Halfway between two roundings JavaScript rounds up, Python to the even digit. */
const isTie = (rest: string): boolean => /^50*$/.test(rest);
const isEven = (digit: string): boolean => Number(digit) % 2 === 0;
