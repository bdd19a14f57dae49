/** The one window. */
import { join } from 'node:path'
import { app, BrowserWindow, dialog } from 'electron'
import type { MachineService } from '../../machine/service.ts'
import { ORIGIN } from './origin.ts'
import { rememberWindow, restoreWindow } from './window-state.ts'

const PRELOAD = join(import.meta.dirname, 'preload.cjs')
const MINIMUM = { minWidth: 720, minHeight: 480 }

/** Opens the window where it was last; closing it asks first while runs are going. */
export function openWindow(machine: MachineService): BrowserWindow {
  const statePath = join(app.getPath('userData'), 'window.json')
  const { bounds, maximized } = restoreWindow(statePath)
  const window = new BrowserWindow({
    ...bounds,
    ...MINIMUM,
    show: false,
    title: app.getName(),
    webPreferences: {
      preload: PRELOAD,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
      devTools: !app.isPackaged,
    },
  })
  if (maximized) window.maximize()
  window.once('ready-to-show', () => window.show())
  guardClosing(window, machine, () => rememberWindow(statePath, window))
  reviveAfterCrash(window)
  void window.loadURL(`${ORIGIN}/`)
  return window
}

/** Nothing that runs is lost by a slip of the mouse. */
function guardClosing(window: BrowserWindow, machine: MachineService, onClose: () => void): void {
  let agreed = false
  window.on('close', (event) => {
    if (agreed || machine.activeRuns() === 0) {
      onClose()
      return
    }
    event.preventDefault()
    void confirmClosing(window, machine.activeRuns()).then((yes) => {
      agreed = yes
      if (yes) window.close()
    })
  })
}

async function confirmClosing(window: BrowserWindow, runs: number): Promise<boolean> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: runs === 1 ? 'A run is still going.' : `${runs} runs are still queued or running.`,
    detail: 'Closing cancels them. The best iterates found so far are kept.',
    buttons: ['Keep running', 'Cancel runs and close'],
    defaultId: 0,
    cancelId: 0,
  })
  return response === 1
}

/** The machine lives on in the main process; only the page has to be loaded again. */
function reviveAfterCrash(window: BrowserWindow): void {
  window.webContents.on('render-process-gone', (_, { reason }) => {
    if (reason === 'clean-exit' || window.isDestroyed()) return
    void dialog
      .showMessageBox(window, {
        type: 'error',
        message: `The window stopped working (${reason}).`,
        detail: 'Runs go on and nothing is lost. Reload the window to see them.',
        buttons: ['Reload'],
      })
      .then(() => {
        if (!window.isDestroyed()) window.reload()
      })
  })
}
