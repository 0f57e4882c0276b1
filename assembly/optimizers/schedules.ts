import {
  COSINE_DECAY,
  COSINE_DECAY_RESTARTS,
  CYCLICAL,
  EXPONENTIAL_DECAY,
  INVERSE_TIME_DECAY,
  JOINED,
  NOAM,
  PIECEWISE_CONSTANT_DECAY,
  POLYNOMIAL_DECAY,
  TRANSITION,
  TRIANGULAR,
  TRIANGULAR2,
  WARMUP,
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
 *   transition        cosine: 1         a, b, D           a + (b - a) * f or, on a cosine, b + (a - b) * (1 + cos(pi * f)) / 2,
 *                                                         with f = min(s, D) / D, or 1 for no steps
 *   cyclical          mode              a, b, U, V, g     a + (b - a) * h * m:  h rises from 0 to 1 in U steps, falls in V;  m is 1,
 *                                                         2^-i in period i, or g^s
 *   noam              --                q, d, W           q / sqrt(d) * min(1 / sqrt(s + 1), (s + 1) / (W * sqrt(W)))
 *   warm-up           --                a, W, o           s < W: a + (r(0) - a) * s / W;  then r(s - W) of the block r
 *   joined            boundaries n      b[n], o[n + 1]    r[i](s - b[i - 1]) for b[i - 1] <= s < b[i]
 *
 * The blocks of schedules within are behind that which has them, at o bytes from its beginning.
 *
 * Sources: Keras 3, keras/src/optimizers/schedules/learning_rate_schedule.py; PyTorch, torch/optim/lr_scheduler.py; optax,
 * optax/schedules/_join.py; Vaswani et al. 2017. The period is found by counting, where Keras divides logarithms and is wrong by one
 * at some restarts.
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

function transition(schedule: usize, step: f64): f64 {
  const from = valueAt(schedule, 0);
  const to = valueAt(schedule, 1);
  const length = valueAt(schedule, 2);
  const f = length > 0 ? min(step, length) / length : 1;
  return option(schedule) ? to + (from - to) * halfCosine(f) : from + (to - from) * f;
}

function cyclical(schedule: usize, step: f64): f64 {
  const low = valueAt(schedule, 0);
  const up = valueAt(schedule, 2);
  const down = valueAt(schedule, 3);
  const period = floor<f64>(step / (up + down));
  const s = step - period * (up + down);
  const height = s <= up ? s / up : (up + down - s) / down;
  const mode = option(schedule);
  const scale = mode == TRIANGULAR ? 1 : mode == TRIANGULAR2 ? pow64(0.5, period) : pow64(valueAt(schedule, 4), step);
  return low + (valueAt(schedule, 1) - low) * height * scale;
}

function noam(schedule: usize, step: f64): f64 {
  const warmup = valueAt(schedule, 2);
  const n = step + 1;
  return (valueAt(schedule, 0) / sqrt(valueAt(schedule, 1))) * min(1 / sqrt(n), n / (warmup * sqrt(warmup)));
}

/** The schedule within whose offset is this value. */
function within(schedule: usize, index: i32, step: f64): f64 {
  return scheduledRate(schedule + <usize>valueAt(schedule, index), step);
}

function warmedUp(schedule: usize, step: f64): f64 {
  const from = valueAt(schedule, 0);
  const warmup = valueAt(schedule, 1);
  const rate = within(schedule, 2, max(0, step - warmup));
  return step < warmup ? ((rate - from) * step) / warmup + from : rate;
}

function joined(schedule: usize, step: f64): f64 {
  const boundaries = option(schedule);
  let i = 0;
  while (i < boundaries && step >= valueAt(schedule, i)) i++;
  return within(schedule, boundaries + i, i > 0 ? step - valueAt(schedule, i - 1) : step);
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
    case TRANSITION:
      return transition(schedule, step);
    case CYCLICAL:
      return cyclical(schedule, step);
    case NOAM:
      return noam(schedule, step);
    case WARMUP:
      return warmedUp(schedule, step);
    case JOINED:
      return joined(schedule, step);
    default:
      assert(false, "an unknown schedule");
  }
  return 0;
}
