/** Storages of browsers. Each write takes effect as a whole or not at all. */
import { bytesOf, isObject, unshared } from '../validate.ts';

export interface Storage {
  write(name: string, bytes: Uint8Array): Promise<void>;
  read(name: string): Promise<Uint8Array>;
  remove(name: string): Promise<void>;
}

const isMissing = (error: unknown): boolean => isObject(error) && 'name' in error && error.name === 'NotFoundError';

/** The page's own file system. Writes go to a temporary file, which replaces the old one when it is closed. */
export const opfs: Storage = {
  async write(name, bytes) {
    const folder = await root();
    const file = await folder.getFileHandle(name, { create: true });
    if (file.createWritable === undefined)
      throw new Error('this browser cannot replace a file as a whole: use indexeddb:');
    const writable = await file.createWritable();
    try {
      await writable.write(unshared(bytes));
    } catch (error) {
      await writable.abort();
      throw error;
    }
    await writable.close();
  },
  async read(name) {
    const file = await (await (await root()).getFileHandle(name)).getFile();
    return new Uint8Array(await file.arrayBuffer());
  },
  async remove(name) {
    try {
      await (await root()).removeEntry(name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  },
};

function root(): Promise<FileSystemDirectoryHandle> {
  const storage = typeof navigator === 'undefined' ? undefined : navigator.storage;
  if (storage?.getDirectory === undefined) throw new Error('there is no origin private file system here');
  return storage.getDirectory();
}

const STORE = 'files';

/** A database of bytes by name, `simdescent`. */
export const indexedDb: Storage = {
  async write(name, bytes) {
    await transact('readwrite', (store) => store.put(unshared(bytes), name));
  },
  async read(name) {
    const found = await transact('readonly', (store) => store.get(name));
    if (!ArrayBuffer.isView(found)) throw new Error('no such file');
    return bytesOf(name, found);
  },
  async remove(name) {
    await transact('readwrite', (store) => store.delete(name));
  },
};

/** Resolves with the result when the transaction is complete and its writes are kept. */
async function transact<T>(mode: IDBTransactionMode, ask: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode, { durability: 'strict' });
      const request = ask(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
    });
  } finally {
    database.close();
  }
}

function open(): Promise<IDBDatabase> {
  if (typeof indexedDB === 'undefined') throw new Error('there is no IndexedDB here');
  return new Promise((resolve, reject) => {
    const request = indexedDB.open('simdescent', 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error('another page holds an older version of the database'));
  });
}

/** The user's own disk, through the browser's downloads. */
export const download: Storage = {
  async write(name, bytes) {
    if (typeof document === 'undefined') throw new Error('only a page can offer a download');
    const url = URL.createObjectURL(new Blob([unshared(bytes)], { type: 'application/octet-stream' }));
    const link = document.createElement('a');
    link.href = url;
    link.download = name;
    link.click();
    // the browser reads the bytes some time after the click
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  },
  async read() {
    throw new Error('a download cannot be read back: let the user choose the file');
  },
  async remove() {
    throw new Error("a download is the user's own");
  },
};
