/** Lines of comma-separated values (RFC 4180), with any separator. */

const quoted = (text: string, separator: string): string =>
  text.includes(separator) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;

export const csvRow = (values: readonly (string | number)[], separator: string): string =>
  `${values.map((value) => quoted(String(value), separator)).join(separator)}\n`;

/** The values of the first line of `text`. */
export function firstRow(text: string, separator: string): string[] {
  const values: string[] = [];
  for (let at = 0; ; at += separator.length) {
    let value = '';
    if (text[at] === '"') {
      const inner = /"((?:[^"]|"")*)"?/y;
      inner.lastIndex = at;
      value = inner.exec(text)?.[1]?.replaceAll('""', '"') ?? '';
      at = inner.lastIndex;
    }
    for (; at < text.length && text[at] !== '\n' && !text.startsWith(separator, at); at++) value += text[at];
    values.push(value);
    if (!text.startsWith(separator, at) || at >= text.length) break;
  }
  return values.map((value) => value.replace(/\r$/, ''));
}
