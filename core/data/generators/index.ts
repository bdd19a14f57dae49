/** The table of generators: synthetic data from settings and a seed alone. */
import type { GeneratorDataset, GeneratorId } from '../../experiments/document.ts'
import { Sha256 } from '../sha256.ts'
import type { Table } from '../table.ts'
import { planted } from './planted.ts'
import { points1d } from './points-1d.ts'
import { rankOne } from './rank-one.ts'
import { spiral } from './spiral.ts'
import { whitened } from './whitened.ts'

export type Generate<Id extends GeneratorId> = (
  settings: Extract<GeneratorDataset, { generator: Id }>,
) => Table

export const GENERATORS: { [Id in GeneratorId]: Generate<Id> } = {
  spiral,
  planted,
  whitened,
  'rank-one': rankOne,
  'points-1d': points1d,
}

/** @throws BidualError for settings that contradict each other. */
export function generateTable(settings: GeneratorDataset): Table {
  return (GENERATORS[settings.generator] as Generate<GeneratorId>)(settings)
}

/** SHA-256 of a table's values, column by column (doubles, little endian): what stands for a file's bytes. */
export function tableDigest(table: Table): string {
  const hash = new Sha256()
  for (const column of table.columns) {
    const values = column.kind === 'numeric' ? column.values : column.codes
    const view = new DataView(new ArrayBuffer(values.length * 8))
    values.forEach((value, i) => view.setFloat64(8 * i, value, true))
    hash.update(new Uint8Array(view.buffer))
  }
  return hash.hex()
}
