/** Names of the optimizers. */
export type OptimizerName = 'sgd' | 'momentum' | 'nesterov' | 'adagrad' | 'rmsprop' | 'adam' | 'adamw' | 'nadam';

/** RMSProp as its author spells it; accepted too. */
export type OptimizerAlias = 'RMSProp';
