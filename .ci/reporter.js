/** Writes what a run of the tests came to into the file named by `REPORT`, for .ci/count.js. */
import { writeFileSync } from 'node:fs';

export default class {
  onTestRunEnd(modules, errors) {
    const files = modules.map((module) => {
      const tests = [...module.children.allTests()];
      const inState = (state) => tests.filter((test) => test.result().state === state);
      return {
        file: module.relativeModuleId,
        ok: module.ok(),
        passed: inState('passed').length,
        failed: inState('failed').map((test) => test.fullName),
      };
    });
    writeFileSync(process.env.REPORT, JSON.stringify({ files, errors: errors.length }));
  }
}
