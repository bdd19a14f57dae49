import { accessSync, constants, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { run } from '../../../build/setup/child.mjs'
import { whyNotElectron } from '../../../build/steps/choose-host.ts'
import { root } from '../../../build/steps/root.ts'
import { closingLine, countTests } from '../../../build/steps/test-report.ts'

const read = (path: string) => readFileSync(join(root, path), 'utf8')
const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }

describe('the commands', () => {
  it('of CI are the ones that the README opens with', () => {
    const commands = read('.ci/run')
      .split('\n')
      .filter((line) => /^(npm|npx|node|yarn)\b/.test(line))
    expect(commands).toEqual(['npm test'])
    const opening = read('README.md').split('\n').slice(0, 30).join('\n')
    expect(opening).toMatch(/^npm test\b/m)
    expect(opening).toMatch(/^npm start\b/m)
    expect(() => accessSync(join(root, '.ci', 'run'), constants.X_OK)).not.toThrow()
  })

  it.each(['start', 'test', 'build', 'bidual', 'package'])(
    '`%s` runs a script that exists and needs no package',
    (name) => {
      const script = /^node (\S+)$/.exec(scripts[name])?.[1]
      expect(script).toBeDefined()
      expect(read(script!)).toMatch(/^import \{ launch \} from '\.\/setup\/launch\.mjs'$/m)
      const task = /launch\('(.+)'\)/.exec(read(script!))?.[1]
      expect(existsSync(join(root, 'build', 'tasks', task!))).toBe(true)
    },
  )

  it('reach Node 24 through scripts that import nothing from node_modules', () => {
    const setup = ['child', 'error', 'install', 'launch', 'lock', 'runtime', 'task']
    for (const name of setup) {
      const imported = read(`build/setup/${name}.mjs`).matchAll(/^import .* from '(.+)'$/gm)
      for (const [, from] of imported) expect(from, name).toMatch(/^(node:|\.\/)/)
    }
  })
})

describe('a program that a command starts', () => {
  const node = (script: string) => run(process.execPath, ['-e', script], { stdio: 'ignore' })

  it('hands its exit code on', async () => {
    expect(await node('process.exit(7)')).toBe(7)
    expect(await node('')).toBe(0)
  })

  it.runIf(process.platform !== 'win32')('counts as 128 + the signal that ended it', async () => {
    expect(await node(`process.kill(process.pid, 'SIGTERM'); setInterval(() => {}, 1000)`)).toBe(143)
  })

  it('that does not exist is an error, not an exit code', async () => {
    await expect(run('/no/such/program', [])).rejects.toThrow(/ENOENT/)
  })
})

describe('package-lock.json', () => {
  it('holds no download addresses, so that every registry serves it', () => {
    const { packages } = JSON.parse(read('package-lock.json')) as {
      packages: Record<string, { resolved?: string }>
    }
    expect(Object.keys(packages).filter((path) => packages[path].resolved !== undefined)).toEqual([])
  })
})

describe('the host of `npm start`', () => {
  const screen = { args: [], platform: 'linux', env: { DISPLAY: ':0' }, uid: 1000 } as const

  it.each([
    ['Electron with an X display', screen, undefined],
    ['Electron with Wayland', { ...screen, env: { WAYLAND_DISPLAY: 'wayland-0' } }, undefined],
    [
      'Electron on macOS, where no variable announces a display',
      { ...screen, platform: 'darwin', env: {} },
      undefined,
    ],
    ['Electron on Windows', { ...screen, platform: 'win32', env: {}, uid: undefined }, undefined],
    ['a browser when asked', { ...screen, args: ['--browser'] }, /--browser/],
    ['a browser without a display', { ...screen, env: {} }, /no display/],
    ['a browser with an empty DISPLAY', { ...screen, env: { DISPLAY: '' } }, /no display/],
    ['a browser for root', { ...screen, uid: 0 }, /root/],
  ] as const)('is %s', (_, situation, reason) => {
    const why = whyNotElectron(situation)
    if (reason) expect(why).toMatch(reason)
    else expect(why).toBeUndefined()
  })
})

describe('the closing line of `npm test`', () => {
  it('adds up what the reports of unit and end-to-end tests say', () => {
    const folder = mkdtempSync(join(tmpdir(), 'bidual-reports-'))
    const report = (name: string, passed: number, failed: number, pending: number, todo: number) => {
      const counts = {
        numPassedTests: passed,
        numFailedTests: failed,
        numPendingTests: pending,
        numTodoTests: todo,
      }
      writeFileSync(join(folder, name), JSON.stringify(counts))
      return join(folder, name)
    }
    const reports = [report('unit.json', 10, 1, 2, 1), report('e2e.json', 5, 0, 1, 0)]
    expect(closingLine(countTests(reports))).toBe('15 passed, 1 failed, 4 skipped')
    rmSync(folder, { recursive: true })
  })

  it('counts nothing for a step that was not reached', () => {
    expect(closingLine(countTests(['no-such-report.json']))).toBe('0 passed, 0 failed, 0 skipped')
  })
})
