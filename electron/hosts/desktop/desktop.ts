/** The desktop application: one machine, one window, and what the system asks of them. */
import { basename, join } from 'node:path'
import { app, BrowserWindow, dialog, shell } from 'electron'
import { formatPlace, toErrorPayload } from '../../../core/errors.ts'
import { createMachine } from '../../machine/create-machine.ts'
import type { MachineService } from '../../machine/service.ts'
import { Disk } from '../../services/disk.ts'
import { rendererFolder } from '../static-files.ts'
import { answerRequests, sendEvents } from './ipc.ts'
import { lockDown } from './lockdown.ts'
import { installMenu } from './menu.ts'
import { DOCUMENT_EXTENSIONS, documentsAmong, openDocument } from './open-document.ts'
import { declareScheme, serveWindow } from './protocol.ts'
import { openWindow } from './window.ts'

/** Starts the application, or hands its files to the one that is running. */
export async function startDesktop(args: readonly string[]): Promise<void> {
  if (!app.requestSingleInstanceLock()) {
    app.quit()
    return
  }
  app.enableSandbox()
  declareScheme()
  // macOS names files by an event that may come before anything is ready.
  const waiting = documentsAmong(args, process.cwd())
  app.on('open-file', (event, path) => {
    event.preventDefault()
    waiting.push(path)
  })
  await app.whenReady()
  try {
    await new Desktop(await openMachine()).run(waiting)
  } catch (error) {
    dialog.showErrorBox('Bidual could not start', messageOf(error))
    app.exit(1)
  }
}

function openMachine(): Promise<MachineService> {
  return createMachine({
    workspace: process.env.BIDUAL_WORKSPACE ?? join(app.getPath('documents'), app.getName()),
    host: 'desktop',
    warn: (message) => console.warn(message),
    saveFile,
  })
}

async function saveFile(fileName: string, bytes: Uint8Array): Promise<{ savedAs: string } | null> {
  const options = { defaultPath: join(app.getPath('documents'), fileName) }
  const window = BrowserWindow.getFocusedWindow() ?? BrowserWindow.getAllWindows()[0]
  const { filePath } = await (window
    ? dialog.showSaveDialog(window, options)
    : dialog.showSaveDialog(options))
  if (!filePath) return null
  await new Disk().writeFile(filePath, bytes)
  return { savedAs: filePath }
}

function messageOf(error: unknown): string {
  const { message, place } = toErrorPayload(error)
  return place ? `${formatPlace(place)}\n${message}` : message
}

class Desktop {
  readonly #machine: MachineService
  #window: BrowserWindow | null = null
  /** The page has asked for what it lists, so it hears commands. */
  #listening = Promise.withResolvers<null>()

  constructor(machine: MachineService) {
    this.#machine = machine
  }

  /** @param documents named on the command line, or by the system before it was ready */
  async run(documents: readonly string[]): Promise<void> {
    lockDown()
    serveWindow(rendererFolder())
    answerRequests(this.#machine, (name) => {
      if (name === 'listExperiments') this.#listening.resolve(null)
    })
    this.#installMenu()
    this.#listen()
    this.#showWindow()
    await this.#open(documents)
  }

  #listen(): void {
    app.on('second-instance', (_, args, folder) => {
      this.#showWindow()
      void this.#open(documentsAmong(args, folder))
    })
    app.on('open-file', (_, path) => {
      this.#showWindow()
      void this.#open([path])
    })
    app.on('activate', () => this.#showWindow())
    app.on('window-all-closed', () => app.quit())
    let closed = false
    app.on('will-quit', (event) => {
      if (closed) return
      // Runs are stopped and stored first.
      event.preventDefault()
      void this.#machine.close().finally(() => {
        closed = true
        app.quit()
      })
    })
  }

  #showWindow(): void {
    if (this.#window) {
      if (this.#window.isMinimized()) this.#window.restore()
      this.#window.focus()
      return
    }
    const window = openWindow(this.#machine)
    sendEvents(this.#machine, window)
    window.once('closed', () => {
      this.#window = null
      this.#listening = Promise.withResolvers()
    })
    this.#window = window
  }

  #installMenu(): void {
    installMenu({
      command: (name) => this.#machine.emit('command', { name }),
      openDocument: () => void this.#chooseDocument(),
      showWorkspace: () => void this.#showWorkspace(),
    })
  }

  async #chooseDocument(): Promise<void> {
    const filters = [{ name: 'Experiments', extensions: DOCUMENT_EXTENSIONS }]
    const { filePaths } = await dialog.showOpenDialog({
      properties: ['openFile', 'multiSelections'],
      filters,
    })
    await this.#open(filePaths)
  }

  async #showWorkspace(): Promise<void> {
    const info = (await this.#machine.request('getAppInfo', {})) as { workspacePath: string }
    const problem = await shell.openPath(info.workspacePath)
    if (problem) dialog.showErrorBox('The folder could not be shown', problem)
  }

  async #open(paths: readonly string[]): Promise<void> {
    if (paths.length > 0) await this.#listening.promise
    for (const path of paths) {
      try {
        await openDocument(this.#machine, path)
      } catch (error) {
        dialog.showErrorBox(`${basename(path)} could not be opened`, messageOf(error))
      }
    }
  }
}
