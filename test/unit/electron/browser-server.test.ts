import { mkdir, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { decodeFrame, encodeFrame } from '../../../core/wire.ts'
import type { BrowserServer } from '../../../electron/hosts/browser/server.ts'
import { startBrowserServer } from '../../../electron/hosts/browser/server.ts'
import { onConnection } from '../../../renderer/api/connection.ts'
import { connectSocket } from '../../../renderer/api/socket-machine.ts'
import { CSV, openMachine, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'
import type { TestMachine } from '../../support/machine.ts'

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let machine: TestMachine
let server: BrowserServer
let renderer: string

beforeEach(async () => {
  folder = await temporaryFolder()
  renderer = join(folder.path, 'renderer')
  await mkdir(join(renderer, 'assets'), { recursive: true })
  await writeFile(join(renderer, 'index.html'), '<!doctype html><title>Bidual</title>')
  await writeFile(join(renderer, 'assets', 'index-Ab3dEf9h.js'), 'export {}')
  await writeFile(join(folder.path, 'secret.txt'), 'secret')
  machine = await openMachine(join(folder.path, 'workspace'))
  server = await startBrowserServer({ machine: machine.service, renderer, port: 0, maxFrameBytes: 1 << 20 })
})

afterEach(async () => {
  await server.close()
  await machine.service.close()
  await folder[Symbol.asyncDispose]()
})

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/** Node's own client: the path is sent as it is, and every header may be set. */
function get(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = { host: '127.0.0.1', port: server.port, path, method, headers }
    const sent = request(options, (response) => {
      let body = ''
      response.on('data', (chunk: Buffer) => (body += chunk.toString()))
      response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, body }))
    })
    sent.once('error', reject)
    sent.end()
  })
}

const origin = () => `http://127.0.0.1:${server.port}`

/** Resolves with 101 when the socket opens, else with the status of the refusal. */
function upgrade(
  protocols: string[],
  options: { origin?: string; path?: string; host?: string },
): Promise<number> {
  return new Promise((resolve, reject) => {
    const address = `ws://127.0.0.1:${server.port}${options.path ?? '/machine'}`
    const headers = options.host === undefined ? undefined : { host: options.host }
    const socket = new WebSocket(address, protocols, { origin: options.origin, headers })
    socket.once('open', () => {
      socket.close()
      resolve(101)
    })
    socket.once('unexpected-response', (_, response) => {
      response.resume()
      socket.terminate()
      resolve(response.statusCode!)
    })
    socket.on('error', reject)
  })
}

describe('the address', () => {
  it('is on the loopback interface and holds a long token in its fragment', () => {
    expect(server.address).toBe(`http://127.0.0.1:${server.port}/#token=${server.token}`)
    expect(Buffer.from(server.token, 'base64url')).toHaveLength(32)
  })
})

describe('files', () => {
  it('are served with a strict policy', async () => {
    const page = await get('/')
    expect(page).toMatchObject({ status: 200, body: '<!doctype html><title>Bidual</title>' })
    expect(page.headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'")
    expect(page.headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline/)
    expect(page.headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-cache' })
    const script = await get('/assets/index-Ab3dEf9h.js?x=1')
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(script.headers['cache-control']).toContain('immutable')
    expect((await get('/none.js')).status).toBe(404)
    expect((await get('/', {}, 'HEAD')).body).toBe('')
    expect((await get('/', {}, 'POST')).status).toBe(405)
  })

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/..%5csecret.txt',
    '/index.html%00.js',
    '/%',
  ])('outside of the window cannot be had: %s', async (path) => {
    const { status, body } = await get(path)
    expect(status).toBe(403)
    expect(body).not.toContain('secret')
  })
})

describe('strangers are refused with 403', () => {
  it('when they come under another name, as after DNS rebinding', async () => {
    expect((await get('/', { host: `evil.example:${server.port}` })).status).toBe(403)
    expect((await get('/', { host: '127.0.0.1' })).status).toBe(403)
    expect((await get('/', { host: `localhost:${server.port}` })).status).toBe(200)
    expect(await upgrade(['bidual', server.token], { origin: origin(), host: 'evil.example' })).toBe(403)
  })

  it('when they are a page of another site', async () => {
    expect((await get('/', { origin: 'https://evil.example' })).status).toBe(403)
    expect((await get('/', { origin: 'null' })).status).toBe(403)
    expect((await get('/', { origin: origin() })).status).toBe(200)
    expect(await upgrade(['bidual', server.token], { origin: 'https://evil.example' })).toBe(403)
    expect(await upgrade(['bidual', server.token], { origin: `http://127.0.0.1:${server.port + 1}` })).toBe(
      403,
    )
    expect(await upgrade(['bidual', server.token], {})).toBe(403)
  })

  it('when they have no token or a wrong one', async () => {
    expect(await upgrade(['bidual', server.token], { origin: origin() })).toBe(101)
    expect(await upgrade(['bidual'], { origin: origin() })).toBe(403)
    expect(await upgrade(['bidual', 'x'.repeat(server.token.length)], { origin: origin() })).toBe(403)
    expect(await upgrade(['other', server.token], { origin: origin() })).toBe(403)
    expect(await upgrade(['bidual', server.token], { origin: origin(), path: '/else' })).toBe(403)
    expect((await get('/machine')).status).toBe(403)
    expect((await get('/machine', { authorization: 'Bearer wrong' })).status).toBe(403)
    expect((await get('/machine', { authorization: `Bearer ${server.token}` })).status).toBe(200)
  })
})

describe('a socket', () => {
  const open = () =>
    new Promise<WebSocket>((resolve) => {
      const address = `ws://127.0.0.1:${server.port}/machine`
      const socket = new WebSocket(address, ['bidual', server.token], { origin: origin() })
      socket.once('open', () => resolve(socket))
    })
  const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve))

  it('answers every request with a result or an error', async () => {
    const socket = await open()
    const answers: { type: string; id: number }[] = []
    const done = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => answers.push(decodeFrame(data) as never) === 2 && resolve())
    })
    socket.send(encodeFrame({ type: 'request', id: 7, name: 'getSettings', params: {} }))
    socket.send(encodeFrame({ type: 'request', id: 8, name: 'toString', params: {} }))
    await done
    const errors = answers.filter(({ type }) => type === 'error')
    expect(answers.map(({ type, id }) => `${type} ${id}`).sort()).toEqual(['error 8', 'response 7'])
    expect(errors).toMatchObject([{ error: { code: 'bad-input' } }])
    socket.close()
  })

  it('is closed after a message that is no request, or that is too large', async () => {
    const messages = [
      'text',
      new Uint8Array([1, 2, 3]),
      encodeFrame({ type: 'response', id: 1, result: null }),
      encodeFrame({ type: 'request', id: 1, name: 'x', params: new Uint8Array(2 << 20) }),
    ]
    const codes: number[] = []
    for (const message of messages) {
      const socket = await open()
      socket.send(message)
      codes.push(await closed(socket))
    }
    expect(codes).toEqual([1003, 1003, 1003, 1009])
    expect((await get('/')).status).toBe(200)
  })
})

describe('the window’s end', () => {
  beforeEach(() => {
    // Browsers send the page's origin; so does this.
    const own = origin()
    vi.stubGlobal(
      'WebSocket',
      class extends WebSocket {
        constructor(address: string, protocols: string[]) {
          super(address, protocols, { origin: own })
          // A browser only closes.
          this.on('error', () => undefined)
        }
      },
    )
  })
  afterEach(() => vi.unstubAllGlobals())

  const address = () => `ws://127.0.0.1:${server.port}/machine`

  it('imports, runs, hears pushes and gets weights and errors', async () => {
    const window = await connectSocket(address(), server.token)
    const heard: string[] = []
    window.on('datasetsChanged', (entries) => heard.push(...entries.map(({ fileName }) => fileName)))
    await window.request('importDataset', { fileName: 'x.csv', bytes: CSV })
    expect(heard).toEqual(['x.csv'])
    const document = { ...SMALL_DOCUMENT, methods: [{ id: 'least-squares' }] }
    const { id } = await window.request('createExperiment', { document })
    const finished = new Promise<void>((resolve) => {
      window.on('runsChanged', ([{ state }]) => state === 'finished' && resolve())
    })
    await window.request('startRuns', { experimentId: id })
    await finished
    const { arrays } = await window.request('getRunWeights', { experimentId: id, key: 'least-squares' })
    expect(Object.values(arrays)[0].data).toBeInstanceOf(Float64Array)
    await expect(window.request('getExperiment', { id: 'none' })).rejects.toMatchObject({
      name: 'BidualError',
      code: 'not-found',
    })
  })

  it('tells a wrong token from a machine that is gone', async () => {
    await expect(connectSocket(address(), 'wrong')).rejects.toMatchObject({ code: 'forbidden' })
    await expect(connectSocket('ws://127.0.0.1:9/machine', 'x')).rejects.toMatchObject({
      code: 'disconnected',
    })
  })

  it('says that it lost its machine, refuses requests meanwhile, and comes back', async () => {
    const states: string[] = []
    const end = onConnection((state) => states.push(state))
    const window = await connectSocket(address(), server.token)
    const { port, token } = server
    await server.close()
    await vi.waitFor(() => expect(states.at(-1)).toBe('reconnecting'))
    await expect(window.request('getSettings', {})).rejects.toMatchObject({ code: 'disconnected' })
    server = await startBrowserServer({ machine: machine.service, renderer, port, token })
    await vi.waitFor(() => expect(states.at(-1)).toBe('connected'), { timeout: 10_000 })
    expect(await window.request('getSettings', {})).toMatchObject({ theme: 'system' })
    end()
  })
})
