/** The network that the command line and the page train. */
import { type ActivationName, layers, type Runtime, regularizers, type Sequential, sequential } from '../index.ts';
import { CLASSES, FILTERS, IMAGE, type Network } from './settings.ts';

export interface NetworkOptions extends Network {
  readonly activation: string;
  readonly dropout?: number;
  readonly l2?: number;
  readonly seed: number;
}

/** A convolution that keeps the size of the image, normalized, and a pooling that halves it. */
const convolutionOf = (filters: number, activation: ActivationName, penalty: object) => [
  layers.conv2d({ filters, kernelSize: 3, padding: 'same', useBias: false, ...penalty }),
  layers.batchNormalization({ momentum: 0.9 }),
  layers.activation({ activation }),
  layers.maxPooling2d(),
];

export function network(options: NetworkOptions, runtime?: Runtime): Sequential {
  const { model = 'dense', dropout, hidden, l2, seed } = options;
  const activation = options.activation as ActivationName; // the library refuses any other
  const penalty = l2 === undefined ? {} : { kernelRegularizer: regularizers.l2(l2) };
  const convolutions = FILTERS[model].flatMap((filters) => convolutionOf(filters, activation, penalty));
  const blocks = hidden.flatMap((units) => [
    layers.dense({ units, activation, ...penalty }),
    ...(dropout === undefined ? [] : [layers.dropout({ rate: dropout })]),
  ]);
  const output = layers.dense({ units: CLASSES, activation: 'softmax', ...penalty });
  const begin =
    convolutions.length > 0
      ? [layers.reshape({ targetShape: [...IMAGE, 1], inputShape: IMAGE }), ...convolutions, layers.flatten()]
      : [layers.flatten({ inputShape: IMAGE })];
  return sequential([...begin, ...blocks, output], { seed, ...(runtime && { runtime }) });
}
