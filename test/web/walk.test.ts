/** There is no dead end: every button is pressed in every state of the pages, and each state that comes of it has a way to the end of a race. */
import type { Browser, Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch, openPage } from '../browsers/browser.ts';
import { browserNames, isSkipped } from '../browsers/install.ts';
import type { Server } from '../browsers/server.ts';
import { addressOf, type Built, buildPage, servePage } from './page.ts';

/** A page as the walk sees it: what its buttons tell of its state, and those that can be pressed. */
interface Look {
  readonly state: string;
  readonly actions: readonly string[];
}
/** Where each action has led from each state; what a state does not tell may make it more than one. */
type Graph = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/** Buttons that save a file or copy the address change nothing; the landscape has a test of its own. */
const EXCLUDED = '#csv, #json, #png, #gif, #link, #copy, .landscape button';
/** Buttons that have nothing to do with images; the walk along a race presses them. */
const ELSEWHERE = ['none', '32', '300, 100', 'five of 64', '60,000', 'sample', 'fill', 'undo-stroke', 'clear', 'SGD'];
/** Until it ends, as everybody can. */
const WAIT = 'wait';
/** So many of them that press nothing new, and the walk is over. */
const ASTRAY = 15;
/** Milliseconds for which a state must last. */
const STAYS = 120;
/** Presses that even a page with many states does not take. */
const MOST = 800;

function look(excluded: string, without: readonly string[], wait: string): Look {
  const shown = (one: Element) => one.checkVisibility() && !one.matches(excluded);
  const name = (button: HTMLButtonElement) => button.id || (button.textContent ?? '');
  const buttons = [...document.querySelectorAll('button')].filter(shown);
  const [word = ''] = (document.querySelector('#state')?.textContent ?? '').split(/[:,]| at /);
  const moves = ['play', 'step', 'stop', 'reset'].map((id) => {
    const button = document.querySelector<HTMLButtonElement>(`#${id}`);
    return button && `${button.textContent}${button.disabled ? ' (disabled)' : ''}`;
  });
  const notes = [...document.querySelectorAll('.transport [role=alert], #outdated')]
    .filter(shown)
    .map(({ id }) => id || 'alert');
  const actions = buttons.filter(({ disabled }) => !disabled).map(name);
  const wanted = actions.filter((action) => !without.includes(action));
  return {
    state: [word, ...moves, ...notes].join(' | '),
    actions: /^(Racing|Descending)/.test(word) ? [wait, ...wanted] : wanted,
  };
}

/** What the page is when it has answered: it moves, or waits for somebody. */
async function settled(page: Page, without: readonly string[]): Promise<Look> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn))));
  await page.waitForFunction(
    () => {
      const state = document.querySelector('#state')?.textContent ?? '';
      const { stale } = document.body.dataset;
      return (
        /^(Racing|Descending)/.test(state) ||
        (stale !== 'true' && !/^(|Getting ready|Pausing|Updating)[…]?$/.test(state))
      );
    },
    { polling: 20 },
  );
  // workers answer later: what stays is what the page is
  for (let before = ''; ; await new Promise((resolve) => setTimeout(resolve, STAYS))) {
    const now = await page.evaluate(look, EXCLUDED, without, WAIT);
    if (now.state === before) return now;
    before = now.state;
  }
}

async function act(page: Page, action: string): Promise<void> {
  if (action === WAIT)
    await page.waitForFunction(
      () => !/^(Racing|Descending)/.test(document.querySelector('#state')?.textContent ?? ''),
      {
        polling: 20,
      },
    );
  else
    await page.evaluate((wanted) => {
      const buttons = [...document.querySelectorAll('button')];
      buttons.find((one) => (one.id || one.textContent) === wanted && one.checkVisibility())?.click();
    }, action);
}

/** The first action of a shortest way from `start` to a state that `wanted` names. */
function wayTo(graph: Graph, start: string, wanted: (state: string) => boolean): string | undefined {
  const seen = new Set([start]);
  const from = (state: string) =>
    [...(graph.get(state) ?? [])].flatMap(([action, all]) => [...all].map((to) => ({ action, to })));
  let ways = from(start).map(({ action, to }) => ({ first: action, state: to }));
  while (ways.length > 0) {
    const found = ways.find(({ state }) => wanted(state));
    if (found) return found.first;
    const fresh = ways.filter(({ state }) => !seen.has(state));
    for (const { state } of fresh) seen.add(state);
    ways = fresh.flatMap(({ first, state }) => from(state).map(({ to }) => ({ first, state: to })));
  }
  return undefined;
}

/** Presses every button in every state that is come to, except those that `without` names. */
async function walk(page: Page, without: readonly string[] = []): Promise<Graph> {
  const graph = new Map<string, Map<string, Set<string>>>();
  const left = new Map<string, Set<string>>();
  let here = await settled(page, without);
  // presses on ways to buttons that are left, which may lead elsewhere this time
  let astray = 0;
  for (let press = 0; press < MOST; press++) {
    const { state, actions } = here;
    const edges = graph.get(state) ?? new Map<string, Set<string>>();
    graph.set(state, edges);
    const open = left.get(state) ?? new Set(actions.filter((action) => !edges.has(action)));
    left.set(state, open);
    const [next = wayTo(graph, state, (other) => (left.get(other)?.size ?? 0) > 0)] = open;
    // a state that is new has been left in no way yet
    if (next === undefined || (open.size === 0 && astray > ASTRAY)) return graph;
    astray = open.has(next) ? 0 : astray + 1;
    await act(page, next);
    here = await settled(page, without);
    open.delete(next);
    edges.set(next, (edges.get(next) ?? new Set()).add(here.state));
  }
  throw new Error(
    `not all buttons were pressed: ${JSON.stringify(Object.fromEntries([...left].map(([k, v]) => [k, [...v]])))}`,
  );
}

/** States from which no way leads to one that begins with `end`. */
const deadEnds = (graph: Graph, end: string): string[] =>
  [...graph.keys()].filter(
    (state) => !state.startsWith(end) && wayTo(graph, state, (other) => other.startsWith(end)) === undefined,
  );

describe.each(browserNames)('no dead end in %s', (name) => {
  describe.skipIf(isSkipped(name))('', () => {
    let browser: Browser;
    let built: Built;
    let server: Server;
    /** What the server does with the images that do not come with the page. */
    let images: 'sent' | 'missing' | 'held' = 'sent';
    beforeAll(async () => {
      built = await buildPage();
      server = await servePage(built, (where, response) => {
        if (!where.includes('/fashion-mnist/') || images === 'sent') return false;
        if (images === 'missing') response.writeHead(404).end();
        // the others wait for ever
        return true;
      });
      browser = await launch(name);
    });
    afterAll(async () => {
      await browser?.close();
      await server?.close();
    });
    const open = async (query: string) => {
      const page = await (await browser.createBrowserContext()).newPage();
      await page.setViewport({ width: 1280, height: 900 });
      return openPage(browser, addressOf(server, query), page);
    };
    const RACE = '?race=sgd&epochs=40&hidden=128';

    test('of a race, from its start to its end', async () => {
      images = 'sent';
      const { page, errors } = await open(RACE);
      // races of many images take long
      const graph = await walk(page, ['10,000', '60,000', 'get-images']);
      const words = new Set([...graph.keys()].map((state) => /^\w+/.exec(state)?.[0]));
      for (const word of ['Racing', 'Paused', 'Finished', 'Stopped', 'Ready']) expect(words).toContain(word);
      expect(deadEnds(graph, 'Finished')).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    });

    test('where images are missing, and where they are on their way', async () => {
      for (const kind of ['missing', 'held'] as const) {
        images = kind;
        const { page } = await open(`${RACE}&limit=3000`);
        const graph = await walk(page, ELSEWHERE);
        const states = [...graph.keys()].join('\n');
        expect(states).toContain('Images needed');
        expect(states).toContain(kind === 'held' ? 'Getting the images' : 'alert');
        expect(deadEnds(graph, 'Finished'), kind).toEqual([]);
        await page.close();
      }
    });

    test('of a descent, also where it has left all numbers', async () => {
      const { page, errors } = await open('descent.html?race=sgd~learningRate:0.5');
      const graph = await walk(page);
      const states = [...graph.keys()].join('\n');
      for (const word of ['Descending', 'Paused', 'Ended']) expect(states).toContain(word);
      expect(deadEnds(graph, 'Descending')).toEqual([]);
      expect(errors).toEqual([]);
      await page.close();
    });
  });
});
