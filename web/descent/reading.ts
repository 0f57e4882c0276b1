/** What is read beside the picture, which needs none of it to begin: curves, and words. */
export { Curves } from './curves.ts';
export { Explained } from './explained.ts';
