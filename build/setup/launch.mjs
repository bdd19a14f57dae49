import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { run } from './child.mjs'
import { SetupError } from './error.mjs'
import { ensureInstalled } from './install.mjs'
import { proveRuntime, runtime } from './runtime.mjs'

const setup = dirname(fileURLToPath(import.meta.url))
const root = dirname(dirname(setup))
const oldestNode = 20

/**
 * What every command of package.json does first: install what is missing, then carry on in Node 24. Nothing here may
 * import from node_modules, and everything must run on Node 20.
 *
 * @param {string} task - File name in build/tasks; its `main(args)` returns the exit code, or nothing.
 * @returns {Promise<void>} Settles when the task has ended; sets `process.exitCode`.
 */
export async function launch(task) {
  try {
    setExitCode(await prepareAndRun(task))
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    console.error(error.message)
    process.exitCode = 1
  }
}

async function prepareAndRun(task) {
  refuseOldNode()
  stopWithParent()
  const installed = await ensureInstalled(root)
  const node = runtime(root)
  if (installed) proveRuntime(node)
  preferProjectTools()
  const args = process.argv.slice(2)
  // npm puts node_modules/.bin first on PATH, so from the second start on this process is the right Node already.
  if (process.versions.node === node.version) return runTask(task, args)
  return run(node.path, [join(setup, 'task.mjs'), task, ...args])
}

/**
 * Sets the exit code, unless the task left that to somebody else.
 *
 * @param {number | undefined} code - What a task returned.
 */
export function setExitCode(code) {
  if (code !== undefined) process.exitCode = code
}

/**
 * Imports a task and runs it in this process, with `process.argv` as if the task had been called directly.
 *
 * @param {string} task - File name in build/tasks.
 * @param {string[]} args - The user's arguments.
 * @returns {Promise<number | undefined>} The exit code.
 */
export async function runTask(task, args) {
  const path = join(root, 'build', 'tasks', task)
  process.argv = [process.argv[0], path, ...args]
  const { main } = await import(pathToFileURL(path).href)
  return main(args)
}

function refuseOldNode() {
  if (Number(process.versions.node.split('.')[0]) >= oldestNode) return
  throw new SetupError(
    `Bidual needs Node ${oldestNode} or newer to set itself up; this is ${process.version}.`,
  )
}

/** npm signals only its shell, which ends without a word to us; a long run would go on with nobody to see it. */
function stopWithParent() {
  if (process.platform === 'win32' || process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const watch = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(watch)
    process.kill(process.pid, 'SIGTERM')
  }, 500)
  watch.unref()
}

function preferProjectTools() {
  const bin = join(root, 'node_modules', '.bin')
  if (process.env.PATH?.split(delimiter)[0] !== bin)
    process.env.PATH = [bin, process.env.PATH].join(delimiter)
}
