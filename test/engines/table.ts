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
  return [
    line(['engine', 'version', 'where', 'threads', 'runs equal']),
    '|---|---|---|---|---|',
    ...rows.map(({ engine, version, where, threads, equal, runs }) =>
      line([engine, version, where, threads, `${equal} of ${runs}`]),
    ),
  ].join('\n');
}

/** Puts the table where the last one was. */
export function writeTable(file: URL, rows: readonly Row[]): void {
  const text = readFileSync(file, 'utf8');
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`${file.pathname} has no place between ${BEGIN} and ${END}`);
  writeFileSync(file, `${text.slice(0, begin + BEGIN.length)}\n${tableOf(rows)}\n${text.slice(end)}`);
}
