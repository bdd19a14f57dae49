/** Tables in plain text. */

export interface TextColumn<Row> {
  title: string
  cell: (row: Row) => string
  align?: 'right'
}

/** Characters as a terminal counts them; the signs used here are one column wide each. */
const widthOf = (text: string) => Array.from(text).length

/** Columns as wide as their widest cell, two spaces apart, under a line of titles. */
export function textTable<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ]
  const widths = columns.map((_, j) => Math.max(...cells.map((line) => widthOf(line[j]))))
  const pad = (text: string, j: number) => {
    const space = ' '.repeat(widths[j] - widthOf(text))
    return columns[j].align === 'right' ? space + text : text + space
  }
  return cells.map((line) => line.map(pad).join('  ').trimEnd()).join('\n')
}
