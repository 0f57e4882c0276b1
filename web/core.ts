/** The core of the library as a file: what needs it waits until it is here. */
import file from '../build/published/core-full.wasm?url';
import { provideCore } from '../src/slim.ts';

let brought: Promise<unknown> | undefined;

export function bringCore(): Promise<unknown> {
  brought ??= provideCore(fetch(file));
  return brought;
}
