/** The images of the reference runs, packed for a process or a page. */
import { loadFashionMnist } from '../../src/datasets/index.ts';
import { pack } from '../reference-runs/runs.js';

export async function packedData(): Promise<Uint8Array> {
  const { train } = await loadFashionMnist();
  return pack({ images: train.images.data, labels: train.labels.data });
}
