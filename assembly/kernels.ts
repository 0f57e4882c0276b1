/** The core with every kernel exported, for tests and benchmarks; the published one has only the exports of index.ts. */
export * from "./full";
export { execute } from "./program";
export { activationGradient, softmaxGradient } from "./activations/index";
export { accuracy } from "./losses/index";
export { columnSums, sumAbs } from "./reduce";
export { axpy, penaltyGradient } from "./elementwise";
export { philox, dropout } from "./random";
export { normalQuantile } from "./quantile";
export { gatherBytes, gatherFloats } from "./data";
export { conv, convInputGradient } from "./conv/forward";
export { convKernelGradient } from "./conv/kernel-gradient";
export { pool, poolGradient } from "./conv/pool";
export { tiles } from "./gemm/tile";
export { cos64, exp64, log64, pow64 } from "./scalar";
