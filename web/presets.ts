/** Races that show something, as addresses. `test/web/presets.test.ts` runs those that say what happens. */
export const PRESETS = [
  ['?race=sgd~learningRate:0.1,momentum,adam', 'SGD at 0.1 keeps up with momentum'],
  ['?race=sgd,adam~learningRate:0.1,nadam', 'Adam at 0.1 diverges, and learns next to nothing'],
  ['?race=sgd,adam&hidden=none', 'No hidden layer: what one layer can learn'],
  [
    '?race=sgd,momentum,rmsprop,adam&hidden=64,64,64,64,64&activation=sigmoid',
    'Five layers of sigmoids: two of four learn nothing',
  ],
  ['?model=cnn&race=momentum,adam,nadam', 'A convolutional network, and its filters'],
] as const;
