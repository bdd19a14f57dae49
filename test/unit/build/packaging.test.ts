import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import config from '../../../build/electron-builder.config.mjs'
import { electronOutputs } from '../../../build/steps/bundle-electron.ts'
import { thirdPartyLicences } from '../../../build/steps/third-party-licences.ts'
import { targets } from '../../../build/steps/targets.ts'
import { root } from '../../../build/steps/root.ts'

// electron-builder's own modules, at its own versions.
const require = createRequire(join(root, 'node_modules', 'app-builder-lib', 'package.json'))
type Validate = (config: unknown, logger: { isEnabled: boolean }) => Promise<void>
const { validateConfiguration } = require('./out/util/config/config.js') as {
  validateConfiguration: Validate
}
type Matches = (path: string, pattern: string, options: { dot: boolean }) => boolean
const { minimatch } = require('minimatch') as { minimatch: Matches }

const validate = (candidate: unknown) => validateConfiguration(candidate, { isEnabled: false })

/** electron-builder's rule: the last pattern that matches decides; a pattern without `!` takes a file in. */
function isPacked(path: string): boolean {
  return config.files.reduce((packed, pattern) => {
    const excludes = pattern.startsWith('!')
    const glob = excludes ? pattern.slice(1) : pattern
    const hit = minimatch(path, glob, { dot: true }) || minimatch(path, `${glob}/**/*`, { dot: true })
    return hit ? !excludes : packed
  }, false)
}

describe('the packaging configuration', () => {
  it("is valid by electron-builder's own schema", async () => {
    await expect(validate(config)).resolves.toBeUndefined()
  })

  it('is really checked: an unknown key and a wrong type are refused', async () => {
    await expect(validate({ ...config, electronFuse: {} })).rejects.toThrow(/electronFuse/)
    await expect(validate({ ...config, asar: 'yes please' })).rejects.toThrow(/asar/)
  })

  it('closes the ways into a packaged Electron', () => {
    expect(config.electronFuses).toMatchObject({
      runAsNode: false,
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      onlyLoadAppFromAsar: true,
      enableEmbeddedAsarIntegrityValidation: true,
    })
  })

  it('offers each format for x64 and arm64', () => {
    const formats = [config.linux, config.mac, config.win].flatMap(({ target }) => target)
    expect(formats.map(({ target }) => target).sort()).toEqual(['AppImage', 'deb', 'dmg', 'nsis'])
    for (const { arch } of formats) expect(arch).toEqual(['x64', 'arm64'])
  })

  it('names only resources that exist', () => {
    const paths = [config.linux.icon, config.mac.icon, config.win.icon, config.mac.entitlements]
    for (const path of paths) expect(() => readdirOrRead(join(root, path))).not.toThrow()
  })
})

describe('what is packed', () => {
  it('is every file that the build writes', () => {
    const built = [...electronOutputs, ...targets.renderer.outputs]
    expect(built).toContain('dist/electron/worker.js')
    const more = [
      'dist/electron/chunk-Ab3_x-9z.js',
      'dist/renderer/assets/index-Ab3.js',
      'package.json',
      'LICENSE',
    ]
    for (const path of [...built, ...more]) expect(isPacked(path), path).toBe(true)
  })

  it('contains the entry that package.json names', () => {
    const { main } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { main: string }
    expect(electronOutputs).toContain(main)
    expect(isPacked(main)).toBe(true)
  })

  it('brings the licence of every package that is bundled', () => {
    const text = thirdPartyLicences(root)
    const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      dependencies: Record<string, string>
    }
    for (const name of Object.keys(dependencies)) expect(text).toMatch(new RegExp(`^${name} \\d`, 'm'))
    expect(text).toMatch(/Permission is hereby granted/)
    expect(text).not.toMatch(/^vitest \d/m)
    expect(isPacked('dist/third-party-licences.txt')).toBe(true)
  })

  it('is nothing else: no sources, no packages, no maps', () => {
    const others = [
      'core/protocol.ts',
      'node_modules/ws/index.js',
      'dist/electron/main.js.map',
      'test/x.test.ts',
    ]
    for (const path of others) expect(isPacked(path), path).toBe(false)
  })
})

function readdirOrRead(path: string): unknown {
  try {
    return readdirSync(path)
  } catch {
    return readFileSync(path)
  }
}
