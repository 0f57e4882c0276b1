/** Pages and workers of a browser that perform reference runs and scenarios (page/perform.js). */
import type { Browser } from 'puppeteer-core';
import { openPage } from '../browsers/browser.ts';
import { ISOLATED, type Server, type Serving, serve } from '../browsers/server.ts';
import { sentBy } from '../browsers/unattended.ts';
import type { WebKit } from '../browsers/webkit.ts';

export const places = ['main thread', 'worker'] as const;
export type Place = (typeof places)[number];
/** So many threads of all reference runs, two of some, the scenarios of threads.js, the second half of resume.js, or the operations of arrays.js. */
export type Task = number | 'few' | 'scenarios' | 'resume' | 'arrays';

/** What the task gave, and what the page complained of. */
export interface Outcome {
  readonly result: unknown;
  readonly errors: readonly string[];
}

const serving = (data: Uint8Array, isolated: boolean): Serving => ({
  folders: {
    '/': 'test/engines/page/',
    '/dist/': 'dist/',
    '/engines/': 'test/engines/',
    '/runs/': 'test/reference-runs/',
  },
  headers: isolated ? ISOLATED : {},
  answer: (path, response) => {
    if (path !== '/data') return false;
    response.end(data);
    return true;
  },
});

/** Serves the pages, the built package and `data`. */
export const servePages = (data: Uint8Array, isolated: boolean): Promise<Server> => serve(serving(data, isolated));

/** What performs `task`: text, because a function would be changed by what compiles the tests. */
function expressionOf(place: Place, task: Task): string {
  const argument = JSON.stringify(task);
  return place === 'main thread'
    ? `import('/perform.js').then(({ perform }) => perform(${argument}))`
    : `new Promise((resolve, reject) => {
         const worker = new Worker('/worker.js', { type: 'module' });
         worker.onerror = ({ message }) => reject(new Error(message));
         worker.onmessage = ({ data: { result, error } }) => (error ? reject(new Error(error)) : resolve(result));
         worker.postMessage(${argument});
       })`;
}

/** Performs `task` on a new page, or in a worker of it. */
export async function performIn(browser: Browser, { origin }: Server, place: Place, task: Task): Promise<Outcome> {
  const { page, errors } = await openPage(browser, `${origin}/`);
  try {
    return { result: await page.evaluate(expressionOf(place, task)), errors };
  } finally {
    await page.close();
  }
}

/** The same in WebKit's one window. */
export async function performInWebKit(webkit: WebKit, { origin }: Server, place: Place, task: Task): Promise<unknown> {
  await webkit.open(`${origin}/`);
  return webkit.evaluate(`return ${expressionOf(place, task)}`);
}

/** Performs `task` in a worker of Firefox that has workers of its own (see unattended.ts). */
export async function performUnattended(data: Uint8Array, task: Task): Promise<Outcome> {
  const page = `/unattended.html#${encodeURIComponent(JSON.stringify(task))}`;
  const { result, error } = await sentBy(page, serving(data, true));
  return { result, errors: error === undefined ? [] : [error] };
}
