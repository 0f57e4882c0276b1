import type { Model } from '../model/model.ts';
import type { Optimizer } from '../optimizers/optimizer.ts';

/** The model's optimizer, if `callback` can set its learning rate. */
export function rateOf(callback: string, { name, optimizer }: Model): Optimizer {
  if (optimizer === undefined) throw new Error(`${callback}: ${name} has not been compiled`);
  const { schedule, parts } = optimizer;
  if (parts[0] !== optimizer)
    throw new Error(`${callback} sets one learning rate, and ${name}'s ${optimizer.name} has several`);
  if (schedule !== undefined)
    throw new Error(
      `${callback} cannot set the learning rate of ${name}'s ${optimizer.name}: it follows ${schedule.name}`,
    );
  return optimizer;
}
