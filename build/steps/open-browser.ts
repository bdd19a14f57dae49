import { spawn } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'

export interface Opener {
  readonly command: string
  readonly args: readonly string[]
}

/**
 * What opens a page in the user's browser.
 *
 * @param platform - As Node names it.
 * @param env - Environment; elsewhere than on macOS and Windows a display and xdg-open are needed.
 * @returns A program that takes a file as its last argument, or undefined where no browser is known.
 */
export function browserOpener(
  platform: NodeJS.Platform,
  env: Readonly<Record<string, string | undefined>>,
): Opener | undefined {
  if (platform === 'darwin') return { command: 'open', args: [] }
  // `start` takes a first quoted argument for a window's title.
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'start', ''] }
  if (!env.DISPLAY && !env.WAYLAND_DISPLAY) return undefined
  const folders = (env.PATH ?? '').split(delimiter)
  const command = folders.map((folder) => join(folder, 'xdg-open')).find(existsSync)
  return command ? { command, args: [] } : undefined
}

/**
 * The address that a browser host prints, with its token.
 *
 * @param output - What it has printed so far.
 * @returns The address, or undefined as long as it is not there in full.
 */
export function findAddress(output: string): string | undefined {
  return /http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+(?=\s)/.exec(output)?.[0]
}

/**
 * Opens an address through a page that only we may read and that leads there: everybody on this machine can read the
 * arguments of a program, and the address holds the token.
 *
 * @param page - File that is written, and deleted when this process ends.
 * @param address - Where to go.
 * @param opener - From `browserOpener`.
 */
export function openInBrowser(page: string, address: string, opener: Opener): void {
  const html = `<!doctype html><title>Bidual</title><meta http-equiv="refresh" content="0; url=${address}">`
  // An older page would keep its permissions.
  rmSync(page, { force: true })
  writeFileSync(page, html, { mode: 0o600 })
  process.once('exit', () => rmSync(page, { force: true }))
  const child = spawn(opener.command, [...opener.args, page], { stdio: 'ignore', detached: true })
  // The address is on the screen already; a browser that does not start costs nothing.
  child.once('error', () => undefined)
  child.unref()
}
