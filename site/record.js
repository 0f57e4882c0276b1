/** `npm run site:record`: what every example prints that a page can run, as Node prints it. Minutes; after an example or a digest has changed. */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { examples, folder, timeless } from './examples.js';

const wanted = process.argv.slice(2);
for (const { file, name, kind, why, args } of examples()) {
  if (kind !== 'js' || why !== undefined || (wanted.length > 0 && !wanted.includes(name))) continue;
  const output = execFileSync(process.execPath, [folder(`examples/${file}`), ...args], { encoding: 'utf8' });
  writeFileSync(folder(`site/outputs/${name}.txt`), `${timeless(output)}\n`);
  console.log(name);
}
