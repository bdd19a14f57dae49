import { spawn } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { readNpz } from '../../../core/export/npz.ts'
import { runCommandLine } from '../../../electron/hosts/cli/command-line.ts'
import { resultDocumentSchema } from '../../../core/experiments/result.ts'
import { bundledCli } from '../../support/bundles.ts'
import { CSV, ENDLESS_DOCUMENT, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'

vi.mock('../../../electron/worker/location.ts', async () => {
  const worker = await (await import('../../support/bundles.ts')).bundledWorker()
  return { workerLocation: () => worker }
})

const SOURCE = fileURLToPath(new URL('../../../electron/hosts/cli/main.ts', import.meta.url))

interface Outcome {
  code: number | null
  stdout: string
  stderr: string
}

/** @param interruptAfter a text on standard error; Ctrl+C is pressed once it has come */
function start(entry: string, args: string[], cwd: string, interruptAfter?: string): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [entry, ...args], {
      cwd,
      env: { ...process.env, BIDUAL_WORKSPACE: join(cwd, 'workspace') },
    })
    let [stdout, stderr, interrupted] = ['', '', false]
    child.stdout.on('data', (text: Buffer) => (stdout += text.toString()))
    child.stderr.on('data', (text: Buffer) => {
      stderr += text.toString()
      if (interrupted || !interruptAfter || !stderr.includes(interruptAfter)) return
      interrupted = true
      child.kill('SIGINT')
    })
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

let folder: Awaited<ReturnType<typeof temporaryFolder>>
let cli: string

/** In this process: what is printed and the exit code are the same. */
async function bidual(...args: string[]): Promise<Outcome> {
  let [stdout, stderr] = ['', '']
  const code = await runCommandLine(args, {
    print: (text) => (stdout += `${text}\n`),
    complain: (line) => (stderr += `${line}\n`),
    progress: null,
    width: 100,
  })
  return { code, stdout, stderr }
}
const at = (...names: string[]) => join(folder.path, ...names)

async function write(name: string, contents: unknown): Promise<string> {
  await writeFile(join(folder.path, name), typeof contents === 'string' ? contents : JSON.stringify(contents))
  return name
}

beforeAll(async () => {
  folder = await temporaryFolder()
  cli = await bundledCli()
  await mkdir(join(folder.path, 'data'))
  await writeFile(join(folder.path, 'data', 'x.csv'), CSV)
})
afterAll(() => folder[Symbol.asyncDispose]())

describe('run', () => {
  it('prints a table, writes the result, and exports it, from the sources as from the bundle', async () => {
    const document = { ...SMALL_DOCUMENT, methods: [{ id: 'convex' }, { id: 'sgd', epochs: 3, trials: 2 }] }
    const name = await write('small.json', document)
    const [bundled, sources] = await Promise.all([
      start(cli, ['run', name, '--out', 'results'], folder.path),
      start(SOURCE, ['run', name, '--json', '--jobs', '1'], folder.path),
    ])
    expect(bundled).toMatchObject({ code: 0 })
    const [header, convex] = bundled.stdout.split('\n')
    expect(header.split(/ {2,}/)).toEqual([
      'method',
      'status',
      'objective',
      'lower bound',
      'gap',
      'train',
      'test',
      'time',
    ])
    expect(convex).toMatch(/^Convex +solved .*global/)
    expect(bundled.stderr).toMatch(/SGD, momentum · trial 1: iteration limit, objective/)

    const result = resultDocumentSchema.parse(
      JSON.parse(await readFile(join(folder.path, 'results', 'result.json'), 'utf8')),
    )
    expect(result.runs.map(({ key }) => key)).toEqual(['convex', 'sgd-1', 'sgd-2'])
    expect(result.experiment).toEqual(document)
    expect(await readdir(join(folder.path, 'results', 'runs', 'convex'))).toEqual(
      expect.arrayContaining(['document.json', 'log.txt', 'metrics.json', 'result.json', 'weights.npz']),
    )
    const again = resultDocumentSchema.parse(JSON.parse(sources.stdout))
    const figures = ({ runs }: typeof result) =>
      runs.map(({ key, objective, certificate }) => [key, objective, certificate.lowerBound])
    expect(figures(again)).toEqual(figures(result))

    const npz = await bidual('export', at('results'), '--format', 'npz')
    expect(npz).toMatchObject({ code: 0 })
    const names = Object.keys(readNpz(new Uint8Array(await readFile(npz.stdout.trim()))))
    expect(new Set(names.map((array) => array.split('.')[0]))).toEqual(new Set(['convex', 'sgd-1', 'sgd-2']))
    const csv = await bidual('export', at('results'), '--format', 'csv', '--out', at('table.csv'))
    expect((await readFile(csv.stdout.trim(), 'utf8')).split('\n')[1]).toMatch(/^convex,/)
    const html = await bidual('export', at('results', 'runs', 'convex'), '--format', 'html')
    expect(await readFile(html.stdout.trim(), 'utf8')).toContain('<!doctype html>')
  })

  it('resolves data files from the document, wherever it is called', async () => {
    await mkdir(join(folder.path, 'documents'))
    const document = { ...SMALL_DOCUMENT, dataset: { file: '../data/x.csv' } }
    await write(join('documents', 'x.json'), document)
    const { code, stdout } = await bidual(
      'run',
      at('documents', 'x.json'),
      '--method',
      'least-squares',
      '--json',
    )
    expect(code).toBe(0)
    const { runs, data } = resultDocumentSchema.parse(JSON.parse(stdout))
    expect(runs).toHaveLength(1)
    expect(data.n).toBe(4)
  })

  it('cancels on Ctrl+C, keeps the best iterates and writes the result', async () => {
    const document = { ...ENDLESS_DOCUMENT, methods: [{ id: 'least-squares' }, ...ENDLESS_DOCUMENT.methods] }
    const name = await write('endless.json', document)
    const outcome = await start(cli, ['run', name, '--out', 'stopped'], folder.path, 'Least squares: solved')
    expect(outcome.code).toBe(130)
    const { runs } = resultDocumentSchema.parse(
      JSON.parse(await readFile(join(folder.path, 'stopped', 'result.json'), 'utf8')),
    )
    expect(runs.map(({ status }) => status)).toEqual(['solved', 'cancelled'])
  })

  it('ends with 1 when a method fails', async () => {
    const name = await write('fails.json', {
      ...SMALL_DOCUMENT,
      methods: [{ id: 'closed-form' }, { id: 'least-squares' }],
    })
    const { code, stdout } = await bidual('run', at(name))
    expect(code).toBe(1)
    expect(stdout).toMatch(/Closed form +failed/)
  })
})

describe('bad input ends with 2 and a line that says what and where', () => {
  it.each<[string, string | object, string[]]>([
    ['a missing document', '', []],
    ['no JSON', '{"version": 1,', ['not JSON']],
    ['an unknown key', { ...SMALL_DOCUMENT, colour: 1 }, ['colour']],
    ['an unknown method', { ...SMALL_DOCUMENT, methods: [{ id: 'magic' }] }, ['methods[0]']],
    ['a weight decay of zero', { ...SMALL_DOCUMENT, beta: 0 }, ['beta']],
    ['a weight decay that is no number', { ...SMALL_DOCUMENT, beta: 'a lot' }, ['beta']],
    ['a missing data file', { ...SMALL_DOCUMENT, dataset: { file: 'none.csv' } }, ['none.csv']],
    [
      'a target that is not there',
      { ...SMALL_DOCUMENT, dataset: { file: 'data/x.csv', target: 'y' } },
      ['x.csv', '"y"'],
    ],
  ])('%s', async (title, contents, words) => {
    const name = `${title.replaceAll(' ', '-')}.json`
    if (contents) await write(name, contents)
    const { code, stdout, stderr } = await bidual('run', at(name))
    expect(stderr).toMatch(/^bidual: .+\n$/)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    for (const word of words) expect(stderr).toContain(word)
  })

  it.each([
    [['frobnicate'], 'no command "frobnicate"'],
    [['run'], 'expected one experiment document'],
    [['run', 'small.json', '--magic'], '--magic'],
    [['run', 'small.json', '--method', 'magic'], 'least-squares'],
    [['run', 'small.json', '--jobs', '0'], '--jobs'],
    [['data', 'inspect'], 'data inspect <file>'],
    [['data', 'inspect', 'none.csv'], 'no such file'],
    [['export', '.', '--format', 'docx'], 'npz, csv, html'],
    [['export', '.', '--format', 'csv'], 'result.json'],
    [['serve', '--port', '99999'], '--port'],
  ])('%j', async (args, words) => {
    const { code, stderr } = await bidual(...args)
    expect(stderr).toContain(words)
    expect(code).toBe(2)
  })
})

describe('data inspect', () => {
  it('describes a file, for people and for scripts', async () => {
    const text = await bidual('data', 'inspect', at('data', 'x.csv'))
    expect(text.code).toBe(0)
    expect(text.stdout).toContain('x.csv: 4 rows, 3 columns')
    expect(text.stdout).toContain('classes  x 2, y 2')
    const json = await bidual('data', 'inspect', at('data', 'x.csv'), '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({ rows: 4, target: { names: ['class'] } })
  })
})

describe('help, version and serve', () => {
  it('explains one command', async () => {
    const { code, stdout } = await bidual('data', '--help')
    expect(code).toBe(0)
    expect(stdout).toContain('data inspect <file>')
    expect(stdout).not.toContain('bidual serve')
  })

  it('say what there is', async () => {
    const help = await bidual('--help')
    for (const word of ['run <experiment.json>', 'data inspect', 'serve', 'export', 'Exit codes']) {
      expect(help.stdout).toContain(word)
    }
    expect((await bidual('--version')).stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await bidual()).code).toBe(2)
  })

  it('serve prints the address and ends cleanly on Ctrl+C', async () => {
    const child = spawn(process.execPath, [cli, 'serve', '--workspace', join(folder.path, 'served')])
    const address = await new Promise<string>((resolve) => {
      child.stdout.once('data', (text: Buffer) => resolve(/http:\S+/.exec(text.toString())![0]))
    })
    expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]{43}$/)
    const { status } = await fetch(new URL('/machine', address), { headers: { connection: 'close' } })
    expect(status).toBe(403)
    const closed = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGINT')
    expect(await closed).toBe(0)
    expect(await readdir(join(folder.path, 'served'))).toContain('experiments')
  })
})
