/** How Keras 3, Keras 2 and TensorFlow.js differ in what they write. */

export interface Dialect {
  /** Its name in messages. */
  readonly program: 'Keras' | 'TensorFlow.js';
  /** Slope of `hard_sigmoid`: `clip(slope x + 0.5, 0, 1)`. Keras 3 has made it a sixth; Keras 2 and TensorFlow.js have 0.2. */
  readonly hardSigmoid: number;
}

export const TFJS: Dialect = { program: 'TensorFlow.js', hardSigmoid: 0.2 };
export const KERAS_3: Dialect = { program: 'Keras', hardSigmoid: 1 / 6 };
export const KERAS_2: Dialect = { program: 'Keras', hardSigmoid: 0.2 };
