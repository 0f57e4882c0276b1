/**
 * Makes a built site independent of where it is served. VitePress wants to know the path under which a site will be; here it is built for
 * a path that stands for any, and every address becomes relative to its page. What the scripts need as a whole path is found out in the page.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Stands for the path of the site while it is built. */
export const BASE = '/__base__/';

const upwards = (depth) => '../'.repeat(depth) || './';

/**
 * The page for addresses that lead nowhere is sent for any of them, at any depth: before anything else it looks for the folder above it that has
 * the site's icon, and resolves its own addresses from there.
 */
const FIND = `<script>{let at=location.pathname,there;do{at=at.replace(/[^/]*\\/?$/,"");const ask=new XMLHttpRequest();ask.open("HEAD",at+"icon.svg",false);ask.send();there=ask.status===200&&/svg/.test(ask.getResponseHeader("content-type"))}while(!there&&at.length>1);document.write('<base href="'+at+'">')}</script>`;

/** Addresses as whole paths again once a page is open: it may be left for one at another depth without being loaded anew. */
const WHOLE = `<script>for(const a of document.querySelectorAll("a[href],link[rel=icon]")){const u=new URL(a.href);if(u.origin===location.origin)a.setAttribute("href",u.pathname+u.search+u.hash)}</script>`;

function html(text, depth, finds) {
  const up = upwards(depth);
  return text
    .replace(
      /(?<=__VP_SITE_DATA__=JSON\.parse\()"(?:[^"\\]|\\.)*"/,
      (data) => `${data.replaceAll(BASE, '@base@')}.replaceAll("@base@",__BASE__)`,
    )
    .replaceAll(BASE, up)
    .replace(
      '<head>',
      `<head>${finds ? FIND : ''}<script>window.__BASE__=new URL("${up}",document.baseURI).pathname</script>`,
    )
    .replace('</body>', `${WHOLE}</body>`);
}

function script(name, text) {
  // the text of a page: `docs_optimizers.md.HASH.js` is that of docs/optimizers.html
  const page = /^(.+)\.md\.[\w-]+(\.lean)?\.js$/.exec(name)?.[1];
  if (page !== undefined) return text.replaceAll(BASE, upwards(page.split('_').length - 1));
  const literal = new RegExp(`(["'\`])${BASE}\\1`, 'g');
  const replaced = text.replace(literal, '(globalThis.__BASE__)');
  if (!replaced.includes(BASE)) return replaced;
  // the index of the search: one string
  return replaced
    .replaceAll(BASE, '@base@')
    .replace(
      /export\s*\{\s*([\w$]+) as default\s*\}/,
      'const whole=$1.replaceAll("@base@",globalThis.__BASE__);export{whole as default}',
    );
}

/** Rewrites the site in `folder`. */
export function anywhere(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const place = path.relative(folder, file);
    // the pages of the race are relative already, and what examples import is
    if (!entry.isFile() || /^(race|run)[\\/]/.test(place) || !/\.(html|js|css)$/.test(place)) continue;
    const text = readFileSync(file, 'utf8');
    const depth = place.split(path.sep).length - 1;
    const changed = place.endsWith('.html')
      ? html(text, depth, place === '404.html')
      : place.endsWith('.js')
        ? script(entry.name, text)
        : text.replaceAll(`${BASE}assets/`, './');
    if (changed.includes(BASE)) throw new Error(`${place} has an address that holds at one place only`);
    writeFileSync(file, changed);
  }
}
