import { describe, expect, test } from 'vitest';
import { builds, loadCore } from '../core.ts';
import { makeOptimizer } from './optimizer-state.ts';

// What the optimizers must do by pencil and paper: quadratics, constant gradients, the two forms of Nesterov's method.

describe.each(builds)('laws of the optimizers, %s build', (build) => {
  const core = loadCore(build);

  test('sgd on h x^2 / 2 shrinks x by 1 - a h each step', () => {
    core.reset();
    const h = [1, 2, 4, -0.5];
    const sgd = makeOptimizer(core, { name: 'sgd', learningRate: 0.125 }, [1, 1, 1, 1]);
    for (let t = 1; t <= 20; t++) {
      sgd.step(Array.from(sgd.weights, (x, i) => x * (h[i] ?? 0)));
      for (const [i, x] of sgd.weights.entries()) expect(x).toBeCloseTo((1 - 0.125 * (h[i] ?? 0)) ** t, 6);
    }
  });

  test('heavy ball on h x^2 / 2 follows its recurrence of two terms', () => {
    core.reset();
    const [a, mu, h] = [0.125, 0.75, 2];
    const ball = makeOptimizer(core, { name: 'momentum', learningRate: a, momentum: mu }, [1]);
    let [before, x] = [1, 1];
    for (let t = 0; t < 40; t++) {
      ball.step([(ball.weights[0] ?? 0) * h]);
      [before, x] = [x, (1 + mu - a * h) * x - mu * before];
      expect(ball.weights[0]).toBeCloseTo(x, 6);
    }
  });

  test('sgd on 5 x^2 + 2 x y + 3 y^2 converges below a learning rate of 2 / (8 + 2 sqrt 2), and not above', () => {
    const gradient = ([x = 0, y = 0]: ArrayLike<number> & Iterable<number>) => [10 * x + 2 * y, 2 * x + 6 * y];
    expect(gradient([1, 1])).toEqual([12, 8]);
    const limit = 2 / (8 + 2 * Math.SQRT2);
    const size = (learningRate: number) => {
      core.reset();
      const sgd = makeOptimizer(core, { name: 'sgd', learningRate }, [1, 1]);
      for (let t = 0; t < 500; t++) sgd.step(gradient(sgd.weights));
      return Math.hypot(...sgd.weights);
    };
    expect(size(0.98 * limit)).toBeLessThan(1e-6);
    expect(size(1.02 * limit)).toBeGreaterThan(1e6);
  });

  test('nesterov holds the point ahead of the textbook iterate, so needs no second gradient', () => {
    core.reset();
    const [a, mu] = [0.0625, 0.75];
    const gradient = (x: number) => 3 * x + Math.sin(x);
    const nesterov = makeOptimizer(core, { name: 'nesterov', learningRate: a, momentum: mu }, [2]);
    let [theta, v] = [2, 0];
    for (let t = 0; t < 30; t++) {
      nesterov.step([gradient(nesterov.weights[0] ?? 0)]);
      v = mu * v - a * gradient(theta + mu * v);
      theta += v;
      expect(Math.abs((nesterov.weights[0] ?? 0) - (theta + mu * v))).toBeLessThan(1e-6);
    }
  });

  describe('under a constant gradient', () => {
    const gradients = [1, -3, 0.0009765625, 1e-5, 1e-7];
    const a = 0.125;

    /** Checks the change of every step against `change(g, t)`. Weights are 0 before each, to see changes whole. */
    function check(settings: Parameters<typeof makeOptimizer>[1], change: (g: number, t: number) => number): void {
      core.reset();
      const optimizer = makeOptimizer(core, settings, gradients);
      for (let t = 1; t <= 25; t++) {
        optimizer.weights.fill(0);
        optimizer.step(gradients);
        optimizer.weights.forEach((w, i) => {
          const expected = change(gradients[i] ?? 0, t);
          expect(Math.abs(w - expected)).toBeLessThan(4e-6 * Math.abs(expected));
        });
      }
    }

    test('adam makes steps of the learning rate, less what epsilon takes', () => {
      check({ name: 'adam', learningRate: a }, (g, t) => (-a * g) / (Math.abs(g) + 1e-7 / Math.sqrt(1 - 0.999 ** t)));
      check({ name: 'adam', learningRate: a, epsilonMode: 'paper' }, (g) => (-a * g) / (Math.abs(g) + 1e-7));
      check({ name: 'adam', learningRate: a, epsilonMode: 'insideSqrt' }, (g) => (-a * g) / Math.sqrt(g * g + 1e-7));
    });

    test('adagrad makes steps that fall with the root of the time', () => {
      check({ name: 'adagrad', learningRate: a }, (g, t) => (-a * g) / Math.sqrt(0.1 + t * g * g + 1e-7));
    });

    test('rmsprop starts fast', () => {
      check({ name: 'rmsprop', learningRate: a }, (g, t) => (-a * g) / Math.sqrt(g * g * (1 - 0.9 ** t) + 1e-7));
    });

    test('nadam looks ahead in its first step, by 1.0627878', () => {
      core.reset();
      const nadam = makeOptimizer(core, { name: 'nadam', learningRate: a, epsilon: 0 }, [0, 0]);
      nadam.step([1, -3]);
      const [u1, u2] = [0.9 * (1 - 0.5 * 0.96), 0.9 * (1 - 0.5 * 0.96 ** 2)];
      const ahead = (u2 * 0.1) / (1 - u1 * u2) + 1;
      expect(ahead).toBeCloseTo(1.0627878, 7);
      expect(nadam.weights[0]).toBeCloseTo(-a * ahead, 7);
      expect(nadam.weights[1]).toBeCloseTo(a * ahead, 7);
    });
  });
});
