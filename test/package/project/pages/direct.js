import * as simdescent from '/node_modules/simdescent/dist/index.js';
import { train } from '/train.js';

document.documentElement.dataset.digest = await train(simdescent);
