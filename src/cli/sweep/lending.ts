/** What `simdescent sweep --serve` serves beside its trials: the page that people lend, the files of this package that it runs, and the images. */
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { FashionMnist } from '../../datasets/index.ts';
import { idxOf } from '../../files/idx.ts';
import { type Hands, type Served, type ServedFile, serve } from '../../sweep/index.ts';
import { UsageError } from '../errors.ts';

/** Where to listen, as `--serve` says. */
export interface Serving {
  readonly host: string;
  readonly port: number;
}

const TYPES: Readonly<Record<string, string>> = {
  js: 'text/javascript',
  html: 'text/html; charset=utf-8',
  css: 'text/css',
};
/** Files of this package, and of the page in it: no path leads elsewhere. */
const OWN = /^\/(?:volunteer\/)?[a-z][a-z-]*\.(js|css|html)$/;
const PAGE = '/volunteer/';
/** The variable with a token that stays the same when a sweep goes on. */
const TOKEN = 'SIMDESCENT_TOKEN';

/** `8080`, `0.0.0.0:8080`, `[::]:8080`. @throws UsageError */
export function servingFrom(text: string): Serving {
  const [, host = '127.0.0.1', port = ''] = /^(?:(.+):)?(\d{1,5})$/.exec(text) ?? [];
  if (port === '' || Number(port) > 65_535)
    throw new UsageError(`--serve must be a port, or an address and a port as in 0.0.0.0:8080, got '${text}'`);
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) };
}

/** The images as they are downloaded, packed when somebody asks for the first time. */
function imagesOf({ train, test }: FashionMnist): (name: string) => Promise<Uint8Array> | undefined {
  const made = new Map<string, Promise<Uint8Array>>();
  const parts = [
    ['train', train],
    ['t10k', test],
  ] as const;
  const all = new Map<string, { readonly data: Uint8Array; readonly shape: readonly number[] }>(
    parts.flatMap(([name, { images, labels }]) => [
      [`/fashion-mnist/${name}-images-idx3-ubyte.gz`, images] as const,
      [`/fashion-mnist/${name}-labels-idx1-ubyte.gz`, labels] as const,
    ]),
  );
  return (path) => {
    const part = all.get(path);
    if (part === undefined) return undefined;
    const file = made.get(path) ?? promisify(gzip)(idxOf(part), { level: 1 });
    made.set(path, file);
    return file;
  };
}

/** Hands that are tabs of browsers and other programs, beside those of this machine. */
export async function lend(
  { host, port }: Serving,
  {
    about,
    set,
    hands,
    origins,
    note,
  }: {
    readonly about: string;
    readonly set: FashionMnist;
    readonly hands: Hands;
    readonly origins: readonly string[];
    readonly note: (text: string) => void;
  },
): Promise<Served> {
  const images = imagesOf(set);
  const files = async (path: string): Promise<ServedFile | undefined> => {
    const image = images(path);
    if (image !== undefined) return { type: 'application/octet-stream', bytes: await image };
    const name = path === '/' || path === PAGE ? `${PAGE}index.html` : path;
    const [, extension = ''] = OWN.exec(name) ?? [];
    const type = TYPES[extension];
    if (type === undefined) return undefined;
    const bytes = await readFile(new URL(`.${name}`, import.meta.url)).catch(() => undefined);
    return bytes && { type, bytes };
  };
  const token = process.env[TOKEN];
  return serve({ ...{ host, port, about, hands, origins, files, onNote: note }, ...(token && { token }) });
}

/** The links of the page: for all addresses of this machine if it listens to all of them. */
export function linksOf(url: string): string[] {
  const link = new URL(url);
  const anywhere = ['0.0.0.0', '[::]'].includes(link.hostname);
  const found = Object.values(networkInterfaces()).flatMap((list = []) =>
    list.filter(({ family }) => family === 'IPv4').map(({ address }) => address),
  );
  return (anywhere ? found : [link.hostname]).map((host) => `http://${host}:${link.port}${PAGE}${link.hash}`);
}
