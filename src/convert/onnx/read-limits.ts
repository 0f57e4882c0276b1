/** Numbers between limits. */
import { type Context, formOf, made, type Value } from './context.ts';

/** At least and at most these numbers, exactly; undefined: no limit. */
export function limited(context: Context, x: Value, least: number | undefined, most: number | undefined): Value {
  const { shape } = x;
  const { at, order } = formOf(x);
  if (Number.isNaN(least) || Number.isNaN(most)) context.refuse('its limits must be numbers');
  if (least === 0 && (most === undefined || most >= 0))
    return made(context.layer('reLU', most === undefined ? {} : { maxValue: most }, [at]), shape, order, true);
  // a layer has no constants but what it makes of its input
  const constant = (value: number) => context.layer('rescaling', { scale: 0, offset: value }, [at]);
  const above = isLimit(least) ? context.layer('maximum', {}, [at, constant(least)]) : at;
  const below = isLimit(most) ? context.layer('minimum', {}, [above, constant(most)]) : above;
  return made(below, shape, order, (least ?? -1) >= 0 && (most ?? 0) >= 0);
}

/** The largest numbers of float32 stand for none. */
const isLimit = (value: number | undefined): value is number => value !== undefined && Math.abs(value) < 3.4e38;
