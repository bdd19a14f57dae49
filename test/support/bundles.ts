/** Parts of electron/ bundled as the build does it: threads and processes start several times faster than from the sources. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { rolldown } from 'rolldown'

const sourceOf = (path: string) => fileURLToPath(new URL(`../../electron/${path}`, import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'bidual-bundles-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Bundled once a test file. */
const made = new Map<string, Promise<string>>()

async function bundle(input: string, file: string): Promise<string> {
  const build = await rolldown({ input: sourceOf(input), platform: 'node', external: [/^node:/] })
  await build.write({ file, format: 'esm', codeSplitting: false })
  await build.close()
  return file
}

function bundled(input: string, name: string): Promise<string> {
  const known = made.get(name) ?? bundle(input, join(folder, name))
  made.set(name, known)
  return known
}

/** The code of the worker threads. */
export async function bundledWorker(): Promise<URL> {
  return pathToFileURL(await bundled('worker/entry.ts', 'worker.mjs'))
}

/** The command line, with the worker's code where it looks for it. @returns the path of its entry */
export async function bundledCli(): Promise<string> {
  await bundled('worker/entry.ts', 'worker.js')
  return bundled('hosts/cli/main.ts', 'cli.mjs')
}
