/** Runs an example, whose name is in the address of this worker, and tells what it prints. */
const name = new URL(self.location.href).searchParams.get('example');
const say = (...words) => postMessage({ line: words.map(String).join(' ') });
for (const one of ['log', 'info', 'warn', 'error']) console[one] = say;

import(`./examples/${name}.js`).then(
  () => postMessage({ done: true }),
  (error) => postMessage({ done: true, error: `${error?.message ?? error}` }),
);
