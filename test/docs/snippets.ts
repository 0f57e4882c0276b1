/** The code that readers meet: blocks of Markdown and `@example`s of doc comments, as files of their own. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface Snippet {
  /** `README.md:35`: where its first line stands. */
  readonly where: string;
  readonly code: string;
  /** Not to be run: needs a browser, a file that is not there, or minutes. Written as ```` ```ts no-run ````. */
  readonly noRun: boolean;
}

/** A fenced block of TypeScript or JavaScript, behind what a doc comment puts before its lines. */
const fenced = /^([ \t]*(?:\* )?)```(?:ts|js)( no-run)?\n([\s\S]*?)^[ \t]*(?:\* )?```$/gm;

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

function blocksIn(file: string, text: string, offset = 0): Snippet[] {
  return [...text.slice(offset).matchAll(fenced)].map(({ index, 1: prefix = '', 2: flag, 3: block = '' }) => ({
    where: `${file}:${lineOf(text, offset + index) + 1}`,
    code: block
      .split('\n')
      .map((line) => (line.startsWith(prefix) ? line.slice(prefix.length) : line.slice(prefix.trimEnd().length)))
      .join('\n'),
    noRun: flag !== undefined,
  }));
}

const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => path.join(folder, name));

/** All blocks of the README and of what lies in docs/ and examples/. */
export function markdownSnippets(): Snippet[] {
  const files = ['README.md', ...filesIn('docs', '.md'), ...filesIn('examples', '.md')];
  return files.flatMap((file) => blocksIn(file, readFileSync(file, 'utf8')));
}

/** Every `@example` of src/: what stands behind the tag, whether or not it is a block. */
export function exampleSnippets(): Snippet[] {
  return filesIn('src', '.ts')
    .sort()
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8');
      return [...text.matchAll(/^[ \t]*\* @example\b.*$/gm)].map(({ index, 0: tag }) => {
        const after = index + tag.length;
        const end = after + text.slice(after).search(/\*\/|^[ \t]*\* @/m);
        const [first] = blocksIn(file, text.slice(0, end), index);
        if (first === undefined) throw new Error(`${file}:${lineOf(text, index)}: no block of code behind @example`);
        return first;
      });
    });
}
