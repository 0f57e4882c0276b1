/** What an editor shows over a name: what it is, its default, how it is used. `npm run check` has TypeDoc look for names without a comment. */
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { entries, readDeclarations } from './declarations.ts';

const { checker, exportsOf } = readDeclarations();
const textOf = (symbol: ts.Symbol): string => ts.displayPartsToString(symbol.getDocumentationComment(checker));

/** Members that users can name. */
function membersOf(symbol: ts.Symbol): ts.Symbol[] {
  const members = [...(symbol.members?.values() ?? [])];
  const named = members.filter(({ name }) => !/^(__(call|constructor|index|#.*)|#private)$/.test(name));
  return named.filter(({ flags }) => !(flags & ts.SymbolFlags.TypeParameter));
}

const isCalled = ({ valueDeclaration }: ts.Symbol): boolean =>
  valueDeclaration !== undefined &&
  !ts.isClassDeclaration(valueDeclaration) &&
  checker.getTypeAtLocation(valueDeclaration).getCallSignatures().length > 0;

const inMain = new Set(exportsOf('.').map(({ symbol }) => symbol));

// two are imported for what they do, and export nothing
const withNames = [...entries.keys()].filter((entry) => !['./worker', './relaxed'].includes(entry));

/** Functions of `layers` and the like, which simdescent/layers exports by themselves. */
const inNamespaces = new Set(
  withNames.flatMap((entry) =>
    exportsOf(entry).flatMap(({ name, symbol }) => (name.includes('.') ? [symbol.valueDeclaration] : [])),
  ),
);

describe.each(withNames)('every name of %s', (entry) => {
  const all = exportsOf(entry);

  test('says what it is', () => {
    expect(all.length).toBeGreaterThan(3);
    const silent = all.flatMap(({ name, symbol }) => {
      const own = textOf(symbol) === '' ? [name] : [];
      const members = membersOf(symbol).filter((member) => textOf(member) === '');
      return [...own, ...members.map((member) => `${name}.${member.name}`)];
    });
    expect(silent).toEqual([]);
  });

  test('has an example if it is a function', () => {
    const functions = all.filter(({ symbol }) => isCalled(symbol));
    expect(functions.length).toBeGreaterThan(0);
    const without = functions.filter(
      ({ symbol }) => !symbol.getJsDocTags(checker).some((tag) => tag.name === 'example'),
    );
    expect(without.map(({ name }) => name)).toEqual([]);
  });

  test('is found in the reference if it is a function: in a category, or as a function of its namespace', () => {
    const tagged = (symbol: ts.Symbol, tag: string) => symbol.getJsDocTags(checker).some(({ name }) => name === tag);
    // those of `layers` stand in the reference once
    const others = all.filter(({ symbol }) => entry === '.' || !inMain.has(symbol));
    const functions = others.filter(({ symbol }) => isCalled(symbol));
    const categories = all.some(({ symbol }) => tagged(symbol, 'category'));
    // TypeDoc takes a constant of a named type for a variable
    const isVariable = ({ valueDeclaration: node }: ts.Symbol) =>
      node !== undefined && ts.isVariableDeclaration(node) && node.type?.kind === ts.SyntaxKind.TypeReference;
    const lost = functions.filter(({ symbol }) => {
      if (isVariable(symbol) && !tagged(symbol, 'function')) return true;
      return categories && !inNamespaces.has(symbol.valueDeclaration) && !tagged(symbol, 'category');
    });
    expect(lost.map(({ name }) => name)).toEqual([]);
  });

  test('says its default if it is an option that may be left out', () => {
    const options = all.filter(({ name }) => /Options$/.test(name));
    const without = options.flatMap(({ name, symbol }) =>
      membersOf(symbol)
        .filter((member) => member.flags & ts.SymbolFlags.Optional && !/default|without/i.test(textOf(member)))
        .map((member) => `${name}.${member.name}`),
    );
    expect(without).toEqual([]);
  });
});
