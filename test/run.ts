/** Which tests run: what only some of them need is installed only before those. */
import type { TestProject } from 'vitest/node';

/** Whether a test file below one of these folders of test/ runs. */
export const runs = ({ vitest }: TestProject, ...folders: readonly string[]): boolean =>
  vitest.state.getPaths().some((path) => folders.some((folder) => path.includes(`/test/${folder}/`)));
