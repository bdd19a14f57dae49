import { spawn } from 'node:child_process'
import { root } from './root.ts'

export interface Captured {
  readonly code: number
  /** stdout and stderr together, in order of arrival. */
  readonly output: string
}

/**
 * Runs a Node script of the checkout and keeps what it prints, so that steps that run side by side do not mix their lines.
 *
 * @param args - Script and arguments for Node.
 * @returns Exit code and output; a script that cannot be started or is ended by a signal counts as code 1.
 */
export function captured(args: readonly string[]): Promise<Captured> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    const take = (chunk: Buffer) => (output += chunk.toString())
    child.stdout.on('data', take)
    child.stderr.on('data', take)
    child.once('error', (error) => resolve({ code: 1, output: error.message }))
    child.once('close', (code) => resolve({ code: code ?? 1, output }))
  })
}
