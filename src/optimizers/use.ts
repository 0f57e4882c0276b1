/** An optimizer in use: its state block in the core's memory, and who owns the parameters. */
import * as layout from '../../assembly/optimizers/layout.ts';
import type { Scope } from '../engine/memory.ts';
import type { Engine } from '../engine/runtime.ts';
import { Applied } from './apply.ts';
import type { ParameterBlock } from './slots.ts';
import type { Spec } from './spec.ts';

/** Where an optimizer's state and slots are. */
export interface Binding {
  readonly owner: object;
  readonly engine: Engine;
  /** Where `state` and `schedule` live. */
  readonly scope: Scope;
  readonly state: number;
  /** Where the learning-rate schedule is, 0 for none. */
  readonly schedule: number;
  /** The parameters of a model or a compiled step. */
  readonly block: ParameterBlock | undefined;
}

/** The mutable state of an optimizer. It and the wrappers around it are one, and share it. */
export class Use {
  binding: Binding | undefined;
  readonly applied: Applied = new Applied();
  #learningRate: number;
  #calls = 0;

  constructor(learningRate: number) {
    this.#learningRate = learningRate;
  }

  get learningRate(): number {
    return this.#learningRate;
  }

  set learningRate(value: number) {
    this.#learningRate = value;
    this.#write(layout.AT_LEARNING_RATE, value);
  }

  /** Steps done, those that only accumulated gradients included. */
  get calls(): number {
    return this.#read(layout.AT_CALLS) ?? this.#calls;
  }

  /** Sets them, and the values that the kernel carries from step to step as those steps would have left them. */
  set calls(value: number) {
    this.#calls = value;
    this.#write(layout.AT_CALLS, value);
    this.binding?.engine.core.seekOptimizer(this.binding.state);
  }

  /** Nadam's. */
  get momentumProduct(): number {
    return this.#read(layout.AT_MOMENTUM_PRODUCT) ?? 1;
  }

  /** Continues from saved counters. */
  restore(calls: number, momentumProduct: number): void {
    this.#calls = calls;
    this.#write(layout.AT_CALLS, calls);
    this.#write(layout.AT_MOMENTUM_PRODUCT, momentumProduct);
  }

  /** Fills the state block with the rule's options. */
  start(binding: Binding, { rule, own, further }: Spec, weightDecay: number): void {
    const ints = binding.engine.i32(binding.state, 2);
    ints[layout.AT_KIND / 4] = rule.kind(own);
    ints[layout.AT_SCHEDULE / 4] = binding.schedule;
    this.binding = binding;
    this.#write(layout.AT_LEARNING_RATE, this.#learningRate);
    this.#write(layout.AT_WEIGHT_DECAY, weightDecay);
    this.#write(layout.AT_ACCUMULATION_STEPS, further.gradientAccumulationSteps ?? 1);
    for (const [i, [name, facts]] of Object.entries(rule.options).entries()) {
      const value = own[name];
      this.#write(layout.AT_OPTIONS + 8 * i, Number('codes' in facts ? facts.codes[String(value)] : value));
    }
    this.calls = this.#calls;
  }

  /** Forgets its state and its slots, and that it has done steps. */
  end({ engine }: Binding): void {
    this.binding = undefined;
    this.#calls = 0;
    this.applied.forget(engine);
  }

  /** A float64 of the state block; undefined while there is none. */
  #read(at: number): number | undefined {
    return this.binding?.engine.f64(this.binding.state + at, 1)[0];
  }

  #write(at: number, value: number): void {
    this.binding?.engine.f64(this.binding.state + at, 1).fill(value);
  }
}
