import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './error.mjs'

const remedy =
  'Its install script fetches Node from the package registry and did not run or did not finish. ' +
  'Run `npm rebuild node --ignore-scripts=false`, then try again.'

/**
 * The Node that the project's scripts run on: the `node` package of devDependencies, the major version inside Electron.
 *
 * @param {string} root - The checkout.
 * @returns {{ path: string, version: string }} Its executable, and the version that package-lock.json asked for.
 * @throws SetupError when its install script left no executable, with the remedy.
 */
export function runtime(root) {
  const folder = join(root, 'node_modules', 'node')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const path = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  if (!existsSync(path)) throw new SetupError(`Node ${version} is missing from node_modules. ${remedy}`)
  return { path, version }
}

/**
 * Starts the runtime once, to be sure that it works on this machine. Done after each installation, not at each start.
 *
 * @param {{ path: string, version: string }} node - From `runtime`.
 * @throws SetupError when it does not run, or is another version than asked for.
 */
export function proveRuntime({ path, version }) {
  let printed
  try {
    printed = execFileSync(path, ['--version'], { encoding: 'utf8' }).trim()
  } catch (error) {
    throw new SetupError(`Node ${version} was installed but does not run here (${error.message}). ${remedy}`)
  }
  if (printed !== `v${version}`)
    throw new SetupError(`node_modules holds Node ${printed} instead of v${version}. ${remedy}`)
}
