/** The export list, nothing else. */
export { exp, log, tanh, erf, sigmoid, softplus, sqrt, exp64, log64, cos64, sqrt64, pow64 } from "./math";
export { activation, activationGradient, softmax, softmaxGradient } from "./activations/index";
export { loss, accuracy } from "./losses/index";
export { prepareOptimizer, updateParameters, advanceOptimizer } from "./optimizers/index";
export { scheduledRate } from "./optimizers/schedules";
export { columnSums, sum, sumSquares, sumAbs, weightedSum } from "./reduce";
export { scale, clip, axpy, penaltyGradient, add, subtract, multiply, divide, transpose } from "./elementwise";
export { philox, uniform, normal, truncatedNormal, shuffle, dropout } from "./random";
export { normalQuantile } from "./quantile";
export { gatherBytes, gatherFloats } from "./data";
export { gemm, gemmScratchBytes } from "./gemm/gemm";
export { tiles } from "./gemm/tile";
export { reductionScale } from "./losses/reduction";
export { clipByNorm } from "./operations";
export { plan } from "./plan";
export { heapBase, run, resume, work } from "./program";
