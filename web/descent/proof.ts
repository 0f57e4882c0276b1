/** Whether the steps taken here have the bits of Node, which took the same ones when the page was built. */
import { digest, tensor } from '../../src/index.ts';
import { NAMES } from '../optimizers.ts';
import { entrantsText } from '../settings.ts';
import { Descent, objective } from './descent.ts';
import { parse } from './expression.ts';
import { entrant, type Settings } from './settings.ts';
import { SURFACES } from './surfaces.ts';

/** Steps that Node has taken. */
const PROVEN = 100;

/** The digest of the places of the first steps; fewer if the descent has ended before. */
async function digestOf({ trail }: Descent): Promise<string> {
  const places = trail.slice(0, PROVEN + 1);
  const all = tensor(
    [places.length, 2],
    places.flatMap(({ x, y }) => [x, y]),
  );
  const found = await digest([all]);
  all.dispose();
  return found;
}

const keyOf = (surface: string, optimizer: string): string => `${surface} ${optimizer}`;

/** Node's digests, for the page. */
export async function recordedDescents(): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const surface of SURFACES) {
    const f = objective(parse(surface.text));
    for (const name of NAMES) {
      const descent = new Descent(f, entrant(name, surface), surface.start);
      for (let step = 0; step < PROVEN; step++) descent.step();
      found[keyOf(surface.name, name)] = await digestOf(descent);
      descent.dispose();
    }
    f.dispose();
  }
  return found;
}

/** Whether this descent has Node's bits; undefined if Node has not taken it, or it has not gone far enough. */
export async function sameAsNode(
  recorded: Readonly<Record<string, string>>,
  { surface, start }: Settings,
  descent: Descent,
): Promise<boolean | undefined> {
  const { entrant: own } = descent;
  if (descent.steps < PROVEN && !descent.over) return undefined;
  const expected = recorded[keyOf(surface.name, own.name)];
  const usual = entrantsText([entrant(own.name, surface)]);
  if (expected === undefined || start.join() !== surface.start.join() || entrantsText([own]) !== usual)
    return undefined;
  return (await digestOf(descent)) === expected;
}
