/** The browser host as a program: opens the machine, serves the window, closes both on a signal. */
import { BidualError } from '../../../core/errors.ts'
import { createMachine } from '../../machine/create-machine.ts'
import { errorCode } from '../../services/disk.ts'
import { rendererFolder } from '../static-files.ts'
import { startBrowserServer } from './server.ts'
import type { BrowserServer } from './server.ts'

export interface ServeOptions {
  /** 0: any free one. */
  port: number
  /** Folder of the workspace. */
  workspace: string
  print: (line: string) => void
  warn: (line: string) => void
}

/**
 * Serves until SIGINT or SIGTERM.
 *
 * @returns the exit code
 * @throws BidualError `conflict` when the port is taken, `forbidden` when the workspace cannot be written to
 */
export async function serve({ port, workspace, print, warn }: ServeOptions): Promise<number> {
  const stopped = untilSignal()
  const machine = await createMachine({ workspace, host: 'browser', warn })
  try {
    const server = await start(port, machine)
    print(`Bidual is at ${server.address}`)
    await stopped
    print('Closing.')
    await server.close()
  } finally {
    await machine.close()
  }
  return 0
}

async function start(
  port: number,
  machine: Parameters<typeof startBrowserServer>[0]['machine'],
): Promise<BrowserServer> {
  try {
    return await startBrowserServer({ machine, renderer: rendererFolder(), port })
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') {
      throw new BidualError(
        'conflict',
        `Port ${port} is in use. Choose another one with --port, or none for any.`,
      )
    }
    if (errorCode(error) === 'EACCES') {
      throw new BidualError('forbidden', `Port ${port} may not be used. Choose one above 1023 with --port.`)
    }
    throw error
  }
}

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => resolve())
    process.once('SIGTERM', () => resolve())
  })
}
