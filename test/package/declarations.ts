/** What the package declares to TypeScript, entry by entry, as the compiler reads it. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../../', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

/** The entries that have declarations, `.` and `./client`, and the files those are in. */
export const entries: ReadonlyMap<string, string> = new Map(
  Object.entries<string | { types: string }>(manifest.exports).flatMap(([name, target]) =>
    typeof target === 'string' ? [] : [[name, `${root}${target.types.slice(2)}`] as const],
  ),
);

export interface Export {
  /** `layers.dense`: its name as users write it. */
  readonly name: string;
  readonly symbol: ts.Symbol;
}

export interface Declarations {
  readonly checker: ts.TypeChecker;
  /** All that users of `entry` can name, each under its shortest name, in alphabetical order, what is in namespaces last. */
  exportsOf(entry: string): readonly Export[];
  /** The names of the values that `entry` declares, which a program can use: `layers`, `layers.dense`. */
  valuesOf(entry: string): readonly string[];
}

/** Whether a name is exported as a type alone, as a class may be. */
const isTypeOnly = ({ declarations = [] }: ts.Symbol): boolean =>
  declarations.some((one) => ts.isExportSpecifier(one) && (one.isTypeOnly || one.parent.parent.isTypeOnly));

export function readDeclarations(): Declarations {
  const program = ts.createProgram([...entries.values()], {
    strict: true,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts', 'lib.dom.d.ts'],
    types: [],
  });
  const checker = program.getTypeChecker();
  const within = (module: ts.Symbol, prefix: string): Export[] =>
    checker.getExportsOfModule(module).flatMap((found) => {
      const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
      const name = `${prefix}${found.name}`;
      return symbol.flags & ts.SymbolFlags.Module ? within(symbol, `${name}.`) : [{ name, symbol }];
    });
  const values = (module: ts.Symbol, prefix: string): string[] =>
    checker.getExportsOfModule(module).flatMap((found) => {
      const symbol = found.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(found) : found;
      const name = `${prefix}${found.name}`;
      if (!(symbol.flags & ts.SymbolFlags.Value) || isTypeOnly(found)) return [];
      return symbol.flags & ts.SymbolFlags.Module ? [name, ...values(symbol, `${name}.`)] : [name];
    });
  const moduleOf = (entry: string): ts.Symbol | undefined => {
    const file = program.getSourceFile(entries.get(entry) ?? '');
    return file && checker.getSymbolAtLocation(file);
  };
  return {
    checker,
    valuesOf(entry) {
      const module = moduleOf(entry);
      return module === undefined ? [] : values(module, '').sort();
    },
    exportsOf(entry) {
      const module = moduleOf(entry);
      const all = module === undefined ? [] : within(module, '');
      all.sort((a, b) => a.name.split('.').length - b.name.split('.').length || (a.name < b.name ? -1 : 1));
      const first = new Map(all.toReversed().map((one) => [one.symbol, one]));
      return all.filter((one) => first.get(one.symbol) === one);
    },
  };
}

const printer = ts.createPrinter({ removeComments: true });

/** A declaration as text, without comments and private members. */
function print(node: ts.Declaration): string {
  const statement = ts.isVariableDeclaration(node) ? node.parent.parent : node;
  return (
    printer
      .printNode(ts.EmitHint.Unspecified, statement, statement.getSourceFile())
      .replace(/^(export )?(declare )?/, '')
      .replace(/^ +#private;\n/m, '')
      // what the bundler adds to a name that is there twice
      .replaceAll(/(?<=\w)\$\d+\b/g, '')
  );
}

/** The classes that no entry exports, but that exported ones extend: what users can call is in them too. */
function basesOf(checker: ts.TypeChecker, all: readonly Export[]): Export[] {
  const exported = new Set(all.map(({ symbol }) => symbol));
  const found = new Set<ts.Symbol>();
  const visit = (symbol: ts.Symbol): void => {
    if (!(symbol.flags & ts.SymbolFlags.Class)) return;
    for (const { symbol: base } of checker.getDeclaredTypeOfSymbol(symbol).getBaseTypes() ?? []) {
      if (!exported.has(base)) found.add(base);
      visit(base);
    }
  };
  for (const symbol of exported) visit(symbol);
  return [...found].map((symbol) => ({ name: `${symbol.name}, which is not exported`, symbol }));
}

/**
 * All that the package declares, as text that changes when what users can write changes, and not when code is moved. What an entry has in
 * common with `.` stands there alone.
 */
export function describeDeclarations({ checker, exportsOf }: Declarations): string {
  const describe = (all: readonly Export[]): string[] =>
    all.map(({ name, symbol }) => `// ${name}\n${(symbol.declarations ?? []).map(print).join('\n')}`);
  const everything = (entry: string): Export[] => {
    const all = exportsOf(entry);
    return [...all, ...basesOf(checker, all)];
  };
  const exported = everything('.');
  const main = new Set(describe(exported));
  const symbols = new Set(exported.map(({ symbol }) => symbol));
  const parts = [...entries.keys()].map((entry) => {
    const others = everything(entry).filter(({ symbol }) => !symbols.has(symbol));
    const own = entry === '.' ? [...main] : describe(others).filter((text) => !main.has(text));
    return [`# simdescent${entry.slice(1)}`, ...own].join('\n\n');
  });
  return `${parts.join('\n\n')}\n`;
}
