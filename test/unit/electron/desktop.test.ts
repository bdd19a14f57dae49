import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { DesktopBridge } from '../../../core/bridge.ts'
import { EVENT_NAMES, REQUESTS } from '../../../core/protocol.ts'
import type { Events, Machine, RequestParams } from '../../../core/protocol.ts'
import { isSafeLink } from '../../../electron/hosts/desktop/lockdown.ts'
import { menuTemplate } from '../../../electron/hosts/desktop/menu.ts'
import { documentsAmong } from '../../../electron/hosts/desktop/open-document.ts'
import { restoreWindow } from '../../../electron/hosts/desktop/window-state.ts'
import { machineOfBridge } from '../../../renderer/api/bridge-machine.ts'
import { app, BrowserWindow, sender, system } from '../../support/electron-stand-in/index.ts'
import { CSV, ENDLESS_DOCUMENT, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'

vi.mock('electron', () => import('../../support/electron-stand-in/index.ts'))
vi.mock('../../../electron/worker/location.ts', async () => {
  const worker = await (await import('../../support/bundles.ts')).bundledWorker()
  return { workerLocation: () => worker }
})

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let machine: Machine
const bridge = () => system.exposed.bidual as DesktopBridge
const windowOf = () => BrowserWindow.getAllWindows()[0]

beforeAll(async () => {
  folder = await temporaryFolder()
  system.folders = { documents: join(folder.path, 'Documents'), userData: folder.path }
  vi.stubEnv('BIDUAL_WORKSPACE', undefined)
  await writeFile(join(folder.path, 'data.csv'), CSV)
  await writeDocument('argument.bidual')
  const { startDesktop } = await import('../../../electron/hosts/desktop/desktop.ts')
  void startDesktop([folder.path, '--flag', join(folder.path, 'argument.bidual')])
  await vi.waitFor(() => expect(windowOf()?.shown).toBe(true))
  await import('../../../electron/hosts/desktop/preload.ts')
  machine = machineOfBridge(bridge())
})

afterAll(() => folder[Symbol.asyncDispose]())

async function writeDocument(name: string, file = 'data.csv'): Promise<string> {
  const path = join(folder.path, name)
  await writeFile(path, JSON.stringify({ ...SMALL_DOCUMENT, name, dataset: { file } }))
  return path
}

/** The next command that the window hears. */
const nextCommand = () =>
  new Promise<Events['command']>((resolve) => {
    const end = machine.on('command', (command) => {
      end()
      resolve(command)
    })
  })

describe('the window', () => {
  it('is isolated, sandboxed, and at an address of its own', () => {
    expect(system.sandboxed).toBe(true)
    expect(windowOf().options.webPreferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    })
    expect(windowOf().address).toBe('app://bidual/')
    expect(system.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
    ])
  })

  it('is given one method a request and one subscription an event, and nothing else', () => {
    const events = EVENT_NAMES.map((name) => `on${name[0].toUpperCase()}${name.slice(1)}`)
    expect(Object.keys(bridge()).sort()).toEqual([...Object.keys(REQUESTS), ...events].sort())
    expect(Object.keys(system.exposed)).toEqual(['bidual'])
  })

  it('opens the document named on the command line once it listens', async () => {
    const command = nextCommand()
    expect(await machine.request('listExperiments', {})).toHaveLength(1)
    expect(await command).toEqual({ name: 'open', experimentId: 'argument-bidual' })
    const detail = await machine.request('getExperiment', { id: 'argument-bidual' })
    const document = detail.document as RequestParams<'inspectProblem'>['document']
    const { file } = document.dataset as { file: string }
    expect(file).toMatch(/^\.\.\/\.\.\/datasets\/data-\w+\/data\.csv$/)
    const inspection = await machine.request('inspectProblem', { experimentId: 'argument-bidual', document })
    expect(inspection.summary.n).toBe(4)
  })

  it('gets errors with their code and place', async () => {
    await expect(machine.request('getExperiment', { id: 'none' })).rejects.toMatchObject({
      name: 'BidualError',
      code: 'not-found',
    })
    expect(await machine.request('getAppInfo', {})).toMatchObject({
      host: 'desktop',
      workspacePath: join(folder.path, 'Documents', 'Bidual'),
    })
  })

  it('hears events until it ends its subscription', async () => {
    const themes: string[] = []
    const end = machine.on('settingsChanged', ({ theme }) => themes.push(theme))
    await machine.request('setSettings', { theme: 'dark' })
    end()
    await machine.request('setSettings', { theme: 'light' })
    expect(themes).toEqual(['dark'])
  })
})

describe('strangers', () => {
  it.each([
    ['another page', { url: 'https://evil.example/', parent: null }],
    ['another host of our scheme', { url: 'app://evil/', parent: null }],
    ['a frame inside our page', { url: 'app://bidual/', parent: {} }],
  ])('are refused: %s', async (_, frame) => {
    const own = { ...sender }
    Object.assign(sender, frame)
    expect(await bridge().getAppInfo({})).toMatchObject({ ok: false, error: { code: 'forbidden' } })
    Object.assign(sender, own)
    expect(await bridge().getAppInfo({})).toMatchObject({ ok: true })
  })
})

describe('the lockdown', () => {
  it('denies permissions, except for copying text', () => {
    const { request, check, device } = system.permissionHandlers as Record<
      string,
      (...args: unknown[]) => unknown
    >
    const answers: boolean[] = []
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'clipboard-sanitized-write',
    ]) {
      request(null, permission, (granted: boolean) => answers.push(granted))
      expect(check(null, permission)).toBe(permission === 'clipboard-sanitized-write')
    }
    expect(answers).toEqual([false, false, false, false, true])
    expect(device({})).toBe(false)
  })

  it('denies navigation, new windows and embedded pages', () => {
    const { webContents } = windowOf()
    const isPrevented = (name: string, url: string) => {
      const preventDefault = vi.fn()
      webContents.emit(name, { url, preventDefault })
      return preventDefault.mock.calls.length > 0
    }
    expect(isPrevented('will-navigate', 'https://evil.example/')).toBe(true)
    expect(isPrevented('will-navigate', 'file:///etc/passwd')).toBe(true)
    expect(isPrevented('will-frame-navigate', 'app://evil/')).toBe(true)
    expect(isPrevented('will-navigate', 'app://bidual/')).toBe(false)
    expect(isPrevented('will-attach-webview', 'app://bidual/')).toBe(true)
    expect(webContents.openHandler!({ url: 'https://arxiv.org/' })).toEqual({ action: 'deny' })
    expect(webContents.openHandler!({ url: 'file:///etc/passwd' })).toEqual({ action: 'deny' })
    expect(system.openedLinks).toEqual(['https://arxiv.org/'])
  })

  it.each([
    ['https://arxiv.org/abs/2002.10553', true],
    ['http://arxiv.org/', false],
    ['https://user:pass@arxiv.org/', false],
    ['javascript:alert(1)', false],
    ['smb://host/share', false],
    ['not an address', false],
  ])('%s may be opened outside: %s', (address, safe) => {
    expect(isSafeLink(address)).toBe(safe)
  })

  it('serves nothing but the window', async () => {
    const serve = system.handlers.get('app')!
    expect((await serve(new Request('app://evil/'))).status).toBe(404)
    expect((await serve(new Request('app://bidual/none.js'))).status).toBe(404)
    expect((await serve(new Request('app://bidual/', { method: 'POST' }))).status).toBe(405)
    expect((await serve(new Request('app://bidual/..%2f..%2fpackage.json'))).status).toBe(403)
    const { headers } = await serve(new Request('app://bidual/none.js'))
    expect(headers.get('content-security-policy')).toContain("script-src 'self'")
  })
})

describe('the menu', () => {
  it('sends commands to the window and has the usual roles', async () => {
    const command = nextCommand()
    const run = system.menu
      .flatMap(({ submenu }) => submenu as { label?: string; click?: () => void }[])
      .find(({ label }) => label === 'Run')
    run!.click!()
    expect(await command).toEqual({ name: 'run' })
    const roles = JSON.stringify(
      menuTemplate({ command: vi.fn(), openDocument: vi.fn(), showWorkspace: vi.fn() }, true),
    )
    for (const role of [
      'about',
      'undo',
      'copy',
      'paste',
      'selectAll',
      'togglefullscreen',
      'windowMenu',
      'quit',
    ]) {
      expect(roles).toContain(`"role":"${role}"`)
    }
  })

  it('opens documents chosen in a dialog; what cannot be opened is said', async () => {
    const open = (system.menu[0].submenu as { label?: string; click?: () => void }[]).find(
      ({ label }) => label === 'Open…',
    )
    await writeFile(join(folder.path, 'broken.bidual'), '{"version":')
    await writeFile(join(folder.path, 'other.json'), '{"a": 1}')
    const command = nextCommand()
    system.chosenFiles = [
      join(folder.path, 'broken.bidual'),
      join(folder.path, 'other.json'),
      await writeDocument('no-data.bidual', 'missing.csv'),
      await writeDocument('chosen.json'),
    ]
    open!.click!()
    expect(await command).toEqual({ name: 'open', experimentId: 'chosen-json' })
    expect(system.errorBoxes).toEqual([
      expect.stringContaining('not JSON'),
      expect.stringContaining('no version or no dataset'),
      expect.stringContaining('"missing.csv" does not exist'),
    ])
  })
})

describe('files', () => {
  it('are saved where the person says, or not at all', async () => {
    const bytes = new Uint8Array([1, 2, 3])
    system.saveTo = undefined
    expect(await machine.request('saveFile', { fileName: 'w.npz', bytes })).toBeNull()
    system.saveTo = join(folder.path, 'chosen.npz')
    expect(await machine.request('saveFile', { fileName: 'w.npz', bytes })).toEqual({
      savedAs: system.saveTo,
    })
    expect([...(await readFile(system.saveTo))]).toEqual([1, 2, 3])
  })

  it('on a command line are documents only', () => {
    const folder = process.platform === 'win32' ? 'C:\\w' : '/w'
    expect(documentsAmong(['/w', '--x.bidual', 'data.csv', 'a.bidual', 'B.BIDUAL'], folder)).toEqual([
      join(folder, 'a.bidual'),
      join(folder, 'B.BIDUAL'),
    ])
  })
})

describe('a second instance', () => {
  it('hands its files to the first, which comes forward', async () => {
    const before = windowOf().focused
    windowOf().minimized = true
    const path = await writeDocument('second.bidual')
    const command = nextCommand()
    app.emit('second-instance', {}, ['bidual', path], folder.path)
    expect(await command).toEqual({ name: 'open', experimentId: 'second-bidual' })
    expect(windowOf()).toMatchObject({ focused: before + 1, minimized: false })
  })
})

describe('the window’s place', () => {
  const state = { x: 50, y: 60, width: 900, height: 600, maximized: false }
  const remember = async (contents: unknown) => {
    const path = join(folder.path, 'remembered.json')
    await writeFile(path, typeof contents === 'string' ? contents : JSON.stringify(contents))
    return restoreWindow(path)
  }

  it('is the last one, if it is still on a screen', async () => {
    expect(await remember(state)).toEqual({
      bounds: { x: 50, y: 60, width: 900, height: 600 },
      maximized: false,
    })
    expect(await remember({ ...state, x: 5000 })).toEqual({
      bounds: { width: 900, height: 600 },
      maximized: false,
    })
    expect(await remember({ ...state, y: -500 })).toEqual({
      bounds: { width: 900, height: 600 },
      maximized: false,
    })
    expect((await remember({ ...state, maximized: true })).maximized).toBe(true)
  })

  it('is the default after nonsense', async () => {
    const standard = { bounds: { width: 1360, height: 860 }, maximized: false }
    expect(await remember('{')).toEqual(standard)
    expect(await remember({ ...state, width: -1 })).toEqual(standard)
    expect(restoreWindow(join(folder.path, 'never-written.json'))).toEqual(standard)
  })
})

describe('closing', () => {
  it('asks first while runs are going, remembers the window, and stops everything', async () => {
    const window = windowOf()
    const { id } = await machine.request('createExperiment', { document: ENDLESS_DOCUMENT })
    await machine.request('startRuns', { experimentId: id })
    system.pressed = 0
    window.close()
    await vi.waitFor(() => expect(system.boxes).toHaveLength(1))
    expect(system.boxes[0].message).toBe('A run is still going.')
    expect(window.isDestroyed()).toBe(false)
    system.pressed = 1
    window.close()
    await vi.waitFor(() => expect(window.isDestroyed()).toBe(true))
    await vi.waitFor(() => expect(system.exitCode).toBe(0), { timeout: 10_000 })
    const remembered = JSON.parse(await readFile(join(folder.path, 'window.json'), 'utf8')) as object
    expect(remembered).toEqual({ x: 10, y: 20, width: 1000, height: 700, maximized: false })
  })
})
