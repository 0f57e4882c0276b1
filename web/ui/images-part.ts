/** Where the images come from: the small set at once, all of them by download or from files that are dropped on the page. */

import type { DatasetProgress } from '../../src/datasets/index.ts';
import { DOWNLOAD, type Images } from '../data/images.ts';
import { FIRST } from '../settings.ts';
import { h, setText } from './dom.ts';
import { bytes, count } from './format.ts';

export interface ImagesPart {
  readonly element: HTMLElement;
  /** Gets all images, showing how far it is; rejects when that fails, which is shown as well. */
  get(files?: readonly Blob[]): Promise<void>;
}

export function imagesPart(images: Images, got: () => void): ImagesPart {
  const state = h('p', { class: 'hint', role: 'status' });
  const bar = h('progress', { max: DOWNLOAD, value: 0, hidden: true, 'aria-label': 'Images received' });
  const error = h('p', { class: 'notice bad', role: 'alert', hidden: true });
  const button = h('button', { type: 'button', id: 'get-images', onclick: () => take([]) });
  const input = h('input', {
    type: 'file',
    id: 'files',
    multiple: true,
    accept: '.gz,application/gzip,application/octet-stream',
  });
  input.addEventListener('change', () => {
    if (input.files && input.files.length > 0) take([...input.files]);
  });

  function take(files: readonly Blob[]): void {
    // what went wrong is shown
    get(files).then(got, () => undefined);
  }
  const drop = h(
    'div',
    { class: 'drop' },
    h('label', { for: 'files' }, 'Or give the four files: choose them, or drop them anywhere on the page'),
    input,
  );
  addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    drop.classList.add('over');
  });
  addEventListener('dragleave', () => drop.classList.remove('over'));
  addEventListener('drop', (event) => {
    drop.classList.remove('over');
    if (!event.dataTransfer || event.dataTransfer.files.length === 0) return;
    event.preventDefault();
    take([...event.dataTransfer.files]);
  });

  function show(): void {
    setText(
      state,
      images.whole
        ? 'All 60,000 + 10,000 images are here, verified by SHA-256.'
        : `${count(FIRST.train)} + ${count(FIRST.test)} images came with the page. Races of more images need all of them.`,
    );
    setText(button, error.hidden ? `Get all images (${bytes(DOWNLOAD)})` : 'Try again');
    button.hidden = images.whole;
    drop.hidden = images.whole;
  }

  async function get(files: readonly Blob[] = []): Promise<void> {
    if (images.whole) return;
    const received = new Map<string, number>();
    const progress = (one: DatasetProgress) => {
      received.set(one.file, one.received);
      const sum = [...received.values()].reduce((a, b) => a + b, 0);
      bar.value = sum;
      setText(state, `Getting ${one.file}: ${bytes(sum)} of ${bytes(DOWNLOAD)}`);
    };
    error.hidden = true;
    // on a small screen the settings may be folded, and what goes wrong must be seen
    element.closest('details')?.setAttribute('open', '');
    button.disabled = true;
    bar.hidden = false;
    bar.value = 0;
    setText(state, 'Getting the images…');
    try {
      await images.download(files, progress);
      show();
    } catch (reason) {
      error.hidden = false;
      setText(error, `Fashion-MNIST could not be loaded. ${reason instanceof Error ? reason.message : String(reason)}`);
      throw reason;
    } finally {
      button.disabled = false;
      bar.hidden = true;
      show();
    }
  }
  show();
  const element = h('div', { class: 'images' }, h('h3', {}, 'Images'), state, bar, error, button, drop);
  return { element, get };
}
