/** A smoother line through noisy points. */

/** How much of the line before stays, from point to point; a curve has some hundred points, and ten of them count. */
const KEPT = 0.8;

/**
 * A moving average whose weights fall by a fifth from point to point, and which starts without the lag that an average from zero would have.
 * What is not a number stays a gap.
 */
export function smooth(values: readonly (number | null)[]): (number | null)[] {
  let [sum, weight] = [0, 0];
  return values.map((value) => {
    if (value === null) return null;
    sum = KEPT * sum + (1 - KEPT) * value;
    weight = KEPT * weight + (1 - KEPT);
    return sum / weight;
  });
}
