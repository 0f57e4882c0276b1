import { perform } from './perform.js';

self.onmessage = async ({ data }) => {
  try {
    postMessage({ result: await perform(data) });
  } catch (error) {
    postMessage({ error: String(error) });
  }
};
