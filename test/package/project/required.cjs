const simdescent = require('simdescent');

import('./train.js').then(({ train }) => train(simdescent)).then(console.log);
