/** Whether higher or lower values are better, by the ending of a key of the history. */

/** Names of Keras' metrics end in one of these, also behind the name of an output and before a number: `head_auc_1`. */
const HIGHER =
  /(acc(uracy)?|auc|precision|recall|sensitivity|specificity|score|io_?u|similarity|true_(positives|negatives))(_\d+)?$/i;
const LOWER = /(loss|error|entropy|divergence|poisson|hinge|logcosh|dice|tversky|false_(positives|negatives))(_\d+)?$/i;

/** `'max'` for an accuracy, a precision and the like, `'min'` for a loss or an error; undefined for endings that say neither. */
export const directionByEnding = (key: string): 'min' | 'max' | undefined =>
  HIGHER.test(key) ? 'max' : LOWER.test(key) ? 'min' : undefined;
