/** The public API as it was agreed on: `npm run declarations` writes it anew where a change of it is meant. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { describeDeclarations, entries, readDeclarations } from './declarations.ts';

const declarations = readDeclarations();

test('the package declares what declarations.txt says; if it is meant to say something else now: npm run declarations', async () => {
  await expect(describeDeclarations(declarations)).toMatchFileSnapshot('declarations.txt');
});

/** Prints the names in each module, and in the namespaces that it exports. */
const program = (names: readonly string[]) => `
const namesOf = (module, prefix = '') => Object.entries(module).flatMap(([name, value]) =>
  [prefix + name, ...(value?.[Symbol.toStringTag] === 'Module' ? namesOf(value, prefix + name + '.') : [])]);
const all = {};
for (const name of ${JSON.stringify(names)}) all[name] = namesOf(await import(name.replace('.', 'simdescent'))).sort();
process.stdout.write(JSON.stringify(all), () => process.exit());
`;

test('modules and namespaces hold what is declared, and nothing else', () => {
  const names = [...entries.keys()];
  const cwd = fileURLToPath(new URL('../../', import.meta.url));
  const run = execFileSync(process.execPath, ['--input-type=module', '--eval', program(names)], { cwd });
  const found: Record<string, string[]> = JSON.parse(run.toString());
  for (const name of names) expect([name, ...(found[name] ?? [])]).toEqual([name, ...declarations.valuesOf(name)]);
});
