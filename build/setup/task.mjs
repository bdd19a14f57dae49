import { SetupError } from './error.mjs'
import { runTask, setExitCode } from './launch.mjs'

// The second half of `launch`, started by it in Node 24: node task.mjs <task> [arguments].
const [task, ...args] = process.argv.slice(2)
try {
  setExitCode(await runTask(task, args))
} catch (error) {
  if (!(error instanceof SetupError)) throw error
  console.error(error.message)
  process.exitCode = 1
}
