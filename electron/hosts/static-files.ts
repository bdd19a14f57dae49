/** The built window as responses, for the browser host and the desktop's custom protocol alike. */
import { readFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { extname, join, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.ttf': 'font/ttf',
  '.wasm': 'application/wasm',
  '.txt': 'text/plain; charset=utf-8',
}

/** Inline styles are what Vue and the chart library set on elements; scripts come from files only. */
export const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

export const SECURITY_HEADERS: Record<string, string> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), hid=()',
}

export interface StaticResponse {
  status: number
  headers: Record<string, string>
  body: Uint8Array
}

/** The folder of the built window: beside the bundles in dist/electron, and from the sources where they run unbundled. */
export function rendererFolder(): string {
  const candidates = ['../renderer/', '../../dist/renderer/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  )
  return candidates.find((folder) => existsSync(join(folder, 'index.html'))) ?? candidates[0]
}

/**
 * @param root folder of the files
 * @param urlPath path of the address, percent-encoded, starting with `/`; `/` is index.html
 * @returns 200 with the file, 403 for a path that leads out of the folder, 404 for one that is not there
 */
export async function serveStatic(root: string, urlPath: string): Promise<StaticResponse> {
  const path = safePath(root, urlPath)
  if (path === null) return textResponse(403, 'Forbidden')
  try {
    const body = await readFile(path)
    const hashed = /-[\w-]{8}\.\w+$/.test(path)
    const headers = {
      ...SECURITY_HEADERS,
      'content-type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
      'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
    }
    return { status: 200, headers, body }
  } catch {
    return textResponse(404, 'Not found')
  }
}

/** A short plain answer with the same protective headers. */
export function textResponse(status: number, text: string): StaticResponse {
  const headers = { ...SECURITY_HEADERS, 'content-type': 'text/plain; charset=utf-8' }
  return { status, headers, body: new TextEncoder().encode(`${text}\n`) }
}

/** Null when the address cannot be decoded or leads out of `root`. */
function safePath(root: string, urlPath: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(urlPath)
  } catch {
    return null
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return null
  const folder = resolve(root)
  const path = resolve(folder, `.${decoded === '/' ? '/index.html' : decoded}`)
  return path.startsWith(folder + sep) ? path : null
}
