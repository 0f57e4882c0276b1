/** The optimizers themselves, for what trains: of the library only these, and no wrappers. */
import type { Optimizer } from '../src/index.ts';
import { optimizerFunctions } from '../src/optimizers/all.ts';
import type { Entrant } from './settings.ts';

export function optimizerOf({ name, options }: Entrant): Optimizer {
  const make: (options: never) => Optimizer = optimizerFunctions[name];
  return make(options as never);
}
