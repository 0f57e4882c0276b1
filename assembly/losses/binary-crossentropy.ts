/**
 * Binary cross-entropy (keras/src/losses/losses.py), element by element. With label smoothing s the targets are y (1 - s) + s / 2.
 */
import { logistic, negativeAbs, softplusOf, vexpFlushed, vlog } from "../math";
import { clipProbability, insideClip } from "./probability";

// @ts-ignore: decorator
@inline
function smooth(y: v128, smoothing: f32): v128 {
  return f32x4.add(f32x4.mul(y, f32x4.splat(1 - smoothing)), f32x4.splat(smoothing * 0.5));
}

/** From probabilities, q = clip(p): f = -(y log q + (1 - y) log(1 - q)), df/dp = (q - y) / (q (1 - q)), 0 where clipped. */
// @ts-ignore: decorator
@final
@unmanaged
export class BinaryCrossentropy {

  @inline
  shared(p: v128, y: v128): v128 {
    return clipProbability(p);
  }


  @inline
  value(q: v128, p: v128, y: v128, smoothing: f32): v128 {
    const one = f32x4.splat(1);
    const target = smooth(y, smoothing);
    const positive = f32x4.mul(target, vlog(q));
    return f32x4.neg(f32x4.add(positive, f32x4.mul(f32x4.sub(one, target), vlog(f32x4.sub(one, q)))));
  }


  @inline
  slope(q: v128, p: v128, y: v128, smoothing: f32, factor: f32): v128 {
    const error = f32x4.sub(q, smooth(y, smoothing));
    const variance = f32x4.mul(q, f32x4.sub(f32x4.splat(1), q));
    return v128.and(f32x4.mul(f32x4.div(error, variance), f32x4.splat(factor)), insideClip(p));
  }
}

/** From logits z: f = max(z, 0) - z y + log(1 + e^-|z|), df/dz = sigmoid(z) - y. Neither overflows nor saturates. */
// @ts-ignore: decorator
@final
@unmanaged
export class BinaryCrossentropyLogits {

  @inline
  shared(z: v128, y: v128): v128 {
    return vexpFlushed(negativeAbs(z));
  }


  @inline
  value(e: v128, z: v128, y: v128, smoothing: f32): v128 {
    return f32x4.sub(softplusOf(z, e), f32x4.mul(z, smooth(y, smoothing)));
  }


  @inline
  slope(e: v128, z: v128, y: v128, smoothing: f32, factor: f32): v128 {
    return f32x4.mul(f32x4.sub(logistic(z, e), smooth(y, smoothing)), f32x4.splat(factor));
  }
}
