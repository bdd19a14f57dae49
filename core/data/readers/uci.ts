/**
 * The pre-processed tables `<name>_R.dat` of the UCI collection of Fernández-Delgado et al. (2014): tab-separated, a
 * header `⟨empty⟩, f1 … fd, clase`, the row number in the first column, the class in the last.
 */
import { BidualError } from '../../errors.ts'
import { categoricalColumn, type Column } from '../table.ts'
import type { OpenedFile, Reader } from './reader.ts'
import { estimateText, headText, readText } from './text.ts'

const HEADER = /^\t(?:[^\t\n]+\t)+"?clase"?\s*(?:\n|$)/

function detect(file: OpenedFile): boolean {
  return HEADER.test(headText(file) ?? '')
}

export const uciReader: Reader = {
  title: 'UCI table (_R.dat)',
  detect,
  estimate: (file, options) => estimateText(file, { ...options, delimiter: '\t', header: true }),
  async read(file, options) {
    if (!detect(file)) {
      throw new BidualError(
        'bad-input',
        'Expected a UCI table: a tab-separated header that begins with an empty cell and ends with "clase". ' +
          'Read it as TSV or CSV instead.',
        { file: file.name, row: 1 },
      )
    }
    const text = await readText(file, { ...options, delimiter: '\t', header: true })
    const [, ...columns] = text.columns
    columns.push(asClasses(columns.pop()!))
    return {
      name: file.name,
      format: 'uci',
      gzip: file.gzip,
      dialect: text.dialect,
      rows: text.rows,
      columns,
      lines: text.lines,
      image: null,
      target: columns.length - 1,
      notes: text.notes,
    }
  },
}

/** The collection codes classes as 0, 1, …: names, not quantities. */
function asClasses(column: Column): Column {
  if (column.kind === 'categorical' || column.strays.length > 0) return column
  return categoricalColumn(
    column.name,
    Array.from(column.values, (value) => (Number.isNaN(value) ? null : String(value))),
  )
}
