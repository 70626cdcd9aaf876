import type { Reporter, SerializedError, TestModule } from 'vitest/node'

/** Ends the output of a test run with `N passed, N failed`, alone on the last line, for people and scripts to read. */
export class ClosingLine implements Reporter {
  #passed = 0
  #failed = 0
  #skipped = 0

  onInit(): void {
    // Other reporters may still print after the last hook; after this event nobody does.
    process.once('exit', (code) => {
      // A run that broke before its tests has failed, though no test did.
      const failed = code === 0 ? this.#failed : Math.max(1, this.#failed)
      const skipped = this.#skipped > 0 ? `, ${this.#skipped} skipped` : ''
      process.stdout.write(`${this.#passed} passed, ${failed} failed${skipped}\n`)
    })
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const suites = modules.flatMap((module) => [module, ...module.children.allSuites()])
    const inState = (state: string) => tests.filter((test) => test.result().state === state).length
    // What breaks outside a test is a failure too: a file that cannot be loaded, a hook, a rejection nobody handled.
    const elsewhere = unhandledErrors.length + suites.filter((suite) => suite.errors().length > 0).length
    this.#passed = inState('passed')
    this.#failed = inState('failed') + elsewhere
    this.#skipped = tests.length - inState('passed') - inState('failed')
  }
}
