/** Links of the API reference: TypeDoc counts headings that only it tells apart by case, so some of its anchors have a number that the page has not. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Anchors of a page: those that it names, and those of its headings, the second one of a name with `-1`. */
function anchorsOf(text) {
  const anchors = new Set([...text.matchAll(/<a id="([^"]+)"/g)].map(([, id]) => id));
  const seen = new Map();
  for (const [, heading] of text.matchAll(/^#+ (.+)$/gm)) {
    const slug = heading
      .toLowerCase()
      .replace(/[^\w\s-]/g, '')
      .trim()
      .replace(/\s+/g, '-');
    const times = seen.get(slug) ?? 0;
    anchors.add(times === 0 ? slug : `${slug}-${times}`);
    seen.set(slug, times + 1);
  }
  return anchors;
}

/** Takes the number from anchors that are not there with it. */
export function mendAnchors(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.md'));
  const anchors = new Map(files.map((file) => [file, anchorsOf(readFileSync(path.join(folder, file), 'utf8'))]));
  for (const file of files) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    const mended = text.replace(/\]\(([^)#\s:]*)#([^)\s]+?)(-\d+)\)/g, (link, to, name, number) => {
      const there = anchors.get(to === '' ? file : path.join(path.dirname(file), to));
      return there === undefined || there.has(`${name}${number}`) || !there.has(name) ? link : `](${to}#${name})`;
    });
    if (mended !== text) writeFileSync(path.join(folder, file), mended);
  }
}
