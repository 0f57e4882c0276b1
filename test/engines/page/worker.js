import { perform } from './perform.js';

self.onmessage = async ({ data }) => {
  try {
    postMessage({ results: await perform(data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
