import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { run } from '../setup/child.mjs'
import { SetupError } from '../setup/error.mjs'
import { bringUpToDate, seconds } from '../steps/bring-up-to-date.ts'
import { captured } from '../steps/captured.ts'
import { ensureChromium } from '../steps/install-chromium.ts'
import { root } from '../steps/root.ts'
import { targets } from '../steps/targets.ts'
import { closingLine, countTests } from '../steps/test-report.ts'

interface Step {
  readonly name: string
  /** Resolves to true when all is well; says what is wrong itself. */
  readonly run: () => Promise<boolean>
}

const tool = (...path: string[]) => join(root, 'node_modules', ...path)
const reportOf = (project: string) => join(root, '.cache', 'tests', `${project}.json`)
const projects = ['unit', 'e2e']

/** Each group starts when the one before it has passed; the steps of a group run side by side. */
const groups: readonly (readonly Step[])[] = [
  [{ name: 'Chromium', run: prepareChromium }],
  [{ name: 'build', run: build }],
  [
    { name: 'lint', run: check(tool('eslint', 'bin', 'eslint.js'), '.', '--max-warnings', '0') },
    { name: 'types', run: check(tool('vue-tsc', 'bin', 'vue-tsc.js'), '--noEmit') },
    {
      name: 'format',
      run: check(tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'),
    },
  ],
  ...projects.map((project) => [{ name: `${project} tests`, run: vitest(project) }]),
]

/**
 * `npm test`: everything that has to hold, up to the first step that fails. The last line counts the tests.
 *
 * @returns 0 when every step passed, else 1.
 */
export async function main(): Promise<number> {
  for (const project of projects) rmSync(reportOf(project), { force: true })
  const start = performance.now()
  let failed: string[] = []
  for (const group of groups) {
    const outcomes = await Promise.all(group.map(timed))
    failed = group.filter((_, i) => !outcomes[i]).map((step) => step.name)
    if (failed.length > 0) break
  }
  const verdict = failed.length > 0 ? `Stopped: ${failed.join(' and ')} failed` : 'Everything passed'
  console.log(`\n${verdict}, after ${seconds(performance.now() - start)}.`)
  console.log(closingLine(countTests(projects.map(reportOf))))
  return failed.length > 0 ? 1 : 0
}

async function timed(step: Step): Promise<boolean> {
  const start = performance.now()
  const passed = await step.run().catch((error: unknown) => {
    console.error(error instanceof SetupError ? error.message : error)
    return false
  })
  console.log(`${passed ? '✓' : '✗'} ${step.name} (${seconds(performance.now() - start)})`)
  return passed
}

async function prepareChromium(): Promise<boolean> {
  const { path, how } = await ensureChromium(console.log)
  console.log(`Chromium: ${path} (${how})`)
  // So that the tests drive this one and do not search again.
  process.env.BIDUAL_CHROMIUM = path
  return true
}

async function build(): Promise<boolean> {
  await bringUpToDate(Object.values(targets), console.log)
  return true
}

/** A step that is a Node script: silent when it passes, shown whole when it does not. */
function check(...args: string[]): () => Promise<boolean> {
  return async () => {
    const { code, output } = await captured(args)
    if (code !== 0) console.log(output)
    return code === 0
  }
}

/** A step that is a Vitest project: its own report on the screen, its counts in a file. */
function vitest(project: string): () => Promise<boolean> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${reportOf(project)}`]
  const args = [tool('vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters]
  return async () => (await run(process.execPath, args, { cwd: root })) === 0
}
