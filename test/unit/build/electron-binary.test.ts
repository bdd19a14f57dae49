import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { electronBinary, fetchElectron } from '../../../build/steps/electron-binary.ts'

let root: string
const lines: string[] = []
const hour = 60 * 60_000

/** Puts an electron package into the checkout whose install.js is the given script. */
function electronPackage(installer: string, version = '45.0.0') {
  const folder = join(root, 'node_modules', 'electron')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ version, type: 'commonjs' }))
  writeFileSync(join(folder, 'install.js'), installer)
}

const works = `
  const fs = require('node:fs'), path = require('node:path')
  fs.mkdirSync(path.join(__dirname, 'dist'), { recursive: true })
  fs.writeFileSync(path.join(__dirname, 'dist', 'electron'), '')
  fs.writeFileSync(path.join(__dirname, 'path.txt'), 'electron')`
const unreachable = `console.error('RequestError: getaddrinfo ENOTFOUND releases.example\\n    at stack'); process.exit(1)`
const hangs = `setInterval(() => {}, 1000)`

const fetch = (options: { at?: number; insist?: boolean; limit?: number } = {}) =>
  fetchElectron(root, {
    limit: options.limit ?? 20_000,
    log: (line) => void lines.push(line),
    insist: options.insist,
    now: () => options.at ?? 0,
  })

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'bidual-electron-'))
  lines.length = 0
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

describe("Electron's binary", () => {
  it('is fetched once, with one line about it', async () => {
    electronPackage(works)
    expect(electronBinary(root)).toBeUndefined()
    const { binary } = await fetch()
    expect(binary).toBe(join(root, 'node_modules', 'electron', 'dist', 'electron'))
    expect((await fetch()).binary).toBe(binary)
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/Fetching Electron 45\.0\.0/)
  })

  it('is not asked for again for a day after a failure, whose reason is kept', async () => {
    electronPackage(unreachable)
    const first = await fetch({ at: 0 })
    expect(first.binary).toBeUndefined()
    expect(first.reason).toMatch(/download failed .*ENOTFOUND/)
    expect(first.reason).not.toMatch(/stack/)
    electronPackage(works)
    const second = await fetch({ at: 23 * hour })
    expect(second.binary).toBeUndefined()
    expect(second.reason).toMatch(/ENOTFOUND.*less than a day ago/)
    expect((await fetch({ at: 25 * hour })).binary).toBeDefined()
  })

  it('is asked for at once when the user insists or the version changes', async () => {
    electronPackage(unreachable)
    await fetch()
    electronPackage(works)
    expect((await fetch({ insist: true })).binary).toBeDefined()
    rmSync(join(root, 'node_modules'), { recursive: true })
    electronPackage(unreachable, '45.0.1')
    await fetch()
    electronPackage(works, '45.0.2')
    expect((await fetch()).binary).toBeDefined()
  })

  it('is given up after the time limit', async () => {
    electronPackage(hangs)
    const { binary, reason } = await fetch({ limit: 300 })
    expect(binary).toBeUndefined()
    expect(reason).toMatch(/did not end within/)
    expect(existsSync(join(root, '.cache', 'electron-not-fetched.json'))).toBe(true)
  })

  it('counts as missing when its note is there but the file is not', () => {
    electronPackage(works)
    writeFileSync(join(root, 'node_modules', 'electron', 'path.txt'), 'electron')
    expect(electronBinary(root)).toBeUndefined()
  })
})
