import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { browserOpener, findAddress, openInBrowser } from '../../../build/steps/open-browser.ts'

const address = 'http://127.0.0.1:43019/#token=up0H6ku9nk0hQ_-MmaaoJCc5'
let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bidual-open-'))
  writeFileSync(join(folder, 'xdg-open'), `#!/bin/sh\necho "$@" > "${folder}/opened"\n`)
  chmodSync(join(folder, 'xdg-open'), 0o755)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the browser of the user', () => {
  it('is known on macOS and Windows, elsewhere with a display and xdg-open', () => {
    expect(browserOpener('darwin', {})?.command).toBe('open')
    expect(browserOpener('win32', {})?.command).toBe('cmd')
    expect(browserOpener('linux', { PATH: folder })).toBeUndefined()
    expect(browserOpener('linux', { PATH: join(folder, 'empty'), DISPLAY: ':0' })).toBeUndefined()
    expect(browserOpener('linux', { PATH: folder, DISPLAY: ':0' })?.command).toBe(join(folder, 'xdg-open'))
    expect(browserOpener('linux', { PATH: folder, WAYLAND_DISPLAY: 'wayland-0' })).toBeDefined()
  })

  it.runIf(process.platform === 'linux')(
    'gets a page that only we may read, never the token itself',
    async () => {
      const page = join(folder, 'open.html')
      writeFileSync(page, 'left over', { mode: 0o644 })
      openInBrowser(page, address, browserOpener('linux', { PATH: folder, DISPLAY: ':0' })!)
      const opened = join(folder, 'opened')
      while (!existsSync(opened) || readFileSync(opened, 'utf8') === '') await sleep(10)
      expect(readFileSync(opened, 'utf8').trim()).toBe(page)
      expect(readFileSync(page, 'utf8')).toContain(`url=${address}"`)
      expect(statSync(page).mode & 0o777).toBe(0o600)
    },
  )
})

describe('the address of a browser host', () => {
  it('is found in what it prints, once it is there in full', () => {
    expect(findAddress(`Bidual is at ${address}\nmore`)).toBe(address)
    expect(findAddress(`Bidual is at ${address}`)).toBeUndefined()
    expect(findAddress('Bidual is at http://127.0.0.1:43019/ \n')).toBeUndefined()
  })
})
