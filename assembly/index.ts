/** The export list of the published core: only what the TypeScript side calls. */
export { activation, softmax } from "./activations/index";
export { loss } from "./losses/index";
export { accumulateGradients } from "./optimizers/accumulate";
export { averageWeights } from "./optimizers/average";
export { prepareOptimizer, updateParameters, advanceOptimizer, seekOptimizer } from "./optimizers/index";
export { scheduledRate } from "./optimizers/schedules";
export { sum, sumSquares, weightedSum } from "./reduce";
export { exp, log, tanh, erf, sigmoid, softplus, sqrt } from "./maps";
export { scale, clip, add, subtract, multiply, divide, transpose } from "./elementwise";
export { uniform, normal, truncatedNormal, shuffle } from "./random";
export { gemm, gemmScratchBytes } from "./gemm/gemm";
export { reductionScale } from "./losses/reduction";
export { clipByNorm } from "./operations/update";
export { heapBase, run, resume, work } from "./program";
export { sqrt64 } from "./scalar";
