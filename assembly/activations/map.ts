/**
 * The loops that all elementwise activations share. `T` is an unmanaged final class whose inline methods are one vector's worth of
 * an activation: `forward(x, alpha)` and `backward(dy, at, alpha)` = dy * f', where `at` is the activation's input or output,
 * whichever its derivative reads. The class is never instantiated: its calls fold into the loop. The loops are not inlined into the
 * dispatch: V8 keeps the constants of a loop in registers only in a function of its own (1.4 times faster, Node 20).
 */
import { loadTail, storeTail } from "../simd";

/** out = f(x), both [n]; `out` may be `x`. */
export function forward<T>(out: usize, x: usize, n: i32, alpha: f32): void {
  const f = changetype<T>(<usize>0);
  const end: usize = (<usize>(n & ~3)) << 2;
  for (let i: usize = 0; i < end; i += 16) v128.store(out + i, f.forward(v128.load(x + i), alpha));
  const left = n & 3;
  if (left) storeTail(out + end, f.forward(loadTail(x + end, left), alpha), left);
}

/** dx = dy * f'(at), all [n]; `dx` may be `dy`. */
export function backward<T>(dx: usize, dy: usize, at: usize, n: i32, alpha: f32): void {
  const f = changetype<T>(<usize>0);
  const end: usize = (<usize>(n & ~3)) << 2;
  for (let i: usize = 0; i < end; i += 16) {
    v128.store(dx + i, f.backward(v128.load(dy + i), v128.load(at + i), alpha));
  }
  const left = n & 3;
  if (left) storeTail(dx + end, f.backward(loadTail(dy + end, left), loadTail(at + end, left), alpha), left);
}
