/** The browser host as a person starts it: a process of its own, an address on its output, a Chromium page. */
import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { launchChromium } from './chromium.ts'

const HOST = join(import.meta.dirname, '../../dist/electron/browser.js')

export interface Workbench {
  page: Page
  /** With the token in its fragment. */
  address: string
  /** Everything that the page wrote to its console as an error, and its uncaught errors. */
  complaints: string[]
  close: () => Promise<void>
}

/** Starts the built browser host on an empty workspace and opens its address in Chromium. */
export async function openWorkbench(): Promise<Workbench> {
  const workspace = await mkdtemp(join(tmpdir(), 'bidual-e2e-'))
  const host = spawn(process.execPath, [HOST, '--workspace', workspace], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const address = await printedAddress(host)
  const browser: Browser = await launchChromium()
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(error.message))
  await page.goto(address)
  return {
    page,
    address,
    complaints,
    async close() {
      await browser.close()
      const ended = new Promise((resolve) => host.once('exit', resolve))
      host.kill('SIGINT')
      await ended
      await rm(workspace, { recursive: true, force: true })
    },
  }
}

function printedAddress(host: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = ''
    host.stdout!.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      const found = /http:\/\/127\.0\.0\.1:\d+\/#token=\S+/.exec(output)
      if (found) resolve(found[0])
    })
    host.once('exit', (code) =>
      reject(new Error(`The host ended with ${code} before printing its address: ${output}`)),
    )
  })
}

/** Drops a file anywhere on the window, as from the desktop. */
export async function dropFile(page: Page, name: string, text: string): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([fileName, content]) => {
      const data = new DataTransfer()
      data.items.add(new File([content], fileName))
      return data
    },
    [name, text],
  )
  for (const type of ['dragenter', 'dragover', 'drop']) {
    await page.dispatchEvent('body', type, { dataTransfer: transfer })
  }
}
