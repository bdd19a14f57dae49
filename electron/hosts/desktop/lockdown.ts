/** What no page may do, whatever it contains. */
import { app, session, shell } from 'electron'
import type { WebContents } from 'electron'
import { isOwnAddress } from './origin.ts'

/** Writing text to the clipboard after a click is how figures are copied; everything else is denied. */
const ALLOWED_PERMISSIONS = ['clipboard-sanitized-write']

/** Permissions, navigation, new windows and embedded pages, for every page there will be. */
export function lockDown(): void {
  const { defaultSession } = session
  const allowed = (permission: string) => ALLOWED_PERMISSIONS.includes(permission)
  defaultSession.setPermissionRequestHandler((_, permission, answer) => answer(allowed(permission)))
  defaultSession.setPermissionCheckHandler((_, permission) => allowed(permission))
  defaultSession.setDevicePermissionHandler(() => false)
  app.on('web-contents-created', (_, contents) => confine(contents))
}

function confine(contents: WebContents): void {
  contents.on('will-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-frame-navigate', (event) => {
    if (!isOwnAddress(event.url)) event.preventDefault()
  })
  contents.on('will-attach-webview', (event) => event.preventDefault())
  contents.setWindowOpenHandler(({ url }) => {
    if (isSafeLink(url)) void shell.openExternal(url)
    return { action: 'deny' }
  })
}

/** Links that are handed to the system's browser: https without a name or password in them. */
export function isSafeLink(address: string): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, username, password } = new URL(address)
  return protocol === 'https:' && username === '' && password === ''
}
