/** What `simdescent convert` does: which reader and which writer the names of files ask for. */
import { stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { makeFolder } from '../files/make-folder.ts';
import { files, loadModel } from '../index.ts';
import { oneLine, UsageError } from './errors.ts';

type Converters = typeof import('../convert/index.ts');

interface Format {
  /** The model as a file of this library. */
  read(path: string, converters: Converters): Promise<Uint8Array>;
  /** The files to write, by path. */
  write(path: string, model: Uint8Array, converters: Converters): Promise<ReadonlyMap<string, Uint8Array>>;
}

const ours: Format = {
  read: (path) => files.read(path),
  async write(path, bytes) {
    // saved by the model itself, the file also says how to predict, for simdescent/predict
    using model = await loadModel(bytes);
    return new Map([[path, await model.save()]]);
  },
};

/** `path` leads to `model.json` or to its folder. */
const tfjs: Format = {
  read(path, { fromTfjs }) {
    const [folder, first] = path.endsWith('.json') ? [dirname(path), basename(path)] : [path, 'model.json'];
    return fromTfjs((name) => files.read(join(folder, name === 'model.json' ? first : name)));
  },
  async write(path, model, { toTfjs }) {
    const [folder, first] = path.endsWith('.json') ? [dirname(path), basename(path)] : [path, 'model.json'];
    const made = await toTfjs(model);
    return new Map([...made].map(([name, bytes]) => [join(folder, name === 'model.json' ? first : name), bytes]));
  },
};

const keras: Format = {
  read: async (path, { fromKeras }) => fromKeras(await files.read(path)),
  write: async (path, model, { toKeras }) => new Map([[path, await toKeras(model)]]),
};

const h5: Format = {
  read: keras.read,
  async write(path) {
    throw new UsageError(`${path}: .h5 can only be read; write .keras`);
  },
};

/** Weights may lie in a file beside it. */
const onnx: Format = {
  read: async (path, { fromOnnx }) =>
    fromOnnx(await files.read(path), { files: (name) => files.read(join(dirname(path), name)) }),
  write: async (path, model, { toOnnx }) => new Map([[path, await toOnnx(model)]]),
};

const pytorch: Format = {
  async read(path) {
    throw new UsageError(`${path}: a state dict of PyTorch holds no model; use fromPytorch with one that it fits`);
  },
  write: async (path, model, { toPytorch }) => new Map([[path, await toPytorch(model)]]),
};

const FORMATS: Readonly<Record<string, Format>> = {
  '.keras': keras,
  '.h5': h5,
  '.onnx': onnx,
  '.pt.safetensors': pytorch,
  '.safetensors': ours,
  '.json': tfjs,
  '': tfjs,
};

function formatOf(path: string): Format {
  const ending = Object.keys(FORMATS).find((one) => one !== '' && path.endsWith(one)) ?? extname(path);
  const format = FORMATS[ending];
  if (format === undefined)
    throw new UsageError(
      `${path}: expected one of ${Object.keys(FORMATS).filter(Boolean).join(', ')} or a folder, got ${extname(path)}`,
    );
  return format;
}

/**
 * Converts a model; returns the files it has written.
 *
 * @throws UsageError for names of no known format; Error for what cannot be converted, before anything is written
 */
export async function convert(from: string, to: string): Promise<readonly string[]> {
  const isFolder = async (path: string) => (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
  const [reader, writer] = [(await isFolder(from)) ? tfjs : formatOf(from), (await isFolder(to)) ? tfjs : formatOf(to)];
  const converters = await import('../convert/index.ts');
  let made: ReadonlyMap<string, Uint8Array>;
  try {
    made = await writer.write(to, await reader.read(from, converters), converters);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const why = oneLine(error);
    // what cannot be read is named already
    throw new Error(why.startsWith(from) ? why : `${from}: ${why}`, { cause: error });
  }
  for (const [path, bytes] of made) {
    await makeFolder(dirname(path));
    await files.write(path, bytes);
  }
  return [...made.keys()];
}
