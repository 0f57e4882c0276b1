import {
  COSINE_DECAY,
  COSINE_DECAY_RESTARTS,
  EXPONENTIAL_DECAY,
  INVERSE_TIME_DECAY,
  PIECEWISE_CONSTANT_DECAY,
  POLYNOMIAL_DECAY,
} from "../codes";
import { cos64, pow64 } from "../scalar";

/**
 * Learning rates that depend on the step s, counted from 0. A schedule is a block that TypeScript writes:
 *
 *     0 i32 kind        4 i32 option        8 f64 values
 *
 *   kind              option            values            rate
 *   exponential       staircase         a, D, r           a * r^p,  p = s / D, rounded down on a staircase
 *   piecewise         boundaries n      b[n], v[n + 1]    v[i] for b[i - 1] < s <= b[i]
 *   polynomial        cycle             a, D, end, q      (a - end) * (1 - min(s, D) / D)^q + end;  on a cycle D is
 *                                                         the next multiple of itself, and s is not bounded
 *   inverse time      staircase         a, D, r           a / (1 + r * p),  p as above
 *   cosine            warm-up: 1        a, D, c, t, W     s < W: a + (t - a) * s / W;  then, with s - W at most D,
 *                                                         t * ((1 - c) * (1 + cos(pi * (s - W) / D)) / 2 + c)
 *   cosine restarts   --                a, D, k, m, c     a * ((1 - c) * m^i * (1 + cos(pi * f)) / 2 + c),  f the part
 *                                                         done of period i, which is D * k^i steps long, k >= 1
 *
 * Source: Keras 3, keras/src/optimizers/schedules/learning_rate_schedule.py. The period is found by counting, where Keras
 * divides logarithms and is wrong by one at some restarts.
 */

// @ts-ignore: decorator
@inline
function valueAt(schedule: usize, index: i32): f64 {
  return load<f64>(schedule + ((<usize>index) << 3), 8);
}

// @ts-ignore: decorator
@inline
function option(schedule: usize): i32 {
  return load<i32>(schedule, 4);
}

function stepped(schedule: usize, step: f64): f64 {
  const p = step / valueAt(schedule, 1);
  return option(schedule) ? floor<f64>(p) : p;
}

function exponential(schedule: usize, step: f64): f64 {
  return valueAt(schedule, 0) * pow64(valueAt(schedule, 2), stepped(schedule, step));
}

function piecewise(schedule: usize, step: f64): f64 {
  const boundaries = option(schedule);
  let i = 0;
  while (i < boundaries && step > valueAt(schedule, i)) i++;
  return valueAt(schedule, boundaries + i);
}

function polynomial(schedule: usize, step: f64): f64 {
  let length = valueAt(schedule, 1);
  let s = step;
  if (!option(schedule)) s = min(s, length);
  else if (s > 0) length *= ceil<f64>(s / length);
  const end = valueAt(schedule, 2);
  return (valueAt(schedule, 0) - end) * pow64(1 - s / length, valueAt(schedule, 3)) + end;
}

function inverseTime(schedule: usize, step: f64): f64 {
  return valueAt(schedule, 0) / (1 + valueAt(schedule, 2) * stepped(schedule, step));
}

/** From 1 down to 0 as the fraction goes from 0 to 1. */
function halfCosine(fraction: f64): f64 {
  return 0.5 * (1 + cos64(3.141592653589793 * fraction));
}

function cosine(schedule: usize, step: f64): f64 {
  const length = valueAt(schedule, 1);
  const alpha = valueAt(schedule, 2);
  let from = valueAt(schedule, 0);
  let s = step;
  if (option(schedule)) {
    const target = valueAt(schedule, 3);
    const warmup = valueAt(schedule, 4);
    if (s < warmup) return ((target - from) * s) / warmup + from;
    from = target;
    s -= warmup;
  }
  return from * ((1 - alpha) * halfCosine(min(s, length) / length) + alpha);
}

function cosineRestarts(schedule: usize, step: f64): f64 {
  const growth = valueAt(schedule, 2);
  const decline = valueAt(schedule, 3);
  const alpha = valueAt(schedule, 4);
  let length = valueAt(schedule, 1);
  let start: f64 = 0;
  let height: f64 = 1;
  if (growth == 1) {
    const period = floor<f64>(step / length);
    start = period * length;
    height = pow64(decline, period);
  } else {
    while (step >= start + length) {
      start += length;
      length *= growth;
      height *= decline;
    }
  }
  return valueAt(schedule, 0) * ((1 - alpha) * height * halfCosine((step - start) / length) + alpha);
}

/** The learning rate of the step that comes after `step` others. */
export function scheduledRate(schedule: usize, step: f64): f64 {
  switch (load<i32>(schedule)) {
    case EXPONENTIAL_DECAY:
      return exponential(schedule, step);
    case PIECEWISE_CONSTANT_DECAY:
      return piecewise(schedule, step);
    case POLYNOMIAL_DECAY:
      return polynomial(schedule, step);
    case INVERSE_TIME_DECAY:
      return inverseTime(schedule, step);
    case COSINE_DECAY:
      return cosine(schedule, step);
    case COSINE_DECAY_RESTARTS:
      return cosineRestarts(schedule, step);
    default:
      assert(false, "an unknown schedule");
  }
  return 0;
}
