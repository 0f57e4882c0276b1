/** Descents on surfaces, as the page makes them: expressions, gradients, trajectories. */
import { describe, expect, test } from 'vitest';
import { compileStep, ops, optimizers, type SymbolicValue, tensor } from '../../src/index.ts';
import { Descent, objective, type Place } from '../../web/descent/descent.ts';
import { SENTENCES } from '../../web/descent/explain.ts';
import { evaluate, FUNCTIONS, parse, record } from '../../web/descent/expression.ts';
import { entrant } from '../../web/descent/settings.ts';
import { SURFACES, surfaceBy } from '../../web/descent/surfaces.ts';
import { NAMES, type RacerName, searches } from '../../web/optimizers.ts';

const numberAt = (text: string, x: number, y: number) => evaluate(parse(text))(x, y);
/** Value and gradient as the library computes them. */
function computed(text: string, x: number, y: number) {
  const f = objective(parse(text));
  const { value, gradients } = f([x, y]);
  const [gradient] = gradients;
  const numbers = Array.from(gradient?.data ?? []);
  gradient?.dispose();
  f.dispose();
  return { value, gradient: numbers };
}

describe('expressions', () => {
  test.each([
    ['5x² + 2xy + 3y²', 21],
    ['5*x^2 + 2*x*y + 3*y^2', 21],
    ['-x^2', -1],
    ['(-x)^2', 1],
    ['2^-y', 0.25],
    ['2^x^y', 2],
    ['y/2x', 1],
    ['3(x + y)(x - y)', -9],
    ['2e1 + 2e', 20 + 2 * Math.E],
    ['max(x, y) − min(x, y)', 1],
    ['.5y + 1.', 2],
    ['sin(pi/2) cos(0) exp(0) sqrt(4) abs(-x) + log(1) + tanh(0)', 2],
    ['x·y', 2],
  ])('%s at (1, 2) is %d', (text, value) => {
    expect(numberAt(text, 1, 2)).toBeCloseTo(value, 12);
    expect(computed(text, 1, 2).value).toBeCloseTo(value, 5);
  });

  test.each([
    ['', /missing/],
    ['x +', /missing.*character 4/],
    ['(x', /not closed/],
    ['x)', /no place/],
    ['x $ y', /no place.*character 3/],
    ['foo(x)', /“foo” is not known.*sin/],
    ['max(x)', /max takes 2/],
    ['sin x', /parentheses/],
    ['constructor(x)', /not known/],
    ['('.repeat(500), /longer/],
    [`${'('.repeat(100)}x`, /nested/],
    ['-'.repeat(200), /nested/],
  ])('%s is refused with a reason', (text, reason) => {
    expect(() => parse(text)).toThrow(RangeError);
    expect(() => parse(text)).toThrow(reason);
  });

  test.each(FUNCTIONS)('%s and its gradient agree with the slope', (name) => {
    const text = /max|min/.test(name) ? `${name}(x, y) x` : `${name}(1 + 0.3x y)`;
    const [x, y, step] = [0.7, 0.4, 1e-5];
    const { value, gradient } = computed(text, x, y);
    expect(value).toBeCloseTo(numberAt(text, x, y), 5);
    expect(gradient[0]).toBeCloseTo((numberAt(text, x + step, y) - numberAt(text, x - step, y)) / (2 * step), 4);
    expect(gradient[1]).toBeCloseTo((numberAt(text, x, y + step) - numberAt(text, x, y - step)) / (2 * step), 4);
  });
});

describe('surfaces', () => {
  test('the article’s function has the gradient [14, 14] at (1, 2) and [12, 8] at (1, 1)', () => {
    const { text } = SURFACES.find(({ name }) => name === 'article') ?? { text: '' };
    expect(computed(text, 1, 2)).toEqual({ value: 21, gradient: [14, 14] });
    expect(computed(text, 1, 1)).toEqual({ value: 10, gradient: [12, 8] });
  });

  test.each(SURFACES.map((one) => [one.title, one] as const))('%s: minima, start and view fit', (_, surface) => {
    const { text, minima, start, view } = surface;
    const [left, right, bottom, top] = view;
    for (const [x, y] of [...minima, start]) {
      expect(x).toBeGreaterThanOrEqual(left);
      expect(x).toBeLessThanOrEqual(right);
      expect(y).toBeGreaterThanOrEqual(bottom);
      expect(y).toBeLessThanOrEqual(top);
    }
    const f = evaluate(parse(text));
    for (const [x, y] of minima)
      for (const [dx, dy] of [
        [0.01, 0],
        [-0.01, 0],
        [0, 0.01],
        [0, -0.01],
        [0.01, 0.01],
        [0.01, -0.01],
        [-0.01, 0.01],
        [-0.01, -0.01],
      ] as const)
        expect(f(x + dx, y + dy)).toBeGreaterThan(f(x, y));
  });
});

/** Where optimizers are after so many steps on a surface, with the page's settings. */
function after(steps: number, surface: string, ...names: RacerName[]): Place[] {
  const on = surfaceBy(surface);
  if (!on) throw new Error(`no surface is called ${surface}`);
  const f = objective(parse(on.text));
  const places = names.map((name) => {
    const descent = new Descent(f, entrant(name, on), on.start);
    for (let step = 0; step < steps; step++) descent.step();
    const { place } = descent;
    descent.dispose();
    return place;
  });
  f.dispose();
  return places;
}
const USUAL: RacerName[] = ['sgd', 'momentum', 'nesterov', 'adagrad', 'rmsprop', 'adam', 'nadam'];

describe('what is said of the surfaces', () => {
  test('on every surface that has a floor all stay that are told a rate, and the usual ones are soon low', () => {
    const told = NAMES.filter((name) => name !== 'prodigy' && name !== 'dAdaptAdam');
    for (const { name, minima } of SURFACES) {
      if (minima.length === 0) continue;
      const [start] = after(0, name, 'sgd');
      for (const [i, { value }] of after(300, name, ...told).entries())
        expect(value, `${told[i]}, ${name}`).toBeLessThanOrEqual(Math.max(1, start?.value ?? 0));
      for (const { value } of after(300, name, ...USUAL)) expect(value, name).toBeLessThan(50);
    }
  });

  test('on the bowl plain descent crawls, Adam goes', () => {
    const [sgd, adam] = after(60, 'bowl', 'sgd', 'adam');
    expect(sgd?.x).toBeLessThan(-1);
    expect(Math.abs(adam?.x ?? 9)).toBeLessThan(1);
  });

  test('to follow Rosenbrock’s valley takes hundreds of steps', () => {
    const there = ({ x, y }: Place) => Math.hypot(x - 1, y - 1) < 0.1;
    for (const place of after(200, 'rosenbrock', ...USUAL)) {
      expect(there(place)).toBe(false);
      expect(Math.abs(place.y - place.x ** 2)).toBeLessThan(0.3);
    }
    expect(after(1500, 'rosenbrock', 'momentum', 'adam').map(there)).toEqual([true, true]);
  });

  test('on Himmelblau’s function those that divide by the size of gradients end elsewhere', () => {
    const ends = after(150, 'himmelblau', ...USUAL).map(({ x, y }) => [Math.round(x * 2) / 2, Math.round(y * 2) / 2]);
    expect(ends).toEqual(USUAL.map((_, i) => (i < 3 ? [3.5, -2] : [3, 2])));
  });

  test('from the saddle all of them leave', () => {
    for (const { y } of after(300, 'saddle', ...USUAL)) expect(Math.abs(y)).toBeGreaterThan(2);
  });

  test('from the plateau plain descent does not find down, Adam does', () => {
    const [sgd, adam] = after(300, 'plateau', 'sgd', 'adam');
    expect(sgd?.value).toBeGreaterThan(0.9);
    expect(adam?.value).toBeLessThan(0.01);
  });

  test('among many minima momentum comes to the lowest, the others of the usual ones do not', () => {
    const lowest = after(300, 'waves', ...USUAL).map(({ value }) => value < 0.01);
    expect(lowest).toEqual(USUAL.map((name) => name === 'momentum'));
  });

  test('momentum overshoots, Nesterov less, and Nadam less than Adam', () => {
    const past = (name: RacerName) =>
      Math.min(...[10, 15, 20, 25].map((steps) => after(steps, 'article', name)[0]?.y ?? 0));
    expect(past('momentum')).toBeLessThan(past('nesterov'));
    expect(past('adam')).toBeLessThan(past('nadam'));
  });
});

describe('descents', () => {
  test.each(NAMES)('%s goes the way of the library’s own calls, on every surface', (name) => {
    for (const surface of SURFACES) {
      const { text, start } = surface;
      const { options } = entrant(name, surface);
      const f = objective(parse(text));
      const descent = new Descent(f, { name, options }, start);
      const point = tensor([2], [...start]);
      const optimizer = optimizers[name](options as never);
      const loss = (at: SymbolicValue) =>
        ops.sum(record(parse(text), ops.slice(at, [0], [1]), ops.slice(at, [1], [1])));
      const search = searches(name) ? compileStep({ loss, parameters: point, optimizer }) : undefined;
      const way = [Array.from(point.data)];
      while (way.length <= 60 && !descent.over) {
        descent.step();
        const { gradients } = f(point);
        const [gradient] = gradients;
        if (gradient === undefined) throw new Error('no gradient');
        if (search) search();
        else optimizer.apply([[point, gradient]]);
        gradient.dispose();
        way.push(Array.from(point.data));
      }
      expect(descent.trail.map(({ x, y }) => [x, y])).toEqual(way);
      search?.dispose();
      for (const one of [descent, optimizer, point, f]) one.dispose();
    }
  });

  test.each(NAMES)('three sentences say what %s does', (name) => {
    expect(SENTENCES[name].match(/\.(?= |$)/g)).toHaveLength(3);
  });

  test('L-BFGS is at the bottom of the article’s function within ten steps', () => {
    const f = objective(parse('5x² + 2xy + 3y²'));
    const descent = new Descent(f, entrant('lbfgs'), [1, 2]);
    for (let step = 0; step < 10; step++) descent.step();
    expect(Math.hypot(descent.place.x, descent.place.y)).toBeLessThan(0.01);
    for (const one of [descent, f]) one.dispose();
  });

  test('what an optimizer remembers is seen beside the point', () => {
    const f = objective(parse('x² + y²'));
    const descent = new Descent(f, { name: 'momentum', options: { learningRate: 0.25, momentum: 0.5 } }, [1, -2]);
    expect(descent.slots).toBeUndefined();
    descent.step();
    expect(descent.slots).toEqual({ velocity: Float32Array.of(-0.5, 1) });
    descent.dispose();
    f.dispose();
  });

  test('a descent that leaves all numbers ends', () => {
    const f = objective(parse('x^4 + y^4'));
    const descent = new Descent(f, { name: 'sgd', options: { learningRate: 10 } }, [3, 3]);
    for (let step = 0; step < 100; step++) descent.step();
    expect(descent.over).toBe(true);
    expect(descent.steps).toBeLessThan(20);
    descent.dispose();
    f.dispose();
  });
});
