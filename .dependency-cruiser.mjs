/**
 * Who may import whom, types included: `npm run check` fails at an import that is not allowed here. docs/architecture.md draws it.
 */

/** The remaining circles, each with its reason. A circle through any other file is an error. */
const CIRCLES = [
  // gradients are made of operations: that of a sum is a broadcast copy, and vice versa
  '^src/graph/operations/arrays/',
  // a graph holds nodes of operations, whose functions take the graph
  '^src/graph/(graph|operation)\\.ts$',
  // calling a layer or a model makes a symbolic value, which names its layer
  '^src/layers/(layer|nested|symbolic)\\.ts$',
];

/** Files that know nothing of tensors. */
const HELPERS =
  '^src/(files/|(config|direction|json-numbers|markup|nearest|philox|printed|progress-line|queue-address|registry|scalars|seeds|sha256|sparse-parts|stream|task|text-table|trace|unique-names|utf8|validate|values|version)\\.ts$)';
const ENTRIES =
  '^src/(index|relaxed|slim|(convert|data|datasets|predict|report|sweep)/index|worker/(client|worker))\\.ts$';
/** The optimizers and their options, in words and numbers. */
const FACTS = '^src/optimizers/facts/';

const error = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

export default {
  forbidden: [
    error('no-circles', 'types that need each other stand in one file', { pathNot: CIRCLES }, { circular: true }),
    error('helpers-are-lowest', 'they know nothing of tensors', { path: HELPERS }, { path: '^src/', pathNot: HELPERS }),
    error(
      'engine-is-low',
      'sizes are checked before they reach the engine: it knows no tensor, layer or model',
      { path: '^src/engine/' },
      { path: '^src/', pathNot: ['^src/engine/', HELPERS] },
    ),
    error(
      'parts-are-below-models',
      'layers, losses, optimizers and operations do not know which model they are in',
      { path: '^src/(graph|layers|ops|optimizers|schedules)/|^src/[^/]+\\.ts$', pathNot: ENTRIES },
      { path: '^src/(model|callbacks|worker|cli)/' },
    ),
    error(
      'library-knows-no-user',
      'nothing imports the command line, the worker or an entry but those above them',
      { path: '^src/', pathNot: ['^src/(cli|sweep|worker)/', ENTRIES] },
      { path: ['^src/(cli|worker)/', ENTRIES] },
    ),
    error(
      'facts-stand-alone',
      'a page shows them before it loads the library',
      { path: FACTS },
      { pathNot: [FACTS, '^assembly/(codes|optimizers/layout)\\.ts$'] },
    ),
    error(
      'data-know-no-model',
      'rows become arrays, files and texts; what a model is, they do not know',
      { path: '^src/data/' },
      { path: '^src/', pathNot: ['^src/data/', '^src/datasets/idx\\.ts$', HELPERS] },
    ),
    error(
      'predictions-know-no-model',
      'files and the forward core are all that simdescent/predict needs',
      { path: '^src/predict/' },
      {
        path: '^src/',
        pathNot: ['^src/predict/', '^src/engine/forward\\.ts$', '^src/model/(json|safetensors)\\.ts$', HELPERS],
      },
    ),
    error(
      'reports-know-no-model',
      'numbers become texts and drawings, wherever they come from',
      { path: '^src/report/' },
      { path: '^src/', pathNot: ['^src/report/', HELPERS] },
    ),
    error(
      'sweeps-know-no-model',
      'whoever computes a trial does; of the library, a sweep knows the types of callbacks',
      { path: '^src/sweep/' },
      { path: '^src/', pathNot: ['^src/sweep/', '^src/index\\.ts$', HELPERS] },
    ),
    error(
      'worker-uses-the-api',
      'the two sides of a worker use what any program can import, and small helpers',
      { path: '^src/worker/' },
      { path: '^src/', pathNot: ['^src/worker/', ENTRIES, HELPERS] },
    ),
    error(
      'command-line-uses-the-api',
      'it makes, trains and saves models as any program does; the facts and helpers know no model',
      { path: '^src/cli/', pathNot: '^src/cli/checkpoint\\.ts$' },
      { path: '^src/', pathNot: ['^src/cli/', ENTRIES, FACTS, HELPERS] },
    ),
    error(
      'checkpoints-read-headers',
      'the same, but it reads the metadata of a file before it loads the model',
      { path: '^src/cli/checkpoint\\.ts$' },
      { path: '^src/', pathNot: ['^src/cli/', ENTRIES, FACTS, HELPERS, '^src/model/(json|safetensors)\\.ts$'] },
    ),
    error(
      'page-uses-the-api',
      'like the command line, with which it shares settings, the network and colours; a worker also unpacks files; class names come without the data set, optimizers without what goes around them',
      { path: '^web/' },
      {
        path: '^src/',
        pathNot: [
          ENTRIES,
          FACTS,
          HELPERS,
          '^src/cli/(settings|network|report/palette)\\.ts$',
          // a lent tab computes what the command line would
          '^src/cli/sweep/(about|trial)\\.ts$',
          '^src/datasets/(browser/verify|class-names)\\.ts$',
          '^src/optimizers/all\\.ts$',
        ],
      },
    ),
    error(
      'control-is-the-engines',
      'only the engine knows how threads meet',
      { path: '^(src|web)/', pathNot: '^src/engine/' },
      { path: '^assembly/control\\.ts$' },
    ),
    error(
      'words-are-the-graphs',
      'only operations and the engine know the words of a program',
      { path: '^(src|web)/', pathNot: ['^src/(engine|graph|ops)/', '^src/(loss|metrics|metrics/metric)\\.ts$'] },
      { path: '^assembly/(words/|opcodes\\.ts$|arrays/)' },
    ),
    error(
      'assembly-shares-numbers',
      'of the core, TypeScript compiles only files of numbers',
      { path: '^(src|web)/' },
      {
        path: '^assembly/',
        pathNot: '^assembly/(codes|control|opcodes|words/.+|arrays/descriptor|conv/layout|optimizers/layout)\\.ts$',
      },
    ),
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    // made by the build, which need not have run
    exclude: { path: '\\.generated\\.ts$|^build/|^dist/|^web/dist/' },
  },
};
