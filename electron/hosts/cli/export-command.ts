/** `bidual export`: a result, or one run of it, in another form. */
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { BidualError } from '../../../core/errors.ts'
import { readNpz, writeNpz } from '../../../core/export/npz.ts'
import { reportHtml } from '../../../core/export/report.ts'
import { runsCsv } from '../../../core/export/runs-table.ts'
import type { NamedArrays } from '../../../core/experiments/problem.ts'
import { resultDocumentSchema } from '../../../core/experiments/result.ts'
import type { ResultDocument } from '../../../core/experiments/result.ts'
import { VERSION } from '../../version.ts'
import { Disk, exists, list } from '../../services/disk.ts'
import { parseFlags } from '../arguments.ts'
import type { Command } from './commands.ts'
import { EXIT } from './exit-codes.ts'
import { readDocument } from './read-document.ts'
import type { Terminal } from './terminal.ts'

type Write = (folder: string, result: ResultDocument) => Promise<Uint8Array | string>

/** Every format: what it is called and how it is made. */
const FORMATS: Record<string, Write> = {
  npz: (folder) => collectWeights(folder),
  csv: (_, { runs }) => Promise.resolve(runsCsv(runs)),
  html: (_, result) => Promise.resolve(report(result)),
}

export const exportCommand: Command = {
  usage: `export <run dir> --format ${Object.keys(FORMATS).join('|')} [--out FILE]`,
  summary: 'Write the result in a folder (of --out, or one run of it) in another form.',
  flags: [
    [
      '--format F',
      'npz: weights, prefixed by the run where there are several; csv: the table of runs; html: a report',
    ],
    ['--out FILE', 'where to write; beside result.json by default'],
  ],
  run: exportResult,
}

async function exportResult(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseFlags({
    args,
    allowPositionals: true,
    options: { format: { type: 'string' }, out: { type: 'string' } },
  })
  const { format } = values
  if (positionals.length !== 1) throw new BidualError('bad-input', 'export: expected one folder. See --help.')
  if (format === undefined || !Object.hasOwn(FORMATS, format)) {
    const known = Object.keys(FORMATS).join(', ')
    throw new BidualError('bad-input', `--format: expected one of ${known}, found "${format ?? ''}".`)
  }
  const folder = resolve(positionals[0])
  const path = resolve(values.out ?? join(folder, `export.${format}`))
  await new Disk().writeFile(path, await FORMATS[format](folder, await readResult(folder)))
  terminal.print(path)
  return EXIT.solved
}

async function readResult(folder: string): Promise<ResultDocument> {
  const path = join(folder, 'result.json')
  const parsed = resultDocumentSchema.safeParse(await readDocument(path))
  if (parsed.success) return parsed.data
  throw new BidualError('bad-input', 'This is no result document of Bidual, version 1.', { file: path })
}

function report(result: ResultDocument): string {
  const generated = `Written by Bidual ${VERSION} on ${new Date().toISOString().slice(0, 10)}.`
  return reportHtml({ document: result.experiment, result, charts: [], generated })
}

/** The weights of one run as they are; of several, every array's name begins with its run's. */
async function collectWeights(folder: string): Promise<Uint8Array> {
  const own = join(folder, 'weights.npz')
  if (await exists(own)) return readFile(own)
  const arrays: NamedArrays = {}
  for (const key of await list(join(folder, 'runs'))) {
    const path = join(folder, 'runs', key, 'weights.npz')
    if (!(await exists(path))) continue
    const prefix = key.replace(/[^\w.+@=-]/g, '_')
    for (const [name, array] of Object.entries(readNpz(await readFile(path), path))) {
      arrays[`${prefix}.${name}`] = array
    }
  }
  if (Object.keys(arrays).length > 0) return writeNpz(arrays)
  throw new BidualError('not-found', 'There are no weights in this folder: no run ended with a network.', {
    file: folder,
  })
}
