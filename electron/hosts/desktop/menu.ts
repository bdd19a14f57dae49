/** The native menu: usual roles, and commands that the window carries out. */
import { app, Menu } from 'electron'
import type { MenuItemConstructorOptions } from 'electron'
import type { CommandName } from '../../../core/protocol.ts'

export interface MenuActions {
  command: (name: CommandName) => void
  openDocument: () => void
  showWorkspace: () => void
}

const separator: MenuItemConstructorOptions = { type: 'separator' }

/** The whole menu, as a value. @param mac its first menu is named after the program */
export function menuTemplate(actions: MenuActions, mac: boolean): MenuItemConstructorOptions[] {
  const item = (label: string, accelerator: string, name: CommandName): MenuItemConstructorOptions => {
    return { label, accelerator, click: () => actions.command(name) }
  }
  const settings = item('Settings…', 'CmdOrCtrl+,', 'settings')
  const file: MenuItemConstructorOptions[] = [
    item('New experiment', 'CmdOrCtrl+N', 'new-experiment'),
    { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: actions.openDocument },
    item('Import data…', 'CmdOrCtrl+Shift+O', 'import-data'),
    separator,
    { label: 'Show the workspace folder', click: actions.showWorkspace },
    separator,
    ...(mac ? [{ role: 'close' } as const] : [settings, separator, { role: 'quit' } as const]),
  ]
  const edit: MenuItemConstructorOptions[] = [
    ...(['undo', 'redo'] as const).map((role) => ({ role })),
    separator,
    ...(['cut', 'copy', 'paste', 'selectAll'] as const).map((role) => ({ role })),
    separator,
    item('Find…', 'CmdOrCtrl+F', 'find'),
  ]
  const run = [item('Run', 'CmdOrCtrl+Enter', 'run'), item('Cancel runs', 'CmdOrCtrl+.', 'cancel')]
  const view = (['resetZoom', 'zoomIn', 'zoomOut', 'togglefullscreen'] as const).map((role) => ({ role }))
  return [
    ...(mac ? [macMenu(settings)] : []),
    { label: 'File', submenu: file },
    { label: 'Edit', submenu: edit },
    { label: 'Run', submenu: run },
    { label: 'View', submenu: view },
    { role: 'windowMenu' },
    { role: 'help', submenu: [{ role: 'about' }] },
  ]
}

function macMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  const roles = ['services', 'hide', 'hideOthers', 'unhide', 'quit'] as const
  const rest = roles.map((role) => ({ role }))
  return { label: app.getName(), submenu: [{ role: 'about' }, separator, settings, separator, ...rest] }
}

export function installMenu(actions: MenuActions): void {
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(actions, process.platform === 'darwin')))
}
