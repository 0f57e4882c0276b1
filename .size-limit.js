/** Limits of bundles with the package, a little above their sizes. `npm run check` fails above them; see scripts/sizes.js. */
const esm = (config) => ({ ...config, format: 'esm' });
const bundle = { gzip: true, modifyEsbuildConfig: esm };

export default [
  { ...bundle, name: 'whole', path: 'dist/index.js', import: '*', limit: '167.5 kB' },
  { ...bundle, name: 'one optimizer', path: 'test/package/one-optimizer.js', limit: '65.6 kB' },
  { ...bundle, name: 'functional', path: 'test/package/functional-model.js', limit: '66.6 kB' },
  { ...bundle, name: 'all layers', path: 'test/package/all-layers.js', limit: '116 kB' },
  { ...bundle, name: 'slim', path: 'dist/slim/index.js', import: '*', limit: '125.5 kB' },
  { ...bundle, name: 'data', path: 'dist/data.js', import: '*', limit: '26 kB' },
  { ...bundle, name: 'predict', path: 'dist/predict.js', import: '*', limit: '25.0 kB' },
  { ...bundle, name: 'report', path: 'dist/report.js', import: '*', limit: '6 kB' },
  { ...bundle, name: 'datasets', path: 'dist/datasets.js', import: '*', limit: '19 kB' },
  { ...bundle, name: 'convert', path: 'dist/convert.js', import: '*', ignore: ['./from-config.js'], limit: '50 kB' },
  {
    ...bundle,
    name: 'from Keras',
    path: 'dist/convert.js',
    import: '{ fromKeras }',
    ignore: ['./from-config.js'],
    limit: '14.5 kB',
  },
  {
    ...bundle,
    name: 'to ONNX',
    path: 'dist/convert.js',
    import: '{ toOnnx }',
    ignore: ['./from-config.js'],
    limit: '11 kB',
  },
  { ...bundle, name: 'sweep', path: 'dist/sweep.js', import: '*', limit: '26.5 kB' },
  { ...bundle, name: 'client', path: 'dist/client.js', import: '*', limit: '13 kB' },
  { ...bundle, name: 'worker', path: 'dist/worker.js', limit: '160.5 kB' },
];
