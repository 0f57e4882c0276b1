/**
 * A Debian package, unpacked without installing it: `apt-get download` and `dpkg-deb -x`
 * need no root. If the machine's package lists are empty (as in most container images), fetches them into a private folder first.
 */
import { nodeModules } from './modules.ts';

/** Unpacks the package `name` into `folder`, which must exist and be empty. */
export async function unpackDebianPackage(name: string, folder: string, signal?: AbortSignal): Promise<void> {
  const { fs, path } = nodeModules();
  // as root, apt would fetch as the user _apt, who may not enter a temporary folder
  const asRoot = process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
  const quick = ['-q', '-o', 'Acquire::Retries=1', '-o', 'Acquire::http::Timeout=15', ...asRoot];
  const get = (...more: string[]) => run('apt-get', [...quick, ...more], folder, signal);
  try {
    await get('download', name);
  } catch (error) {
    signal?.throwIfAborted();
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Error('apt-get: not on this machine');
    const lists = path.join(folder, 'lists');
    const cache = path.join(folder, 'cache');
    await fs.mkdir(path.join(lists, 'partial'), { recursive: true });
    await fs.mkdir(path.join(cache, 'archives/partial'), { recursive: true });
    const apart = ['-o', `Dir::State::Lists=${lists}`, '-o', `Dir::Cache=${cache}`];
    await get(...apart, 'update');
    await get(...apart, 'download', name);
  }
  const archive = (await fs.readdir(folder)).find((file) => file.endsWith('.deb'));
  if (!archive) throw new Error(`apt-get download ${name}: left no file`);
  await run('dpkg-deb', ['-x', archive, '.'], folder, signal);
}

function run(command: string, args: readonly string[], cwd: string, signal?: AbortSignal): Promise<void> {
  // a timeout for the whole, because apt waits for ever on some proxies
  const options = { cwd, timeout: 600_000, ...(signal && { signal }) };
  return new Promise((resolve, reject) => {
    nodeModules().children.execFile(command, args, options, (error, _stdout, stderr) => {
      if (!error) return resolve();
      if (error.code === 'ENOENT') return reject(error);
      const says = stderr.split('\n').find((line) => line.startsWith('E:')) ?? stderr.trim() ?? error.message;
      reject(new Error(`${command} ${args.at(-1)}: ${says || error.message}`));
    });
  });
}
