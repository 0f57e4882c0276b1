/** The namespace `configs`. */
export {
  compileOptionsFrom,
  initializerFrom,
  layerFrom,
  lossFrom,
  metricFrom,
  modelFrom,
  optimizerFrom,
  type Registrable,
  register,
  scheduleFrom,
  weightsOf,
} from '../model/from-config.ts';
