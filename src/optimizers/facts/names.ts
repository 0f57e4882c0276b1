/** Names of the optimizers that `compile` knows. */
export type CompiledName = 'sgd' | 'momentum' | 'nesterov' | 'adagrad' | 'rmsprop' | 'adam' | 'adamw' | 'nadam';

/** Names of all optimizers. */
export type OptimizerName =
  | CompiledName
  | 'ftrl'
  | 'adadelta'
  | 'adamax'
  | 'yogi'
  | 'signSgd'
  | 'radam'
  | 'adabelief'
  | 'adan'
  | 'lion'
  | 'scheduleFreeSgd'
  | 'scheduleFreeAdamW'
  | 'lamb'
  | 'lars'
  | 'novograd'
  | 'adafactor'
  | 'muon'
  | 'ademamix'
  | 'adabound'
  | 'rprop'
  | 'asgd'
  | 'sophia'
  | 'prodigy'
  | 'dAdaptAdam'
  | 'soap'
  | 'lbfgs';

/** Names of the functions that make an optimizer of others. */
export type WrapperName = 'multiOptimizer' | 'lookahead' | 'sam';

/** RMSProp as its author spells it; accepted too. */
export type OptimizerAlias = 'RMSProp';
