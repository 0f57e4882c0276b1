/** The table of engines in README.md, between two comments. `npm run engines` writes it. */
import { readFileSync, writeFileSync } from 'node:fs';

export interface Row {
  readonly engine: string;
  readonly version: string;
  readonly where: string;
  readonly threads: number;
  readonly equal: number;
  readonly runs: number;
}

const [BEGIN, END] = ['<!-- engines: made by npm run engines -->', '<!-- /engines -->'];

export function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`;
  const counts = [...new Set(rows.map(({ threads }) => threads))];
  const place = ({ engine, version, where }: Row) => [engine, version, where].join(' | ');
  const places = [...new Set(rows.map(place))];
  const equal = (at: string, count: number) => {
    const row = rows.find((one) => place(one) === at && one.threads === count);
    return row ? `${row.equal} of ${row.runs}` : '';
  };
  return [
    line([
      'engine',
      'version',
      'where',
      ...counts.map((count, i) => `${i ? '' : 'runs equal, '}${count} thread${count > 1 ? 's' : ''}`),
    ]),
    line(['---', '---', '---', ...counts.map(() => '---')]).replaceAll(' ', ''),
    ...places.map((at) => line([at, ...counts.map((count) => equal(at, count))])),
  ].join('\n');
}

/** Puts the table where the last one was. */
export function writeTable(file: URL, rows: readonly Row[]): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file.pathname} has no place between ${BEGIN} and ${END}`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n${tableOf(rows)}\n${text.slice(end)}`);
}
