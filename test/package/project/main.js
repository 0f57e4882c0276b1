import { createRuntime, layers, optimizers, sequential } from 'simdescent';
import { train } from './train.js';

train({ createRuntime, layers, optimizers, sequential }).then((digest) => {
  if (typeof document === 'undefined') console.log(digest);
  else document.documentElement.dataset.digest = digest;
});
