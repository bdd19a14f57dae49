/** The job `preview`: what a file holds, before anything is run. */
import { previewTable } from '../../core/data/preview.ts'
import { readTable } from '../../core/data/read-table.ts'
import type { DatasetPreview } from '../../core/data/preview-types.ts'
import { hashFile, openDataFile } from './data-file.ts'
import type { Jobs } from './messages.ts'

/** @throws BidualError as the reader says, with the place in the file */
export async function previewJob(input: Jobs['preview']['input']): Promise<DatasetPreview> {
  const { path, options, memoryLimit } = input
  const source = await openDataFile(path)
  const table = await readTable(source, { ...options, memoryLimit })
  return previewTable(table, { sha256: await hashFile(path), bytes: source.size })
}
