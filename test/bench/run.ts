/**
 * `npm run bench -- <suite> [options]`: runs test/bench/<suite>.ts, which exports `run(options)`.
 *
 * Benchmarks stand apart from tests: they print what they measured and assert nothing about time.
 */
import { readdir } from 'node:fs/promises'
import { joinVectors } from '../../electron/services/joined-vectors.ts'

interface Suite {
  run(options: readonly string[]): void | Promise<void>
}

/** Files of this folder that are not suites. */
const helpers = new Set(['run.ts', 'report.ts', 'roofline.ts', 'plain-gemm.ts', 'program-data.ts'])

const [name, ...options] = process.argv.slice(2)
const files = (await readdir(import.meta.dirname)).filter(
  (file) => file.endsWith('.ts') && !helpers.has(file),
)
const suites = files.map((file) => file.slice(0, -'.ts'.length)).sort()

if (name !== undefined && suites.includes(name)) {
  const build = new URL('../../build/kernels.mjs', import.meta.url).href
  const { buildKernels } = (await import(build)) as { buildKernels: () => Promise<boolean> }
  await buildKernels()
  joinVectors()
  const suite = (await import(`./${name}.ts`)) as Suite
  await suite.run(options)
} else {
  process.stderr.write(`Which benchmark? npm run bench -- ${suites.join(' | ')}\n`)
  process.exitCode = 2
}
