/** What a visitor takes along: files, and the address of what is shown. */
import { h, setText } from './dom.ts';

export function save(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  h('a', { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** A button that copies the address; `says` tells what it opens: `this race`. */
export function linkButton(says: HTMLElement, opens: string): HTMLButtonElement {
  const link = h('button', { type: 'button', id: 'link' }, 'Copy link');
  link.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(location.href);
      setText(says, `Copied: the link opens ${opens}, with these settings.`);
    } catch {
      setText(says, `The link is the address of this page: ${location.href}`);
    }
  });
  return link;
}
