import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { Disk } from '../../../electron/services/disk.ts'
import { freeSlug, slug } from '../../../electron/services/slugs.ts'
import { defaultWorkspace, Workspace } from '../../../electron/services/workspace.ts'
import { openMachine, SMALL_DOCUMENT, temporaryFolder } from '../../support/machine.ts'

/** A number that no living process has: above every limit of the systems we run on. */
const DEAD_PID = 2 ** 30 - 1

/** A workspace with one experiment and one finished run. */
async function usedWorkspace(path: string): Promise<string> {
  await using machine = await openMachine(path)
  const document = { ...SMALL_DOCUMENT, methods: [{ id: 'least-squares' }] }
  const { id } = await machine.request('createExperiment', { document })
  await machine.request('startRuns', { experimentId: id })
  await machine.finished(id, 'least-squares')
  return id
}

describe('the index', () => {
  it('is rebuilt from the files when it is missing, damaged, or of another version', async () => {
    await using folder = await temporaryFolder()
    const id = await usedWorkspace(folder.path)
    const index = join(folder.path, 'index.sqlite')
    const ways = {
      missing: () => rm(index),
      'no database': () => writeFile(index, 'this is not a database, whatever its name says'.repeat(100)),
      'cut off': async () => writeFile(index, (await readFile(index)).subarray(0, 5000)),
      'another version': () => {
        const db = new DatabaseSync(index)
        db.exec('PRAGMA user_version = 99')
        db.close()
        return Promise.resolve()
      },
    }
    for (const damage of Object.values(ways)) {
      await damage()
      await using machine = await openMachine(folder.path)
      expect(await machine.request('listExperiments', {})).toMatchObject([{ id, name: 'Small', runs: 1 }])
      expect(await machine.request('listRuns', {})).toMatchObject([{ record: { key: 'least-squares' } }])
    }
  })

  it('follows files that were changed behind its back', async () => {
    await using folder = await temporaryFolder()
    const id = await usedWorkspace(folder.path)
    await rm(join(folder.path, 'experiments', id, 'runs'), { recursive: true })
    await mkdir(join(folder.path, 'experiments', 'copied'))
    await writeFile(join(folder.path, 'experiments', 'copied', 'document.json'), '{"name":"By hand"}')
    await using machine = await openMachine(folder.path)
    expect(await machine.request('listRuns', {})).toEqual([])
    const names = (await machine.request('listExperiments', {})).map(({ name }) => name)
    expect(names.sort()).toEqual(['By hand', 'Small'])
  })
})

describe('after a crash', () => {
  it('finished runs are there, half-written files are gone, replaced folders are back', async () => {
    await using folder = await temporaryFolder()
    const id = await usedWorkspace(folder.path)
    const runs = join(folder.path, 'experiments', id, 'runs')
    const orphan = join(runs, `.tmp-${DEAD_PID}-0123456789ab`)
    await mkdir(orphan)
    await writeFile(join(orphan, 'result.json'), '{"version":')
    await writeFile(join(folder.path, `.tmp-${DEAD_PID}-0123456789ab`), 'half of the settings')
    await rename(join(runs, 'least-squares'), join(runs, 'least-squares.old'))

    await using machine = await openMachine(folder.path)
    expect(await machine.request('listRuns', {})).toHaveLength(1)
    expect(await readdir(runs)).toEqual(['least-squares'])
    expect((await readdir(folder.path)).filter((name) => name.startsWith('.tmp'))).toEqual([])
  })

  it('files of another living process are left alone', async () => {
    await using folder = await temporaryFolder()
    await Workspace.open(folder.path)
    const foreign = join(folder.path, `.tmp-${process.ppid}-0123456789ab`)
    await writeFile(foreign, '')
    await Workspace.open(folder.path)
    expect((await stat(foreign)).isFile()).toBe(true)
  })
})

describe('damaged files', () => {
  it('are skipped with a warning that names them', async () => {
    await using folder = await temporaryFolder()
    const id = await usedWorkspace(folder.path)
    const runs = join(folder.path, 'experiments', id, 'runs')
    await mkdir(join(runs, 'broken'))
    await writeFile(join(runs, 'broken', 'result.json'), '{"version": 1, "runs"')
    await mkdir(join(runs, 'foreign'))
    await writeFile(join(runs, 'foreign', 'result.json'), '{"version": 2}')
    await mkdir(join(folder.path, 'experiments', 'no-document'))
    await mkdir(join(folder.path, 'datasets', 'no-entry'))
    await writeFile(join(folder.path, 'experiments', 'a stray file'), '')
    await using machine = await openMachine(folder.path)
    expect(await machine.request('listExperiments', {})).toHaveLength(1)
    expect(await machine.request('listRuns', {})).toHaveLength(1)
    const warned = machine.warnings.join('\n')
    for (const name of ['broken', 'foreign', 'no-document', 'no-entry', 'a stray file'])
      expect(warned).toContain(name)
  })
})

describe('a folder that cannot be one', () => {
  it('is refused with a sentence', async () => {
    await using folder = await temporaryFolder()
    await writeFile(join(folder.path, 'file'), '')
    await expect(openMachine(join(folder.path, 'file', 'below'))).rejects.toMatchObject({ code: 'forbidden' })
  })

  it('is not chosen by default', () => {
    expect(defaultWorkspace({ BIDUAL_WORKSPACE: '/somewhere/else' })).toBe('/somewhere/else')
    expect(defaultWorkspace({})).toMatch(/Bidual$/)
  })
})

describe('writing', () => {
  it('replaces files and folders as a whole', async () => {
    await using folder = await temporaryFolder()
    const disk = new Disk()
    const path = join(folder.path, 'a', 'run')
    await disk.writeFolder(path, { one: '1', two: '2' })
    await disk.writeFolder(path, { three: '3' })
    expect(await readdir(path)).toEqual(['three'])
    expect(await readdir(join(folder.path, 'a'))).toEqual(['run'])
  })
})

describe('slugs', () => {
  it.each([
    ['Sonar (ReLU, 2 layers).csv', 'sonar-relu-2-layers-csv'],
    ['Überraschung', 'uberraschung'],
    ['../../etc', 'etc'],
    ['日本', 'unnamed'],
    ['', 'unnamed'],
    ['x'.repeat(200), 'x'.repeat(48)],
  ])('%s', (name, expected) => {
    expect(slug(name)).toBe(expected)
  })

  it('are numbered when they are taken', () => {
    const taken = new Set(['run', 'run-2'])
    expect(freeSlug('Run', (name) => taken.has(name))).toBe('run-3')
  })
})
