import { spawn } from 'node:child_process'
import { constants } from 'node:os'

const forwarded = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end, with our terminal as its own, and passes on the signals that we get.
 *
 * @param {string} command - Path of the program.
 * @param {string[]} args - Its arguments.
 * @param {import('node:child_process').SpawnOptions} [options] - Anything `spawn` takes; `stdio` is inherited by default.
 * @param {(child: import('node:child_process').ChildProcess) => void} [attend] - Gets the child, to listen to it.
 * @returns {Promise<number>} Its exit code; 128 + the signal's number when a signal ended it.
 * @throws The `spawn` error (ENOENT, EACCES) when the program cannot be started.
 */
export function run(command, args, options = {}, attend = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit', ...options })
    attend(child)
    const forward = (signal) => {
      // A terminal sends Ctrl-C to the child as well; a second one from us would read as "stop at once".
      if (signal === 'SIGINT' && process.stdin.isTTY) return
      child.kill(signal)
    }
    for (const signal of forwarded) process.on(signal, forward)
    const done = () => forwarded.forEach((signal) => process.off(signal, forward))
    child.once('error', (error) => {
      done()
      reject(error)
    })
    child.once('close', (code, signal) => {
      done()
      resolve(signal ? 128 + constants.signals[signal] : (code ?? 1))
    })
  })
}
