/** What axe-core finds in a page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'puppeteer-core';

export interface Found {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

declare global {
  var axe: { run(context: string, options: object): Promise<{ violations: Found[]; incomplete: Found[] }> };
}

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs it on what a selector names. */
export async function axeIn(page: Page, selector: string, options: object = { resultTypes: ['violations'] }) {
  await page.evaluate(source);
  return page.evaluate((where, how) => axe.run(where, how), selector, options);
}

/**
 * The rules that depend on colours: where all of them have been asked in one theme, these remain for the other. A page in it has the same elements,
 * and all rules take seconds on a large one.
 */
export const COLOURS = { runOnly: ['color-contrast', 'link-in-text-block'], resultTypes: ['violations'] };

/** What was found, in words. */
export const inWords = (found: readonly Found[]): string[] =>
  found.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
  );

/** What keeps people from using the page. */
export const isSerious = ({ impact }: Found): boolean => impact === 'serious' || impact === 'critical';
