/** What a data set is and how it is asked for: types alone, so that the files that find it need nothing of the one that reads it. */
import type { CLASS_NAMES } from './class-names.ts';

/** One of the four files. Mirrors compress differently, so size and SHA-256 are those of the uncompressed bytes. */
export interface DatasetFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** Bytes that stay bytes: a batch becomes float32 / `divisor` as it is gathered. */
export interface Images {
  /** One byte a pixel, row by row, 0 for the background. */
  readonly data: Uint8Array;
  /** `[60000, 28, 28]` or `[10000, 28, 28]`. */
  readonly shape: readonly [count: number, height: number, width: number];
  /** What makes 0..1 of a byte. */
  readonly divisor: 255;
}

/** One class number, 0 to 9, per image. */
export interface Labels {
  /** Indices into the class names. */
  readonly data: Uint8Array;
  /** `[60000]` or `[10000]`. */
  readonly shape: readonly [count: number];
}

/** Images with their labels. */
export interface Split {
  /** The inputs. */
  readonly images: Images;
  /** What is on them. */
  readonly labels: Labels;
}

/** The data set, as its authors split it. */
export interface FashionMnist {
  /** 60,000 images. */
  readonly train: Split;
  /** 10,000 images that are not trained on. */
  readonly test: Split;
  /** What each label means. */
  readonly classNames: typeof CLASS_NAMES;
  /** The folder or addresses the files were read from. */
  readonly source: string;
}

/** Told while something slow happens: a file is downloaded, a package is fetched. */
export interface DatasetProgress {
  /** Name of the file or the package. */
  readonly file: string;
  /** Where it comes from. */
  readonly source: string;
  /** Bytes so far. */
  readonly received: number;
  /** Bytes in all, when that is known. */
  readonly total: number | undefined;
}

/** Options of {@link loadFashionMnist}. */
export interface LoadOptions {
  /**
   * A folder that holds the four files, `.gz` or not, and is never written to. Default: the environment's `SIMDESCENT_DATA`.
   * In a browser: the address of a folder with the four `.gz` files, as the page (in a worker: its script) would name it.
   * Default: `fashion-mnist/`.
   */
  readonly data?: string | undefined;
  /** Browsers only: the files themselves, some or all, as dropped or chosen by a user. What they are called does not matter. Default none. */
  readonly files?: readonly Blob[];
  /**
   * The folder that downloads are kept in. Default: `simdescent/fashion-mnist` in the user's cache folder.
   * In a browser: the name of the cache in Cache Storage. Default: `simdescent-fashion-mnist`.
   */
  readonly cache?: string | undefined;
  /** Node only: folders that other packages keep the data set in. Default: that of Debian's `dataset-fashion-mnist`. */
  readonly folders?: readonly string[];
  /** Node only: addresses that file names are appended to. Default: the project's own repository and the copy Keras uses. */
  readonly mirrors?: readonly string[];
  /**
   * Node only: whether `apt-get download` may fetch the Debian package, without root, when nothing else works. Default: false;
   * the command line does so.
   */
  readonly apt?: boolean;
  /** Milliseconds without a byte after which a mirror is given up. Default: 8000; in a browser 20000. */
  readonly timeout?: number;
  /** Stops looking and loading: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal | undefined;
  /** Called while something slow happens. If it throws, or gives a promise that rejects, the loading ends with that. Default none. */
  readonly onProgress?: ((progress: DatasetProgress) => unknown) | undefined;
}
