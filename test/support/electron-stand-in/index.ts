/**
 * Enough of Electron to drive main process and preload script without its binary: the same names, messages that are
 * cloned as Electron clones them, and a record of what was asked. Tests replace `electron` by this module.
 */
import { EventEmitter } from 'node:events'
import type { MenuItemConstructorOptions, Rectangle } from 'electron'

export interface BoxOptions {
  message: string
  buttons: string[]
}

/** What the application did, and what the system answers. */
export const system = {
  /** False: another instance runs already. */
  isFirstInstance: true,
  folders: {} as Record<string, string>,
  displays: [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }],
  /** Index of the button that is pressed in the next message box. */
  pressed: 0,
  boxes: [] as BoxOptions[],
  errorBoxes: [] as string[],
  saveTo: undefined as string | undefined,
  chosenFiles: [] as string[],
  openedLinks: [] as string[],
  schemes: [] as unknown[],
  handlers: new Map<string, (request: Request) => Promise<Response>>(),
  permissionHandlers: {} as Record<string, (...args: never[]) => unknown>,
  menu: [] as MenuItemConstructorOptions[],
  quits: 0,
  exitCode: null as number | null,
  sandboxed: false,
  /** What the preload script gave the window. */
  exposed: {} as Record<string, unknown>,
}

const nextTick = () => new Promise((resolve) => setImmediate(resolve))

class App extends EventEmitter {
  isPackaged = false
  requestSingleInstanceLock = () => system.isFirstInstance
  enableSandbox = () => void (system.sandboxed = true)
  whenReady = () => nextTick()
  getName = () => 'Bidual'
  getPath = (name: string) => system.folders[name]
  quit(): void {
    system.quits++
    let prevented = false
    this.emit('will-quit', { preventDefault: () => (prevented = true) })
    if (!prevented) system.exitCode ??= 0
  }
  exit(code: number): void {
    system.exitCode = code
  }
}
export const app = new App()

/** The frame that a request comes from; tests put a stranger in its place. */
export const sender = { url: 'app://bidual/', parent: null as object | null }

const invoked = new Map<string, (event: unknown, ...args: unknown[]) => Promise<unknown>>()
export const ipcMain = {
  handle: (channel: string, handler: (event: unknown, ...args: unknown[]) => Promise<unknown>) =>
    void invoked.set(channel, handler),
}

class IpcRenderer extends EventEmitter {
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = invoked.get(channel)
    if (!handler) throw new Error(`No handler registered for '${channel}'`)
    return structuredClone(await handler({ senderFrame: { ...sender } }, ...structuredClone(args)))
  }
}
export const ipcRenderer = new IpcRenderer()

export const contextBridge = {
  exposeInMainWorld: (name: string, api: unknown) => void (system.exposed[name] = api),
}

export class WebContents extends EventEmitter {
  openHandler: ((details: { url: string }) => { action: string }) | null = null
  send = (channel: string, payload: unknown) => void ipcRenderer.emit(channel, {}, structuredClone(payload))
  setWindowOpenHandler = (handler: (details: { url: string }) => { action: string }) =>
    void (this.openHandler = handler)
}

const windows = new Set<BrowserWindow>()

export class BrowserWindow extends EventEmitter {
  static getAllWindows = () => [...windows]
  static getFocusedWindow = () => [...windows][0] ?? null
  readonly options: Record<string, unknown>
  readonly webContents = new WebContents()
  address = ''
  focused = 0
  shown = false
  minimized = false
  maximized = false
  bounds: Rectangle = { x: 10, y: 20, width: 1000, height: 700 }
  #destroyed = false

  constructor(options: Record<string, unknown>) {
    super()
    this.options = options
    windows.add(this)
    app.emit('web-contents-created', {}, this.webContents)
  }
  async loadURL(address: string): Promise<void> {
    this.address = address
    await nextTick()
    this.emit('ready-to-show')
  }
  show = () => void (this.shown = true)
  focus = () => (this.focused += 1)
  maximize = () => void (this.maximized = true)
  isMaximized = () => this.maximized
  isMinimized = () => this.minimized
  restore = () => void (this.minimized = false)
  isDestroyed = () => this.#destroyed
  getNormalBounds = () => this.bounds
  reload = () => this.loadURL(this.address)
  close(): void {
    let prevented = false
    this.emit('close', { preventDefault: () => (prevented = true) })
    if (prevented) return
    this.#destroyed = true
    windows.delete(this)
    this.emit('closed')
    if (windows.size === 0) app.emit('window-all-closed')
  }
}

export const dialog = {
  showMessageBox: async (_: unknown, options: BoxOptions) => {
    system.boxes.push(options)
    await nextTick()
    return { response: system.pressed }
  },
  showErrorBox: (title: string, content: string) => void system.errorBoxes.push(`${title}: ${content}`),
  showSaveDialog: () => Promise.resolve({ filePath: system.saveTo }),
  showOpenDialog: () => Promise.resolve({ filePaths: system.chosenFiles }),
}

export const shell = {
  openExternal: (url: string) => Promise.resolve(system.openedLinks.push(url)),
  openPath: (path: string) => Promise.resolve(path ? '' : 'no path'),
}

export const protocol = {
  registerSchemesAsPrivileged: (schemes: unknown[]) => void system.schemes.push(...schemes),
  handle: (scheme: string, handler: (request: Request) => Promise<Response>) =>
    void system.handlers.set(scheme, handler),
}

const rememberHandler = (name: string) => (handler: (...args: never[]) => unknown) =>
  void (system.permissionHandlers[name] = handler)
export const session = {
  defaultSession: {
    setPermissionRequestHandler: rememberHandler('request'),
    setPermissionCheckHandler: rememberHandler('check'),
    setDevicePermissionHandler: rememberHandler('device'),
  },
}

export const screen = { getAllDisplays: () => system.displays }

export const Menu = {
  buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
  setApplicationMenu: (template: MenuItemConstructorOptions[]) => void (system.menu = template),
}
