// A process of its own, started by memory.test.ts with little memory: refuses headers that ask for much more than they are long.
const { loadModel } = await import(process.argv[2]);
const SIZE = 6_000_000;

/** A file whose header is `head`, then pieces until it is long enough, then `tail`. Made in place: memory is short here. */
function fileOf(head, piece, tail) {
  const bytes = new Uint8Array(SIZE);
  const encoder = new TextEncoder();
  let at = 8;
  const put = (text) => {
    at += encoder.encodeInto(text, bytes.subarray(at)).written;
  };
  put(head);
  for (let i = 0; at < SIZE - 1000; i++) put(typeof piece === 'string' ? piece : piece(i));
  put(tail);
  new DataView(bytes.buffer).setUint32(0, at - 8, true);
  return bytes.subarray(0, at);
}

const ours = '"format":"simdescent","simdescent.version":"1"';
const tensor = (i) => `"t${i}":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},`;
const files = {
  arrays: () => fileOf('{"a":[', '[],', '0]}'),
  objects: () => fileOf('{"a":[', '{},', '0]}'),
  numbers: () => fileOf('{"a":[', '1.5,', '0]}'),
  strings: () => fileOf('{"a":[', '"ab",', '0]}'),
  keys: () => fileOf('{', (i) => `"${i}k":0,`, '"z":0}'),
  tensors: () => fileOf('{', tensor, '"z":0}'),
  text: () => fileOf('{"__metadata__":{"a":"中', 'x', '"}}'),
  metadata: () => fileOf(`{"__metadata__":{${ours}`, (i) => `,"${i.toString(36)}":""`, '}}'),
  config: () => fileOf(`{"__metadata__":{${ours},"simdescent.config":"[`, '[],', '0]"}}'),
  layers: () => fileOf(`{"__metadata__":{${ours},"simdescent.config":"[`, '[0],', '0]"}}'),
  deep: () => fileOf('{"a":', '[', '"}'),
};
/** A model that calls a model twice that calls a model twice, and so on. */
function doubling(levels) {
  const layers =
    levels === 0
      ? [{ className: 'dense', config: { units: 1 } }]
      : [{ className: 'model', config: { model: doubling(levels - 1) } }];
  const calls = [0, 1].map((value) => ({ layer: 0, inputs: [value] }));
  const config = { name: `m${levels}`, seed: 0, layers, inputs: [{ name: 'x', shape: [1] }], calls, outputs: 2 };
  return { className: 'functional', config };
}
const quoted = (value) => JSON.stringify(JSON.stringify(value));
const state = quoted({ epoch: 0, steps: 0 });
files.doubling = () =>
  fileOf(
    `{"__metadata__":{${ours},"simdescent.state":${state},"simdescent.config":${quoted(doubling(40))},"a":"`,
    ' ',
    '"}}',
  );

for (const [name, make] of Object.entries(files)) {
  const message = await loadModel(make()).then(
    () => 'loaded',
    (error) => error.message,
  );
  console.log(`${name}: ${message}`);
}
