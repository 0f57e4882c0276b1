/** Everything that has declarations, for the compiler to check in projects of every kind. */
import * as simdescent from 'simdescent';
import { connect } from 'simdescent/client';
import { toTfjs } from 'simdescent/convert';
import { csv, trainTestSplit } from 'simdescent/data';
import { loadFashionMnist } from 'simdescent/datasets';
import { dense } from 'simdescent/layers';
import { huber } from 'simdescent/losses';
import { f1Score } from 'simdescent/metrics';
import { adam } from 'simdescent/optimizers';
import { loadModel } from 'simdescent/predict';
import { historyText } from 'simdescent/report';
import { layers, provideCore } from 'simdescent/slim';
import { sweep, verify } from 'simdescent/sweep';
import 'simdescent/relaxed';
import 'simdescent/worker';

export async function uses(core: Uint8Array): Promise<string> {
  await provideCore(core);
  const { train } = await loadFashionMnist();
  using client = await connect();
  const model = await client.sequential([layers.flatten({ inputShape: [28, 28] }), dense({ units: 10 })]);
  await model.compile({ optimizer: adam(), loss: huber(), metrics: [f1Score()] });
  const images = await client.data(train.images);
  const history = await model.fit(images, images.rows(0, 1), { signal: new AbortController().signal });
  historyText({ history: history.history });
  history.history.loss.at(-1)?.toFixed(3);
  (await model.evaluate(images, images, {})).loss.toFixed(3);
  const run = ({ settings }: { settings: { rate: number } }) => settings.rate;
  await verify(await sweep({ space: { rate: [1, 2] }, objective: 'loss', run }), { run });
  (await loadModel(await model.save())).dispose();
  simdescent.losses.meanSquaredError();
  await toTfjs(model);
  const split = trainTestSplit({ table: await csv('a,b\n1,2\n3,4\n') }, { testSize: 1 });
  await model.predict(split.test.table.matrix(['a']));
  return model.digest();
}
