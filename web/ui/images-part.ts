/** Where the images come from: the small set at once, all of them by download or from files that are dropped on the page. */
import { DOWNLOAD, type Images } from '../data/images.ts';
import { FIRST } from '../settings.ts';
import type { Part } from './app.ts';
import { h, setText } from './dom.ts';
import { bytes, count } from './format.ts';

/** `got` is called when images that were asked for here have arrived. */
export function imagesPart(images: Images, got: () => void): Part {
  const state = h('p', { class: 'hint' });
  const error = h('p', { class: 'notice bad', hidden: true });
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
    if (images.whole) return;
    // what goes wrong is shown
    images.get(files).then(got, () => undefined);
  }
  const drop = h(
    'div',
    { class: 'drop' },
    h('label', { for: 'files' }, 'Or choose the four files, or drop them anywhere on the page'),
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

  function update(): void {
    const { whole, download, failure } = images;
    setText(
      state,
      whole
        ? 'All 60,000 training and 10,000 test images are loaded and verified by SHA-256.'
        : download
          ? `Downloading: ${bytes(download.received)} of ${bytes(DOWNLOAD)}`
          : `${count(FIRST.train)} training and ${count(FIRST.test)} test images come with the page. A race with more images needs them all.`,
    );
    error.hidden = failure === '';
    setText(error, failure);
    setText(button, failure === '' ? `Get all images (${bytes(DOWNLOAD)})` : 'Try again');
    button.disabled = download !== undefined;
    button.hidden = whole;
    drop.hidden = whole;
  }
  const element = h('div', { class: 'images' }, h('h3', {}, 'Images'), state, error, button, drop);
  return { element, update };
}
