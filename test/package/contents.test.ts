/** What the package consists of, before anybody installs it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { runSync } from '../child.ts';

const root = new URL('../../', import.meta.url);
const manifest = JSON.parse(readFileSync(new URL('package.json', root), 'utf8'));

const parsed = (file: string): ts.SourceFile =>
  ts.createSourceFile(file, readFileSync(new URL(file, root), 'utf8'), ts.ScriptTarget.ES2022, true);

/** What `source` imports, statically and not. */
function importsOf(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const from =
      ts.isImportDeclaration(node) || ts.isExportDeclaration(node)
        ? node.moduleSpecifier
        : ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword
          ? node.arguments[0]
          : undefined;
    if (from !== undefined) found.push(ts.isStringLiteralLike(from) ? from.text : from.getText());
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Every file that `entry` leads to, and what it imports that is not a file beside it. */
function reach(entry: string): { files: Set<string>; outside: string[] } {
  const files = new Set([entry]);
  const outside: string[] = [];
  for (const file of files) {
    for (const from of importsOf(parsed(file))) {
      if (from.startsWith('.')) files.add(new URL(from, new URL(file, root)).href.slice(root.href.length));
      // optional peers, by a name that is known at run time only
      else if (!file.endsWith('dist/sweep.js') || !/^\w+$/.test(from)) outside.push(`${file} imports ${from}`);
    }
  }
  return { files, outside };
}

/** Whether anything is awaited outside of functions: `require` of such a module fails. */
function awaitsAtTop(node: ts.Node): boolean {
  if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)) return false;
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return true;
  return ts.forEachChild(node, awaitsAtTop) ?? false;
}

const entries = Object.entries<string | { types: string; default: string }>(manifest.exports).flatMap(
  ([name, target]) => (typeof target === 'string' ? [] : [[name, target] as const]),
);

test('the compiler checks the declarations of every entry, in fixtures.test.ts', () => {
  const imported = new Set(importsOf(parsed('test/package/project/entries.ts')));
  const checked = entries
    .filter(([name]) => imported.has(name.replace('.', 'simdescent')))
    .map(([, { types }]) => types);
  expect(new Set(checked)).toEqual(new Set(entries.map(([, { types }]) => types)));
});

describe.each(entries)('%s', (_, target) => {
  test('leads to files of the package alone, without a module of Node', () => {
    expect(reach(target.default).outside).toEqual([]);
    expect(reach(target.types.replace(/\.d\.ts$/, '.js')).outside).toEqual([]);
  });

  test('awaits nothing while it is loaded', () => {
    for (const file of reach(target.default).files) expect(awaitsAtTop(parsed(file)), file).toBe(false);
  });

  test('has no condition but types and default', () => {
    expect(Object.keys(target)).toEqual(['types', 'default']);
  });

  test('declares nothing as any', () => {
    const found: string[] = [];
    const visit = (node: ts.Node): void => {
      if (node.kind === ts.SyntaxKind.AnyKeyword) found.push(node.parent.getText().slice(0, 80));
      ts.forEachChild(node, visit);
    };
    visit(parsed(target.types));
    expect(found).toEqual([]);
  });
});

test('the command line imports nothing but modules of Node and files of the package', () => {
  expect(reach('dist/cli.js').outside.filter((line) => !line.includes(' imports node:'))).toEqual([]);
});

test('installing it brings one package, below 4 MB', () => {
  expect(manifest.dependencies).toBeUndefined();
  // npm installs no optional peers
  for (const name of Object.keys(manifest.peerDependencies))
    expect(manifest.peerDependenciesMeta[name]).toEqual({ optional: true });
  expect(manifest.optionalDependencies).toBeUndefined();
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare'])
    expect(manifest.scripts[script]).toBeUndefined();
  const [packed] = JSON.parse(runSync('npm', ['pack', '--dry-run', '--json'], { cwd: fileURLToPath(root) }).stdout);
  expect(packed.unpackedSize).toBeLessThan(4_000_000);
  const files: string[] = packed.files.map(({ path }: { path: string }) => path);
  for (const path of files)
    expect(path).toMatch(/^(dist\/|docs\/[\w-]+\.md$|examples\/|package\.json$|LICENSE$|[A-Z]+\.md$)/);
  for (const path of ['LICENSE', 'dist/core.wasm', 'dist/index.d.ts', 'dist/THIRD_PARTY_LICENSES.md'])
    expect(files).toContain(path);
  // what is written leads to what is there
  for (const file of files.filter((path) => path.endsWith('.md'))) {
    const text = readFileSync(new URL(file, root), 'utf8');
    for (const [, link = ''] of text.matchAll(/\]\((?!https?:|#)([^)\s#]+)/g))
      expect(files, `${file}: ${link}`).toContain(new URL(link, new URL(file, root)).href.slice(root.href.length));
  }
});
