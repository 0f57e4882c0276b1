/** Functions that math.ts has for a part of the range, here for all of it, and functions of a few instructions. */
import { vexp, vexpm1, vlog } from "../math";

const SIGN_BIT: u32 = 0x80000000;

/** `magnitude` with the sign of `x`. */
// @ts-ignore: decorator
@inline
function signed(magnitude: v128, x: v128): v128 {
  return v128.bitselect(x, magnitude, i32x4.splat(SIGN_BIT));
}

/** e^x - 1; 1.5 ulp. The short form that math.ts uses for x <= 0 holds as long as 2^n is below 2^24. */
// @ts-ignore: decorator
@inline
export function vexpm1Anywhere(x: v128): v128 {
  const large = f32x4.sub(vexp(x), f32x4.splat(1));
  const small = vexpm1(f32x4.pmin(x, f32x4.splat(16)));
  return signed(v128.bitselect(large, small, f32x4.gt(x, f32x4.splat(16))), x);
}

/** log(1 + x); 1.5 ulp. The derivative of the logarithm makes up for what 1 + x loses to rounding. */
// @ts-ignore: decorator
@inline
export function vlog1pAnywhere(x: v128): v128 {
  const one = f32x4.splat(1);
  const u = f32x4.add(one, x);
  const lost = f32x4.div(f32x4.sub(x, f32x4.sub(u, one)), u);
  const finite = v128.and(f32x4.gt(u, f32x4.splat(0)), f32x4.lt(u, f32x4.splat(f32.POSITIVE_INFINITY)));
  return signed(f32x4.add(vlog(u), v128.and(lost, finite)), x);
}

/** -1, 0 or 1; NaN of NaN. */
// @ts-ignore: decorator
@inline
export function vsign(x: v128): v128 {
  const unit = v128.and(signed(f32x4.splat(1), x), f32x4.ne(x, f32x4.splat(0)));
  return v128.bitselect(unit, x, f32x4.eq(x, x));
}
