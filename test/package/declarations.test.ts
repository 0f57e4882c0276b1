/** The public API as it was agreed on: `npm run declarations` writes it anew where a change of it is meant. */
import { expect, test } from 'vitest';
import { describeDeclarations, readDeclarations } from './declarations.ts';

test('the package declares what declarations.txt says; if it is meant to say something else now: npm run declarations', async () => {
  await expect(describeDeclarations(readDeclarations())).toMatchFileSnapshot('declarations.txt');
});
