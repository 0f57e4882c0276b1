/** The keys that move a page on: space plays and pauses, a full stop does one step. */

/** Clicks the buttons; not while a key means something to the element that has the focus, one of `busy`. */
export function onKeys(play: HTMLButtonElement, step: HTMLButtonElement, busy: string): void {
  document.addEventListener('keydown', (event) => {
    const target = event.target as Element | null;
    if (event.ctrlKey || event.metaKey || event.altKey || target?.closest(busy)) return;
    if (event.key === ' ') play.click();
    else if (event.key === '.') step.click();
    else return;
    event.preventDefault();
  });
}
