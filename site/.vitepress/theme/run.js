/** The Run button of an example: it trains in a worker of the reader's page, and compares what it prints with what the page says. */
import { withBase } from 'vitepress';
import { h, onBeforeUnmount, ref } from 'vue';

// as in site/examples.js
const timeless = (text) => text.replace(/\b\d+(\.\d+)?( ?)m?s\b/g, '…$2s').trimEnd();

export const RunExample = {
  props: { name: { type: String, required: true } },
  setup({ name }) {
    const lines = ref([]);
    const state = ref('');
    const running = ref(false);
    let worker;
    const end = (says) => {
      worker?.terminate();
      worker = undefined;
      running.value = false;
      state.value = says;
    };
    const run = () => {
      if (worker) return end('Stopped.');
      lines.value = [];
      running.value = true;
      state.value = 'Running…';
      worker = new Worker(withBase(`/run/worker.js?example=${name}`), { type: 'module' });
      worker.onerror = (event) => end(`It could not be started: ${event.message || 'the worker was not found'}.`);
      worker.onmessage = ({ data: { line, done, error } }) => {
        if (line !== undefined) lines.value.push(line);
        if (!done) return;
        const expected = document.querySelector('.expected code')?.textContent ?? '';
        const same = timeless(lines.value.join('\n')) === expected.trimEnd();
        end(
          error
            ? `It failed: ${error}`
            : same
              ? 'Finished: it printed what this page says, to the last digit.'
              : 'Finished: it printed something else than this page says.',
        );
      };
    };
    onBeforeUnmount(() => end(''));
    return () =>
      h('div', { class: 'run' }, [
        h('button', { type: 'button', onClick: run }, running.value ? 'Stop' : 'Run it here'),
        h('span', { role: 'status' }, state.value),
        lines.value.length > 0
          ? h('pre', { tabindex: 0, 'aria-label': 'What it prints' }, lines.value.join('\n'))
          : undefined,
      ]);
  },
};

/** A link to an example that is a page itself. */
export const RunPage = {
  props: { name: { type: String, required: true } },
  setup:
    ({ name }) =>
    () =>
      h('p', { class: 'run' }, h('a', { href: withBase(`/run/${name}.html`), target: '_self' }, 'Run it here')),
};
