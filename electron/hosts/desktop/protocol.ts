/** `app://bidual/…`: the built window under a strict content security policy. */
import { protocol } from 'electron'
import { serveStatic, textResponse } from '../static-files.ts'
import { isOwnAddress, SCHEME } from './origin.ts'

/** Before Electron is ready: a standard, secure scheme, as https is. */
export function declareScheme(): void {
  const privileges = { standard: true, secure: true, supportFetchAPI: true }
  protocol.registerSchemesAsPrivileged([{ scheme: SCHEME, privileges }])
}

/** @param root folder of the built window */
export function serveWindow(root: string): void {
  protocol.handle(SCHEME, async ({ url, method }) => {
    const { status, headers, body } = await respond(root, url, method)
    return new Response(body as Uint8Array<ArrayBuffer>, { status, headers })
  })
}

function respond(root: string, url: string, method: string): ReturnType<typeof serveStatic> {
  if (!isOwnAddress(url)) return Promise.resolve(textResponse(404, 'Not found'))
  if (method !== 'GET' && method !== 'HEAD') return Promise.resolve(textResponse(405, 'Method not allowed'))
  return serveStatic(root, new URL(url).pathname)
}
