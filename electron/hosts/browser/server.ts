/** The window and its machine on 127.0.0.1: static files over HTTP, requests and events over one WebSocket a window. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { WebSocketServer } from 'ws'
import { MAX_FRAME_BYTES } from '../../../core/wire.ts'
import type { MachineService } from '../../machine/service.ts'
import { serveStatic, textResponse } from '../static-files.ts'
import type { StaticResponse } from '../static-files.ts'
import { bearerToken, createToken, isOwnPage, isToken, socketToken } from './access.ts'
import { serveSession } from './session.ts'

export interface BrowserServerOptions {
  machine: MachineService
  /** Folder of the built window. */
  renderer: string
  /** 0: any free one. */
  port: number
  /** A new one by default. */
  token?: string
  /** Bytes of one frame from the window. */
  maxFrameBytes?: number
}

export interface BrowserServer {
  port: number
  token: string
  /** What a person opens; the token is in the fragment, which no browser sends to a server. */
  address: string
  close(): Promise<void>
}

/** Where the WebSocket is; over plain HTTP it says whether a token is valid. */
const MACHINE_PATH = '/machine'

/** How long a window may take to answer that its socket is closed. */
const CLOSING_MS = 200

/** @throws the listening error (EADDRINUSE, EACCES). */
export async function startBrowserServer(options: BrowserServerOptions): Promise<BrowserServer> {
  const token = options.token ?? createToken()
  const server = createServer((request, response) => {
    void respond(request, options.renderer, portOf(server), token).then((answer) =>
      write(request, response, answer),
    )
  })
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: options.maxFrameBytes ?? MAX_FRAME_BYTES,
    handleProtocols: () => 'bidual',
  })
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    if (!mayConnect(request, portOf(server), token)) refuse(socket)
    else sockets.handleUpgrade(request, socket, head, (webSocket) => serveSession(webSocket, options.machine))
  })
  await listen(server, options.port)
  const port = portOf(server)
  const address = `http://127.0.0.1:${port}/#token=${token}`
  return { port, token, address, close: () => close(server, sockets) }
}

const portOf = (server: Server) => (server.address() as AddressInfo).port

function mayConnect(request: IncomingMessage, port: number, token: string): boolean {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1')
  // Only browsers connect, and they always send an Origin.
  const hasOrigin = request.headers.origin !== undefined
  return (
    pathname === MACHINE_PATH && hasOrigin && isOwnPage(request, port) && isToken(token, socketToken(request))
  )
}

function refuse(socket: Duplex): void {
  socket.on('error', () => socket.destroy())
  socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
}

async function respond(
  request: IncomingMessage,
  renderer: string,
  port: number,
  token: string,
): Promise<StaticResponse> {
  if (!isOwnPage(request, port)) return textResponse(403, 'Forbidden')
  if (request.method !== 'GET' && request.method !== 'HEAD') return textResponse(405, 'Method not allowed')
  // Not through URL: it would resolve `..` before the check of serveStatic sees it.
  const path = (request.url ?? '/').split(/[?#]/)[0]
  if (path !== MACHINE_PATH) return serveStatic(renderer, path)
  if (!isToken(token, bearerToken(request))) return textResponse(403, 'Forbidden')
  return textResponse(200, 'OK')
}

function write(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: StaticResponse,
): void {
  response.writeHead(status, { ...headers, 'content-length': body.length })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
}

function close(server: Server, sockets: WebSocketServer): Promise<void> {
  for (const socket of sockets.clients) {
    socket.close(1001, 'Bidual was closed')
    setTimeout(() => socket.terminate(), CLOSING_MS).unref()
  }
  sockets.close()
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}
