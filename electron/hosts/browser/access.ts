/** Who may talk to the browser host: pages that it served itself, to whoever was given the token. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** 256 random bits for the address line. */
export function createToken(): string {
  return randomBytes(32).toString('base64url')
}

/** Constant-time comparison, so that response times tell nothing. */
export function isToken(token: string, offered: string | undefined): boolean {
  if (offered === undefined) return false
  const [a, b] = [Buffer.from(token), Buffer.from(offered)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * Whether the request names this server as a person would. A Host that is another name means that some page made its own
 * name resolve to 127.0.0.1 (DNS rebinding); an Origin of another site means that its script is asking.
 *
 * @param port the one that the server listens on
 */
export function isOwnPage({ headers }: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  const { host, origin } = headers
  if (host === undefined || !hosts.includes(host)) return false
  return origin === undefined || origin === `http://${host}`
}

/** The token of `Authorization: Bearer …`. */
export function bearerToken({ headers }: IncomingMessage): string | undefined {
  return /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1]
}

/** The token in `Sec-WebSocket-Protocol: bidual, <token>`: the only header that a page can set on a WebSocket. */
export function socketToken({ headers }: IncomingMessage): string | undefined {
  const [protocol, token] = (headers['sec-websocket-protocol'] ?? '').split(',').map((part) => part.trim())
  return protocol === 'bidual' ? token : undefined
}
