/** What the compiler must refuse of `simdescent/client`, `/datasets` and `/slim`; see types.test.ts. */
import { expectTypeOf, test } from 'vitest';
import { type Client, connect, type RemoteHistory, type RemoteInspection, type RemoteModel } from '../dist/client.js';
import { type FashionMnist, loadFashionMnist, parseIdx } from '../dist/datasets.js';
import { layers, optimizers, type Sequential } from '../dist/index.js';
import * as slim from '../dist/slim/index.js';

test('what the client gives', () => {
  expectTypeOf(connect).returns.resolves.toEqualTypeOf<Client>();
  expectTypeOf<RemoteModel['fit']>().returns.resolves.toEqualTypeOf<RemoteHistory>();
  expectTypeOf<RemoteModel['digest']>().returns.resolves.toBeString();
  expectTypeOf<RemoteModel['inspect']>().returns.resolves.toEqualTypeOf<RemoteInspection>();
});

test('what the data set is', () => {
  expectTypeOf(loadFashionMnist).returns.resolves.toEqualTypeOf<FashionMnist>();
  expectTypeOf<FashionMnist['classNames'][9]>().toEqualTypeOf<'Ankle boot'>();
  expectTypeOf<FashionMnist['train']['images']['data']>().toEqualTypeOf<Uint8Array>();
  expectTypeOf<FashionMnist['train']['images']['shape']>().toExtend<readonly [number, number, number]>();
});

test('slim has the types of the whole package, and takes a core in each of its forms', () => {
  expectTypeOf(slim.layers.dense).toEqualTypeOf(layers.dense);
  expectTypeOf(slim.optimizers.adam).toEqualTypeOf(optimizers.adam);
  expectTypeOf<slim.Sequential>().toEqualTypeOf<Sequential>();
  type Core = Parameters<typeof slim.provideCore>[0];
  expectTypeOf<WebAssembly.Module>().toExtend<Core>();
  expectTypeOf<Promise<WebAssembly.Module>>().toExtend<Core>();
  expectTypeOf<Uint8Array>().toExtend<Core>();
  expectTypeOf<ArrayBuffer>().toExtend<Core>();
  expectTypeOf<Promise<Response>>().toExtend<Core>();
  expectTypeOf<URL>().toExtend<Core>();
  expectTypeOf(slim.provideCore).returns.resolves.toEqualTypeOf<'strict' | 'relaxed' | 'full' | 'full-relaxed'>();
});

/** Compiled, never run. */
export async function wrong(client: Client, model: RemoteModel): Promise<void> {
  // @ts-expect-error a number is no core
  await slim.provideCore(5);
  // @ts-expect-error nor is an object
  await slim.provideCore({ url: 'core.wasm' });
  // @ts-expect-error nor a list of bytes
  await slim.provideCore([0, 97, 115, 109]);
  // @ts-expect-error nor a function that gets one
  await slim.provideCore(() => fetch('core.wasm'));
  // @ts-expect-error nor an instance
  await slim.provideCore(new Map());
  // @ts-expect-error nor nothing
  await slim.provideCore();

  // @ts-expect-error a worker has no name here
  await connect({ name: 'mine' });
  // @ts-expect-error a worker, or where its script is
  await connect({ worker: 5 });
  // @ts-expect-error told of an Error
  await connect({ onLost: (code: number) => console.log(code) });
  // @ts-expect-error layers are made by layers.*
  await client.sequential(['dense']);
  // @ts-expect-error the runtime is the worker's
  await client.sequential([layers.dense({ units: 1 })], { runtime: undefined });
  // @ts-expect-error BigInts are no numbers
  await client.data(new BigInt64Array(3));
  // @ts-expect-error the loss is missing
  await model.compile({ optimizer: 'adam' });
  // @ts-expect-error the model that this hook wants is elsewhere
  await model.fit([[1]], [[1]], { callbacks: [{ setModel() {} }] });
  // @ts-expect-error a misspelt option
  await model.fit([[1]], [[1]], { onProgres: () => {} });
  // @ts-expect-error progress has no end
  await model.fit([[1]], [[1]], { onProgress: ({ end }) => end });
  // @ts-expect-error so many steps
  await model.step('one');
  // @ts-expect-error a name of an array of weights
  await model.inspect({ weight: 0 });
  // @ts-expect-error a number
  await model.setLearningRate('0.1');
  // @ts-expect-error what the worker does is waited for
  model.countParams().toFixed();

  // @ts-expect-error a folder
  await loadFashionMnist({ data: 5 });
  // @ts-expect-error files are Blobs
  await loadFashionMnist({ files: ['train-images-idx3-ubyte.gz'] });
  // @ts-expect-error a misspelt option
  await loadFashionMnist({ mirror: ['https://example.com/'] });
  // @ts-expect-error bytes
  parseIdx('train-images-idx3-ubyte');
}
