/** Pages and workers of a browser that perform reference runs and scenarios (page/perform.js). */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Browser } from 'puppeteer-core';
import { openPage } from '../browsers/browser.ts';
import { ISOLATED, type Server, serve } from '../browsers/server.ts';
import { openUnattended } from '../browsers/unattended.ts';

export const places = ['main thread', 'worker'] as const;
export type Place = (typeof places)[number];
/** So many threads of all reference runs, the scenarios of threads.js, or the second half of resume.js. */
export type Task = number | 'scenarios' | 'resume';

/** What the task gave, and what the page complained of. */
export interface Outcome {
  readonly result: unknown;
  readonly errors: readonly string[];
}

/** Serves the pages, the built package and `data`. */
export function servePages(
  data: Uint8Array,
  isolated: boolean,
  receive: (message: { result?: unknown; error?: string }) => void = () => undefined,
): Promise<Server> {
  const answer = (path: string, response: ServerResponse, request: IncomingMessage): boolean => {
    if (path === '/data') response.end(data);
    else if (path === '/result') {
      void text(request).then((body) => {
        response.end();
        receive(JSON.parse(body));
      });
    } else return false;
    return true;
  };
  return serve({
    folders: {
      '/': 'test/engines/page/',
      '/dist/': 'dist/',
      '/engines/': 'test/engines/',
      '/runs/': 'test/reference-runs/',
    },
    headers: isolated ? ISOLATED : {},
    answer,
  });
}

/** Performs `task` on a new page, or in a worker of it. */
export async function performIn(browser: Browser, { origin }: Server, place: Place, task: Task): Promise<Outcome> {
  const { page, errors } = await openPage(browser, `${origin}/`);
  try {
    // as text: a function would be changed by what compiles the tests
    const argument = JSON.stringify(task);
    const result = await page.evaluate(
      place === 'main thread'
        ? `import('/perform.js').then(({ perform }) => perform(${argument}))`
        : `new Promise((resolve, reject) => {
             const worker = new Worker('/worker.js', { type: 'module' });
             worker.onerror = ({ message }) => reject(new Error(message));
             worker.onmessage = ({ data: { result, error } }) => (error ? reject(new Error(error)) : resolve(result));
             worker.postMessage(${argument});
           })`,
    );
    return { result, errors };
  } finally {
    await page.close();
  }
}

/** Performs `task` in a worker of Firefox that has workers of its own (see unattended.ts). */
export async function performUnattended(data: Uint8Array, task: Task): Promise<Outcome> {
  let receive: (message: { result?: unknown; error?: string }) => void = () => undefined;
  const received = new Promise<{ result?: unknown; error?: string }>((resolve) => {
    receive = resolve;
  });
  await using server = await servePages(data, true, (message) => receive(message));
  await using _ = await openUnattended(`${server.origin}/unattended.html#${encodeURIComponent(JSON.stringify(task))}`);
  const { result, error } = await received;
  return { result, errors: error === undefined ? [] : [error] };
}
