/** What readers copy works: every snippet compiles against the built declarations, strictly, and runs in Node unless it says `no-run`. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runSync } from '../child.ts';
import { built } from '../cli/run.ts';
import { exampleSnippets, markdownSnippets, type Snippet } from './snippets.ts';

const markdown = markdownSnippets();
const examples = exampleSnippets();
const imports = /^import .*['"](simdescent(?:\/\w+)?|@tensorflow\/tfjs)['"];?$/m;
const ours = [...markdown, ...examples].filter(({ code }) => /['"]simdescent(\/\w+)?['"]/.test(code));

/** A project of a user: the package among its modules, a folder to write to. */
let folder = '';
let program: ts.Program;
beforeAll(() => {
  built();
  folder = mkdtempSync(path.join(os.tmpdir(), 'simdescent-snippets-'));
  mkdirSync(path.join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(process.cwd(), path.join(folder, 'node_modules/simdescent'));
  symlinkSync(path.resolve('node_modules/@types/node'), path.join(folder, 'node_modules/@types/node'));
  writeFileSync(path.join(folder, 'package.json'), '{ "type": "module" }');
  for (const snippet of ours) writeFileSync(fileOf(snippet, 'ts'), snippet.code);
  program = ts.createProgram(
    ours.map((snippet) => fileOf(snippet, 'ts')),
    { ...options, typeRoots: [`${folder}/node_modules/@types`] },
  );
  program.emit(); // also what does not compile, as far as it goes
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const fileOf = ({ where }: Snippet, ending: 'ts' | 'js'): string =>
  path.join(folder, `${where.replaceAll(/[^\w]/g, '-')}.${ending}`);

const options: ts.CompilerOptions = {
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  skipLibCheck: true,
};

describe('snippets', () => {
  it('stand by themselves: each imports what it uses', () => {
    expect(markdown.length).toBeGreaterThan(10);
    expect(examples.length).toBeGreaterThan(50);
    const alone = [...markdown, ...examples].filter(({ code }) => !imports.test(code)).map(({ where }) => where);
    expect(alone).toEqual([]);
  });

  it('compile', () => {
    const names = new Map(ours.map((snippet) => [fileOf(snippet, 'ts'), snippet.where]));
    const wrong = ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
      const where = file && (names.get(file.fileName) ?? file.fileName);
      const line = file && file.getLineAndCharacterOfPosition(start).line + 1;
      return `${where}, line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
    });
    expect(wrong).toEqual([]);
  });

  it('run', () => {
    const runnable = ours.filter(({ noRun }) => !noRun);
    expect(runnable.length).toBeGreaterThan(50);
    const report = path.join(folder, 'report.json');
    const files = runnable.map((snippet) => fileOf(snippet, 'js'));
    // in the folder: some of them write files
    runSync(process.execPath, [path.resolve('test/docs/run-all.js'), report, ...files], { cwd: folder });
    const thrown = new Map(Object.entries(JSON.parse(readFileSync(report, 'utf8')) as Record<string, string>));
    const failed = runnable.flatMap((snippet) => {
      const error = thrown.get(fileOf(snippet, 'js'));
      return error === undefined ? [] : [`${snippet.where}: ${error}`];
    });
    expect(failed).toEqual([]);
  });
});
