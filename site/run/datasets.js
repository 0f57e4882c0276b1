/** Data sets for the examples: Fashion-MNIST comes from the race's folder beside this one. */
import { loadFashionMnist as load } from './package/datasets.js';

const data = new URL('../race/fashion-mnist/', import.meta.url).href;
export const loadFashionMnist = (options = {}) => load({ data, ...options });
