/** Steps of an optimizer over the user's own tensors, outside a model: the same program as that of a model's update. */
import type { Scope } from '../engine/memory.ts';
import type { Program } from '../engine/program.ts';
import type { Engine } from '../engine/runtime.ts';
import { Graph } from '../graph/graph.ts';
import { lower } from '../graph/lower.ts';
import type { Tensor } from '../tensor.ts';
import type { GradientPair } from './pairs.ts';
import { recordUpdate, type Stepping } from './record.ts';
import { ACCUMULATOR, aligned, fillSlots, type ParameterRun, placeSlots, strideOf } from './slots.ts';

/** Where the slots of a tensor are, in a block of their own. */
interface Kept extends ParameterRun {
  readonly block: number;
}

/** The program of the latest step, for tensors at the same addresses. */
interface Recorded {
  readonly key: string;
  readonly scope: Scope;
  readonly program: Program;
  /** Where to copy the gradients, if the step changes them. */
  readonly copies: readonly number[];
}

/** The tensors that an optimizer has been applied to. */
export class Applied {
  readonly #kept = new Map<Tensor, Kept>();
  #recorded: Recorded | undefined;

  /** Parameters and slots of the tensors that still live. */
  get runs(): readonly ParameterRun[] {
    return [...this.#kept].filter(([tensor]) => !tensor.disposed).map(([, run]) => run);
  }

  /** Where the slots of a tensor are, once it has some. */
  slotsOf(tensor: Tensor): readonly number[] | undefined {
    return tensor.disposed ? undefined : this.#kept.get(tensor)?.slots;
  }

  /** Frees the slots of `tensors`, by default of all. */
  forget(engine: Engine, tensors: Iterable<Tensor> = this.#kept.keys()): void {
    for (const tensor of [...tensors]) {
      const kept = this.#kept.get(tensor);
      if (kept === undefined) continue;
      engine.free(kept.block);
      this.#kept.delete(tensor);
      this.#drop();
    }
  }

  /** Updates the parameters of `pairs`, which are checked already. Frees what a failing call has made. */
  step(pairs: readonly GradientPair[], optimizer: Stepping, engine: Engine, state: number): void {
    const made: Tensor[] = [];
    this.forget(
      engine,
      [...this.#kept.keys()].filter((tensor) => tensor.disposed),
    );
    try {
      const runs = pairs.map(([parameter, gradient]) => {
        const kept = this.#kept.get(parameter);
        if (kept === undefined) made.push(parameter);
        return { ...(kept ?? this.#make(parameter, optimizer, engine)), gradient: gradient.address };
      });
      const key = runs.map(({ parameters, gradient, length }) => `${parameters} ${gradient} ${length}`).join();
      if (this.#recorded?.key !== key) {
        this.#drop();
        this.#recorded = record(key, runs, optimizer, engine, state);
      }
      const { program, copies } = this.#recorded;
      for (const [i, address] of copies.entries())
        engine.f32(address, runs[i]?.length ?? 0).set(pairs[i]?.[1].data ?? []);
      program.runNow();
    } catch (error) {
      this.forget(engine, made);
      throw error;
    }
  }

  #make(tensor: Tensor, optimizer: Stepping, engine: Engine): Kept {
    const { address, shape, size } = tensor;
    const length = aligned(size);
    const place = { at: 0, shape, name: '' };
    const { floats, places } = placeSlots(optimizer, [place], length);
    const block = engine.arena.allocate(floats * 4, `the slots of ${optimizer.name}`);
    const slots = (places[0] ?? []).map((at) => (at < 0 ? 0 : block + at * 4));
    const stride = strideOf(optimizer, place, length);
    const kept = { block, parameters: address, gradient: 0, length: size, slots, stride, shape, undecayed: false };
    this.#kept.set(tensor, kept);
    fillSlots(optimizer, engine, [kept]);
    return kept;
  }

  #drop(): void {
    this.#recorded?.scope.dispose();
    this.#recorded = undefined;
  }
}

function record(
  key: string,
  given: readonly ParameterRun[],
  optimizer: Stepping,
  engine: Engine,
  state: number,
): Recorded {
  const { clipvalue, clipnorm, globalClipnorm, spec } = optimizer;
  const scope = engine.scope();
  try {
    const changed = spec.slots.includes(ACCUMULATOR) || (clipvalue ?? clipnorm ?? globalClipnorm) !== undefined;
    // one block, as in a model, so that a global norm is one sum; the gradients themselves are the caller's
    const length = given.reduce((sum, run) => sum + run.length, 0);
    let gradients = changed ? scope.allocate(4 * length) : 0;
    const block = gradients;
    const runs = given.map((run) => {
      const gradient = changed ? gradients : run.gradient;
      gradients += 4 * run.length;
      return { ...run, gradient };
    });
    const graph = new Graph(engine, scope, 1);
    recordUpdate(graph, optimizer, state, { gradients: block, length, runs, pieces: runs });
    return { key, scope, program: lower(graph), copies: changed ? runs.map(({ gradient }) => gradient) : [] };
  } catch (error) {
    scope.dispose();
    throw error;
  }
}
