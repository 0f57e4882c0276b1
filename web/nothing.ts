/** Takes the place of modules that no page uses (vite.config.ts). */
function unused(): never {
  throw new Error('this is not a part of the page');
}

export {
  unused as blur2,
  unused as describe,
  unused as extent,
  unused as findFiles,
  unused as loadModel,
  unused as max,
  unused as nice,
  unused as progressLine,
  unused as restoreModel,
  unused as showArray,
  unused as StreamFeed,
  unused as saveModel,
  unused as summarize,
  unused as thresholdSturges,
  unused as ticks,
};
