/** Surfaces to descend on: each a function of x and y, the part of the plane that is shown, and where a descent begins. */
import type { View } from '../ui/heights.ts';

export interface Surface {
  readonly name: string;
  readonly title: string;
  /** What there is to see on it. */
  readonly hint: string;
  readonly text: string;
  readonly view: View;
  readonly start: readonly [number, number];
  /** What rates are multiplied by whose steps are as long as the gradient, where it is steeper than most. */
  readonly rate?: number;
  /** Its minima in the view; none where it has none. */
  readonly minima: readonly (readonly [number, number])[];
}

const square = (size: number): View => [-size, size, -size, size];

export const SURFACES: readonly Surface[] = [
  {
    name: 'article',
    title: 'The article’s function',
    hint: 'Its gradient is [10x + 2y, 2x + 6y]: [14, 14] at (1, 2), [12, 8] at (1, 1).',
    text: '5x² + 2xy + 3y²',
    view: square(2.5),
    start: [1, 2],
    minima: [[0, 0]],
  },
  {
    name: 'bowl',
    title: 'Elongated bowl',
    hint: 'Forty times as steep across as along: plain descent zigzags or crawls, what divides by the size of gradients goes straight.',
    text: '0.5x² + 20y²',
    view: [-6, 6, -2.4, 2.4],
    start: [-5, 1.6],
    minima: [[0, 0]],
  },
  {
    name: 'rosenbrock',
    title: 'Rosenbrock’s valley',
    hint: 'The valley is found at once; to follow its curve takes hundreds of steps.',
    text: '(1 - x)² + 100(y - x²)²',
    view: [-2, 2, -1, 3],
    start: [-1.5, 2],
    rate: 0.05,
    minima: [[1, 1]],
  },
  {
    name: 'beale',
    title: 'Beale’s function',
    hint: 'Steep walls, a flat floor, and one minimum at (3, 0.5).',
    text: '(1.5 - x + xy)² + (2.25 - x + xy²)² + (2.625 - x + xy³)²',
    view: [-4.5, 4.5, -4.5, 4.5],
    start: [1, 1.5],
    rate: 0.5,
    minima: [[3, 0.5]],
  },
  {
    name: 'himmelblau',
    title: 'Himmelblau’s function',
    hint: 'Four minima of equal value: from one start, what follows the gradient ends in another one than what divides by its size.',
    text: '(x² + y - 11)² + (x + y² - 7)²',
    view: square(5.5),
    start: [0, -1],
    rate: 0.3,
    minima: [
      [3, 2],
      [-2.805118, 3.131312],
      [-3.77931, -3.283186],
      [3.584428, -1.848126],
    ],
  },
  {
    name: 'saddle',
    title: 'Saddle',
    hint: 'Almost on the ridge the gradient shows no way out; sooner or later all leave to one side. There is no minimum.',
    text: 'x² - y²',
    view: square(2),
    start: [1.6, 0.002],
    minima: [],
  },
  {
    name: 'monkey',
    title: 'Flat saddle with a floor',
    hint: 'The gradient vanishes at the saddle (0, 0); two minima lie behind it.',
    text: 'x² + 0.25y⁴ - 0.5y²',
    view: square(2),
    start: [1.4, 0.01],
    minima: [
      [0, 1],
      [0, -1],
    ],
  },
  {
    name: 'plateau',
    title: 'Plateau with noise',
    hint: 'Far out almost flat, with ripples: only what divides by the gradient’s size takes large steps there.',
    text: '1 - exp(-0.3(x² + y²)) + 0.01 sin(9x) sin(9y)',
    view: square(4),
    start: [2.6, 2.2],
    minima: [
      [0.0726483, -0.0726483],
      [-0.0726483, 0.0726483],
    ],
  },
  {
    name: 'waves',
    title: 'Many local minima',
    hint: 'Momentum rolls through the dents to the lowest one; most others end in the first.',
    text: '0.5(x² + y²) + 2 - cos(4x) - cos(4y)',
    view: square(4),
    start: [-3.3, 3.4],
    minima: [[0, 0]],
  },
  {
    name: 'ravine',
    title: 'Ravine with a corner',
    hint: 'An absolute value has no smooth bottom: fixed steps cross it back and forth.',
    text: 'abs(x + 0.5y) + 0.1(x - y)²',
    view: square(3),
    start: [-2.4, 2.6],
    minima: [[0, 0]],
  },
];

/** How far the nearest minimum is, as a share of the picture's size; infinitely far where there is none. */
export const distance = (
  { minima, view: [left, right, bottom, top] }: Surface,
  { x, y }: { readonly x: number; readonly y: number },
): number => Math.min(...minima.map(([mx, my]) => Math.hypot((x - mx) / (right - left), (y - my) / (top - bottom))));

/** The surface of this name. */
export const surfaceBy = (name: string): Surface | undefined => SURFACES.find((one) => one.name === name);
