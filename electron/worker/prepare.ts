/** The job `prepare`: from a document and its files to a problem in shared memory. */
import { prepareProblem } from '../../core/data/prepare.ts'
import { readTable } from '../../core/data/read-table.ts'
import type { Table } from '../../core/data/table.ts'
import { isFileDataset } from '../../core/experiments/document.ts'
import { hashFile, openDataFile } from './data-file.ts'
import type { Jobs } from './messages.ts'
import { allocateShared, toShared } from './shared-data.ts'
import { timedEngine } from './timed-engine.ts'

/** @throws BidualError as the reader and the steps say, with the place; `too-large` before anything is allocated */
export async function prepareJob(input: Jobs['prepare']['input']): Promise<Jobs['prepare']['output']> {
  const { document, memoryLimit } = input
  timedEngine()
  const source = await readSource(input)
  const prepared = prepareProblem({ document, ...source, allocate: allocateShared, memoryLimit })
  return {
    data: toShared(prepared.problem),
    features: prepared.features,
    steps: prepared.fitted,
    warnings: prepared.warnings,
  }
}

async function readSource({
  document: { dataset },
  paths,
  memoryLimit,
}: Jobs['prepare']['input']): Promise<{ table: Table; sha256: string } | Record<string, never>> {
  if (!isFileDataset(dataset) || paths.file === undefined) return {}
  const { format, header, delimiter } = dataset
  const labels = paths.labels === undefined ? undefined : await openDataFile(paths.labels)
  const options = { format, header, delimiter, labels, memoryLimit }
  return {
    table: await readTable(await openDataFile(paths.file), options),
    sha256: await hashFile(paths.file),
  }
}
