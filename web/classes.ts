/** The ten classes of Fashion-MNIST, in the words of its authors, and short enough for a table. */
import { CLASS_NAMES } from '../src/datasets/class-names.ts';

const SHORT = ['T-shirt', 'Trouser', 'Pullover', 'Dress', 'Coat', 'Sandal', 'Shirt', 'Sneaker', 'Bag', 'Boot'];

export const CLASSES = CLASS_NAMES.map((name, i) => ({ name, short: SHORT[i] ?? name }));
