/** `bidual data inspect`: what a file holds, before anything is run. */
import { basename, resolve } from 'node:path'
import type { ColumnPreview, DatasetPreview } from '../../../core/data/preview-types.ts'
import { BidualError } from '../../../core/errors.ts'
import { formatBytes, formatCount, formatObjective } from '../../../core/export/format.ts'
import { availableMemory } from '../../services/memory.ts'
import { Threads } from '../../services/threads.ts'
import type { PreviewOptions } from '../../worker/messages.ts'
import { parseFlags } from '../arguments.ts'
import type { Command } from './commands.ts'
import { EXIT } from './exit-codes.ts'
import type { Terminal } from './terminal.ts'
import { textTable } from './text-table.ts'
import type { TextColumn } from './text-table.ts'

export const inspectCommand: Command = {
  usage: 'data inspect <file> [--json] [--format csv|tsv|idx|uci] [--delimiter C]',
  summary: 'Show the columns, classes, rank and memory of a data file.',
  flags: [
    ['--json', 'print everything that is known, as JSON'],
    ['--format F', 'read as csv, tsv, idx or uci instead of detecting it'],
    ['--delimiter C', 'the character between cells, instead of detecting it'],
  ],
  run: inspect,
}

const FORMATS = ['csv', 'tsv', 'idx', 'uci'] as const

async function inspect(args: string[], terminal: Terminal): Promise<number> {
  const { values, positionals } = parseFlags({
    args,
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      format: { type: 'string' },
      delimiter: { type: 'string' },
    },
  })
  if (positionals.length !== 2 || positionals[0] !== 'inspect') {
    throw new BidualError('bad-input', 'data: expected "data inspect <file>". See --help.')
  }
  const options: PreviewOptions = { format: formatOf(values.format), delimiter: values.delimiter }
  const preview = await readPreview(resolve(positionals[1]), options)
  terminal.print(values.json ? JSON.stringify(preview, null, 2) : describe(preview))
  return EXIT.solved
}

function formatOf(text: string | undefined): PreviewOptions['format'] {
  if (text === undefined) return undefined
  const format = FORMATS.find((known) => known === text)
  if (format) return format
  throw new BidualError('bad-input', `--format: expected one of ${FORMATS.join(', ')}, found "${text}".`)
}

function readPreview(path: string, options: PreviewOptions): Promise<DatasetPreview> {
  const input = { path, name: basename(path), options, memoryLimit: availableMemory() }
  return new Threads(1).start('preview', input).done
}

const range = ({ min, max }: ColumnPreview) =>
  min === null ? '' : `${formatObjective(min)} … ${formatObjective(max)}`

const COLUMNS: TextColumn<ColumnPreview>[] = [
  { title: '#', cell: ({ index }) => String(index), align: 'right' },
  { title: 'column', cell: ({ name }) => name },
  { title: 'kind', cell: ({ kind }) => kind },
  { title: 'missing', cell: ({ missing }) => formatCount(missing), align: 'right' },
  { title: 'distinct', cell: ({ distinct }) => formatCount(distinct), align: 'right' },
  { title: 'range', cell: range },
]

/** Columns beyond these are counted, not listed. */
const SHOWN_COLUMNS = 30

function describe(preview: DatasetPreview): string {
  const { name, rows, columns, target, rank, memoryBytes, sha256, warnings } = preview
  const hidden = columns.length - SHOWN_COLUMNS
  const classes = target?.classes.map((one) => `${one.name} ${formatCount(one.count)}`).join(', ')
  return [
    `${name}: ${formatCount(rows)} rows, ${formatCount(columns.length)} columns`,
    `target   ${target ? `${target.names.join(', ')}${target.guessed ? ' (guessed)' : ''}` : 'none found'}`,
    ...(classes ? [`classes  ${classes}`] : []),
    `rank     ${rank ?? 'not computed'}`,
    `memory   ${formatBytes(memoryBytes)}`,
    `SHA-256  ${sha256}`,
    '',
    textTable(COLUMNS, columns.slice(0, SHOWN_COLUMNS)),
    ...(hidden > 0 ? [`… and ${formatCount(hidden)} more columns`] : []),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ].join('\n')
}
