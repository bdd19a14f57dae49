import { spawn } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { BidualError } from '../../../core/errors.ts'
import { resultDocumentSchema, type RunRecord } from '../../../core/experiments/result.ts'
import { writeNpz } from '../../../core/export/npz.ts'
import type { RunState } from '../../../core/protocol.ts'
import { runCommandLine } from '../../../electron/hosts/cli/command-line.ts'
import { Disk, replaceFolder } from '../../../electron/services/disk.ts'
import { bundledCli, bundledWorker } from '../../support/bundles.ts'
import { FullDisk } from '../../support/full-disk.ts'
import { openMachine, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'
import type { TestMachine } from '../../support/machine.ts'

/** Code of the next threads, by who asks first; the ordinary one where there is none. */
const threads = vi.hoisted((): { next: URL[] } => ({ next: [] }))
vi.mock('../../../electron/worker/location.ts', async () => {
  const worker = await (await import('../../support/bundles.ts')).bundledWorker()
  return { workerLocation: () => threads.next.shift() ?? worker }
})
afterEach(() => {
  threads.next = []
  vi.restoreAllMocks()
})

const workerOf = (name: string) => new URL(`../../support/workers/${name}.ts`, import.meta.url)
const [DYING, STUBBORN] = [workerOf('dying'), workerOf('stubborn')]
/** A number that no living process has. */
const DEAD_PID = 2 ** 30 - 1
/** An archive that a run could have left, with nothing in it that a method knows. */
const STRANGE_STATE = writeNpz({ strange: { shape: [1], data: Float64Array.of(1) } })

/** Forty rows of a curve in four features. */
const CSV_ROWS = [
  'a,b,c,d,y',
  ...Array.from({ length: 40 }, (_, i) =>
    [1, 2, 3, 5]
      .map((k) => Math.sin(k * i + k).toFixed(3))
      .concat(Math.abs(Math.sin(i)).toFixed(3))
      .join(','),
  ),
].join('\n')

const GROWN = {
  ...SMALL_DOCUMENT,
  dataset: { generator: 'planted', n: 40, d: 4, neurons: 3 },
  methods: [{ id: 'convex', arrangements: { mode: 'grow', count: 5 }, proof: { cones: 1000 } }],
}
const TRAINED = { ...SMALL_DOCUMENT, methods: [{ id: 'sgd', optimizer: 'adam', epochs: 12 }] }

/** Both kinds of runs that can go on: the document of the first part and of the rest. */
const KINDS = [
  { what: 'the search for a bound', key: 'convex', first: GROWN, rest: GROWN },
  { what: 'training', key: 'sgd', first: { ...TRAINED, limits: { iterations: 5 } }, rest: TRAINED },
]

/** Contents by path of what lies below a folder. */
async function filesIn(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
  const contents = paths.map(async (path) => [path, (await readFile(path)).toString('base64')] as const)
  return Object.fromEntries(await Promise.all(contents))
}

/** A disk that refuses to write, without being full. */
class BrokenDisk extends Disk {
  broken = false

  protected override async write(path: string, contents: Uint8Array | string): Promise<void> {
    if (this.broken) throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' })
    await super.write(path, contents)
  }
}

describe.each(KINDS)('in the window, $what', ({ key, first, rest }) => {
  /** Made once: a workspace with a run that can go on, and the document to go on with. */
  let made: Awaited<ReturnType<typeof temporaryFolder>>
  let id: string
  let earlier: RunRecord
  beforeAll(async () => {
    made = await temporaryFolder()
    await using machine = await openMachine(made.path)
    id = (await machine.request('createExperiment', { document: first })).id
    await machine.request('startRuns', { experimentId: id })
    earlier = (await machine.finished(id, key)).record!
    await machine.request('saveExperiment', { id, document: rest })
    expect(earlier.resumable).toBe(true)
  })
  afterAll(() => made[Symbol.asyncDispose]())

  /** A copy of it. @returns the folder of its runs */
  async function copyTo(path: string): Promise<string> {
    await cp(made.path, path, { recursive: true, preserveTimestamps: true })
    return join(path, 'experiments', id, 'runs')
  }

  async function goOn(machine: TestMachine): Promise<RunState> {
    await machine.request('startRuns', { experimentId: id, resume: true })
    return machine.finished(id, key)
  }

  const stored = async (machine: TestMachine) =>
    (await machine.request('getExperiment', { id })).runs.map(({ record }) => record)

  it('refused in core: the earlier result again, and why; then it can go on', async () => {
    await using folder = await temporaryFolder()
    const runs = await copyTo(folder.path)
    await using machine = await openMachine(folder.path)
    const state = await readFile(join(runs, key, 'state.npz'))
    await writeFile(join(runs, key, 'state.npz'), STRANGE_STATE)
    const before = await filesIn(runs)
    const refused = await goOn(machine)
    expect(await filesIn(runs)).toEqual(before)
    const { error, ...shown } = refused.record!
    expect(shown).toEqual(earlier)
    expect(error!.code).toBe('bad-input')
    expect(error!.message).toMatch(/^Not continued, the earlier .* start it anew\.$/)
    expect(refused).toMatchObject({ status: earlier.status, seconds: earlier.seconds })
    expect(refused.points).toEqual(await machine.request('getRunHistory', { experimentId: id, key }))
    expect(await stored(machine)).toEqual([earlier])

    await writeFile(join(runs, key, 'state.npz'), state)
    const { record } = await goOn(machine)
    expect(record).not.toHaveProperty('error')
    expect(Object.keys(record!.details).some((name) => name.startsWith('continued from'))).toBe(true)
    expect(await stored(machine)).toEqual([record])
    expect(await filesIn(runs)).not.toEqual(before)
    expect(await readdir(runs)).toEqual([key])
  })

  it('whose data have changed: the bound of the old ones serves no run of the new ones', async () => {
    await using folder = await temporaryFolder()
    const runs = await copyTo(folder.path)
    const path = join(runs, key, 'result.json')
    const result = JSON.parse(await readFile(path, 'utf8')) as { data: object }
    await writeFile(path, JSON.stringify({ ...result, data: { ...result.data, sha256: 'of other data' } }))
    await using machine = await openMachine(folder.path)
    const before = await filesIn(runs)
    const { record } = await goOn(machine)
    expect(record).toMatchObject(earlier)
    expect(record!.error!.message).toMatch(/data have changed/)
    expect(await filesIn(runs)).toEqual(before)
    await machine.request('saveExperiment', {
      id,
      document: { ...rest, methods: [...rest.methods, { id: 'gated', arrangements: { count: 5 } }] },
    })
    await machine.request('startRuns', { experimentId: id, methods: [1] })
    const { certificate } = (await machine.finished(id, 'gated')).record!
    expect(certificate.how).not.toMatch(/proved by the run/)
  })

  it('its thread dies: the earlier result again', async () => {
    await using folder = await temporaryFolder()
    const runs = await copyTo(folder.path)
    await using machine = await openMachine(folder.path, { runWorker: DYING })
    const before = await filesIn(runs)
    const { record } = await goOn(machine)
    expect(await filesIn(runs)).toEqual(before)
    expect(record).toMatchObject({ ...earlier, error: { code: 'worker-died' } })
    expect(await stored(machine)).toEqual([earlier])
  })

  it('stopped before it has a result: the earlier one again, of progress that is not kept no trace', async () => {
    await using folder = await temporaryFolder()
    const runs = await copyTo(folder.path)
    await using machine = await openMachine(folder.path, { runWorker: STUBBORN })
    const before = await filesIn(runs)
    await machine.request('setSettings', { parallelRuns: 1 })
    const { id: another } = await machine.request('createExperiment', { document: TRAINED })
    await machine.request('startRuns', { experimentId: another })
    await machine.request('startRuns', { experimentId: id, resume: true })
    await machine.request('cancelRun', { experimentId: id, key })
    const queued = await machine.finished(id, key)
    expect(queued.record).toMatchObject({ ...earlier, error: { code: 'cancelled' } })

    await machine.request('setSettings', { parallelRuns: 2 })
    const spinning = new Promise<void>((resolve) => {
      machine.on('runsChanged', (states) => {
        if (states.some((state) => state.experimentId === id && state.phase === 'spinning')) resolve()
      })
    })
    await machine.request('startRuns', { experimentId: id, resume: true })
    await spinning
    await machine.request('cancelAll', {})
    const running = await machine.finished(id, key)
    expect(running.record).toMatchObject({ ...earlier, error: { code: 'cancelled' } })
    expect(running.points).toEqual(await machine.request('getRunHistory', { experimentId: id, key }))
    expect(await filesIn(runs)).toEqual(before)
  })

  it('on a full disk: its result waits in memory, the earlier one stays until there is space', async () => {
    await using folder = await temporaryFolder()
    const runs = await copyTo(folder.path)
    const disk = new FullDisk()
    await using machine = await openMachine(folder.path, { disk, retryMs: 20 })
    const before = await filesIn(runs)
    disk.full = true
    const earlier = await machine.request('getRunHistory', { experimentId: id, key })
    const { record } = await goOn(machine)
    expect(record!.error).toMatchObject({ code: 'disk-full' })
    expect(Object.keys(record!.details).some((name) => name.startsWith('continued from'))).toBe(true)
    expect(await filesIn(runs)).toEqual(before)
    const whole = await machine.request('getRunHistory', { experimentId: id, key })
    expect(whole.length).toBeGreaterThan(earlier.length)
    disk.full = false
    await vi.waitFor(async () => {
      const [state] = await machine.request('getRunSnapshot', {})
      expect(state.record).not.toHaveProperty('error')
    })
    expect(await filesIn(runs)).not.toEqual(before)
    expect(await readdir(runs)).toEqual([key])
  })

  it('on a disk that fails: the earlier result again', async () => {
    await using folder = await temporaryFolder()
    const runs = await copyTo(folder.path)
    const disk = new BrokenDisk()
    await using machine = await openMachine(folder.path, { disk })
    const before = await filesIn(runs)
    disk.broken = true
    const { record } = await goOn(machine)
    expect(record).toMatchObject({ ...earlier, error: { code: 'internal' } })
    expect(record!.error!.message).toMatch(/^Not continued.*i\/o error/)
    expect(await filesIn(runs)).toEqual(before)
    expect(await stored(machine)).toEqual([earlier])
  })
})

describe.each(KINDS)('on the command line, $what', ({ key, ...parts }) => {
  const dataset = { file: 'x.csv' }
  const [first, rest] = [
    { ...parts.first, dataset },
    { ...parts.rest, dataset },
  ]

  async function run(folder: string, document: object, ...flags: string[]) {
    await writeFile(join(folder, 'x.json'), JSON.stringify(document))
    let [stdout, stderr] = ['', '']
    const terminal = {
      print: (text: string) => (stdout += text),
      complain: (line: string) => (stderr += line),
      progress: null,
      width: 80,
    }
    const args = ['run', join(folder, 'x.json'), '--out', join(folder, 'out'), ...flags]
    return { code: await runCommandLine(args, terminal), stdout, stderr }
  }

  /** Made once: a folder of results with a run that can go on. */
  let made: Awaited<ReturnType<typeof temporaryFolder>>
  beforeAll(async () => {
    made = await temporaryFolder()
    await writeFile(join(made.path, 'x.csv'), CSV_ROWS)
    expect((await run(made.path, first)).code).toBe(0)
  })
  afterAll(() => made[Symbol.asyncDispose]())

  /** @returns the record in a folder of results or of one run */
  const recordIn = async (folder: string) =>
    resultDocumentSchema.parse(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8'))).runs[0]

  const ways: [what: string, spoil: (runs: string) => Promise<void>, why: RegExp][] = [
    [
      'refused in core',
      (runs) => writeFile(join(runs, key, 'state.npz'), STRANGE_STATE),
      /Not continued.*start it anew/,
    ],
    [
      'its thread dies',
      async () => void threads.next.push(await bundledWorker(), DYING),
      /Not continued.*thread of this run died/,
    ],
    [
      'the disk is full',
      () => {
        const full = new BidualError('disk-full', 'There is no space left.')
        vi.spyOn(Disk.prototype, 'writeFolder').mockRejectedValue(full)
        return Promise.resolve()
      },
      /Not continued.*no space left/,
    ],
  ]

  it.each(ways)('%s: it fails, and the earlier result stays', async (_what, spoil, why) => {
    await using folder = await temporaryFolder()
    await cp(made.path, folder.path, { recursive: true })
    const out = join(folder.path, 'out')
    const runs = join(out, 'runs')
    const earlier = await recordIn(out)
    const state = await readFile(join(runs, key, 'state.npz'))
    await spoil(runs)
    const before = await filesIn(runs)
    const { code, stdout, stderr } = await run(folder.path, rest, '--resume')
    expect(code).toBe(1)
    expect(stderr).toMatch(why)
    expect(stdout).toMatch(why)
    expect(await filesIn(runs)).toEqual(before)
    const { error, ...shown } = await recordIn(out)
    expect(shown).toEqual(earlier)
    expect(error!.message).toMatch(why)
    vi.restoreAllMocks()
    await writeFile(join(runs, key, 'state.npz'), state)
    expect((await run(folder.path, rest, '--resume')).code).toBe(0)
    expect(await filesIn(runs)).not.toEqual(before)
    expect(await recordIn(join(runs, key))).not.toHaveProperty('error')
    expect(await readdir(runs)).toEqual([key])
  })

  it('whose data have changed: nothing is run or written', async () => {
    await using folder = await temporaryFolder()
    await cp(made.path, folder.path, { recursive: true })
    const out = join(folder.path, 'out')
    const before = await filesIn(out)
    await writeFile(join(folder.path, 'x.csv'), CSV_ROWS.replace('0.5', '0.75'))
    const { code, stderr } = await run(folder.path, rest, '--resume')
    expect(code).toBe(1)
    expect(stderr).toMatch(/^bidual: The data have changed since ".*" was stopped/)
    expect(await filesIn(out)).toEqual(before)
  })
})

describe('a process that is killed while it goes on', () => {
  /** First a run that is over at once, then one that never is. */
  const ENDLESS = {
    ...SMALL_DOCUMENT,
    methods: [{ id: 'least-squares' }, { id: 'sgd', optimizer: 'sgd', learningRate: 1e-6, epochs: 1e9 }],
  }

  it('leaves the earlier run as it was; one that is killed as it replaces it, where it is found', async () => {
    await using folder = await temporaryFolder()
    const cli = await bundledCli()
    const command = async (document: object, killAfter?: string): Promise<number | null> => {
      await writeFile(join(folder.path, 'x.json'), JSON.stringify(document))
      const args = [cli, 'run', 'x.json', '--out', 'out', '--jobs', '1', '--resume']
      const child = spawn(process.execPath, args, { cwd: folder.path })
      let said = ''
      child.stderr.on('data', (text: Buffer) => {
        said += text.toString()
        // The one job goes on with the training as soon as the other method is over.
        if (killAfter && said.includes(killAfter)) setTimeout(() => child.kill('SIGKILL'), 300)
      })
      return new Promise((resolve) => child.once('close', resolve))
    }
    const limited = (iterations: number) => ({ ...ENDLESS, limits: { iterations } })
    expect(await command(limited(5))).toBe(0)
    const runs = join(folder.path, 'out', 'runs')
    const sgd = join(runs, 'sgd')
    const before = await filesIn(sgd)
    expect(await command(ENDLESS, 'Least squares: solved')).toBeNull()
    expect(await filesIn(sgd)).toEqual(before)

    await rename(sgd, `${sgd}.old`)
    const half = join(runs, `.tmp-${DEAD_PID}-0123456789ab`)
    await mkdir(half)
    await writeFile(join(half, 'document.json'), '{"version":')
    expect(await command(limited(9))).toBe(0)
    const { runs: records } = resultDocumentSchema.parse(
      JSON.parse(await readFile(join(sgd, 'result.json'), 'utf8')),
    )
    expect(records[0]).toMatchObject({ iterations: 9, details: { 'continued from epoch': 5 } })
    expect(await readdir(runs)).toEqual(['least-squares', 'sgd'])
  })

  it('cannot lose a folder to a move that fails', async () => {
    await using folder = await temporaryFolder()
    await mkdir(join(folder.path, 'run'))
    await writeFile(join(folder.path, 'run', 'result.json'), 'earlier')
    await expect(replaceFolder(join(folder.path, 'nothing'), join(folder.path, 'run'))).rejects.toThrow(
      'ENOENT',
    )
    expect(await readdir(folder.path)).toEqual(['run'])
    expect(await readFile(join(folder.path, 'run', 'result.json'), 'utf8')).toBe('earlier')
  })
})
