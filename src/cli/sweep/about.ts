/** What a sweep of the built-in models is about, and whether settings of strangers are such trials. Pages use it too. */
import type { FashionMnist } from '../../datasets/index.ts';
import { sha256Of } from '../../sha256.ts';
import type { Job } from '../../sweep/index.ts';
import { checkSpec, specFrom } from './spec.ts';

/** SHA-256 of all images and labels, by which a sweep and its workers know that they have the same. */
export async function digestOfData({ train, test }: FashionMnist): Promise<string> {
  const parts = [train, test].flatMap(({ images, labels }) => [images.data, labels.data]);
  return `Fashion-MNIST ${await sha256Of(parts)}`;
}

/** Settings of strangers are checked like those of a spec. @throws UsageError that names the setting */
export function checkJob({ settings, epochs }: Pick<Job, 'settings' | 'epochs'>): void {
  const space = Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, [value]]));
  checkSpec(specFrom({ space, objective: 'loss', epochs }));
}
