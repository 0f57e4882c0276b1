/** Imports the modules that are named, one after the other, and writes what each of them threw into the file named first. */
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [report = '', ...files] = process.argv.slice(2);
/** @type {Record<string, string | undefined>} */
const thrown = {};
for (const file of files) {
  try {
    await import(pathToFileURL(file).href);
  } catch (error) {
    thrown[file] = error instanceof Error ? error.stack : String(error);
  }
}
writeFileSync(report, JSON.stringify(thrown));
process.exit();
