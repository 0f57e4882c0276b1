/**
 * Results as text for a terminal and as SVG for a page or a file: the history of a training, and a confusion matrix.
 *
 * @module simdescent/report
 */
export { type ConfusionSvgOptions, confusionSvg, confusionText } from './confusion.ts';
export type { ConfusionLike, HistoryLike } from './given.ts';
export { type HistorySvgOptions, type HistoryTextOptions, historySvg, historyText } from './history.ts';
