// Replays captured runs: `ENGINE replaying.js FOLDER STEPS` prints a line `NAME STEPS SHA-256` for each run and mark up to so many steps. A shell like
// jsc has no SHA-256: there it prints the name of a file that holds the memory.
import { replay } from './replay.js';

const fs = globalThis.process?.getBuiltinModule('node:fs');
const crypto = globalThis.process?.getBuiltinModule('node:crypto');
const [folder, most] = globalThis.process?.argv.slice(2) ?? globalThis.arguments;
// jsc's console is not its output
const print = globalThis.print ?? console.log;

const read = (file) => (fs ? fs.readFileSync(`${folder}/${file}`) : globalThis.readFile(`${folder}/${file}`, 'binary'));
const text = (file) => (fs ? fs.readFileSync(`${folder}/${file}`, 'utf8') : globalThis.readFile(`${folder}/${file}`));

for (const { name, core, memory, program, sha256 } of JSON.parse(text('captured.json'))) {
  const hash = (bytes, steps) => {
    if (crypto) return crypto.createHash('sha256').update(bytes).digest('hex');
    const file = `${folder}/${name}-${steps}.out`;
    globalThis.writeFile(file, bytes.slice());
    return file;
  };
  const marks = Object.keys(sha256)
    .map(Number)
    .filter((mark) => mark <= most);
  const hashes = replay(new WebAssembly.Module(read(core)), read(memory), program, marks, hash);
  for (const steps of marks) print(`${name} ${steps} ${hashes[steps]}`);
}
