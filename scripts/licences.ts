import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder of the package that a module belongs to; undefined for our own. */
function packageOf(id: string): string | undefined {
  if (!/[\\/]node_modules[\\/]/.test(id)) return undefined;
  for (let folder = dirname(id); folder !== dirname(folder); folder = dirname(folder)) {
    const manifest = join(folder, 'package.json');
    if (existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).name !== undefined) return folder;
  }
  return undefined;
}

function describe(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const texts = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (file) =>
      /^(licen[cs]es?[\\/])?(licen[cs]e|notice|copying)[^\\/]*$/i.test(file) && statSync(join(folder, file)).isFile(),
  );
  if (texts.length === 0) throw new Error(`${name} is bundled, but has no licence text`);
  const quoted = texts.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
  return `## ${name} ${version} (${license})\n\n${quoted.map((text) => `\`\`\`\n${text}\n\`\`\`\n`).join('\n')}`;
}

const bundled = new Set<string>();

/** Writes the licences of all bundled packages to `file`. */
export const licences = (file: string) => ({
  name: 'licences of what is bundled',
  generateBundle(_options: unknown, bundle: Record<string, { modules?: Record<string, { renderedLength: number }> }>) {
    for (const { modules = {} } of Object.values(bundle)) {
      for (const [id, { renderedLength }] of Object.entries(modules)) {
        const folder = renderedLength > 0 ? packageOf(id) : undefined;
        if (folder !== undefined) bundled.add(folder);
      }
    }
  },
  writeBundle() {
    const parts = [...bundled].sort().map(describe);
    const head = 'The files of this package contain code of the packages below, under these licences.';
    writeFileSync(file, `# Third-party licences\n\n${head}\n\n${parts.join('\n')}`);
  },
});
