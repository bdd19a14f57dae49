/** Where a document's data files are. */
import { isFileDataset } from '../../core/experiments/document.ts'
import type { ConcreteDocument } from '../../core/experiments/document.ts'
import type { DataPaths } from '../worker/messages.ts'

/**
 * @param resolveFile from the document's words to an absolute path; throws where that may not be read
 * @returns nothing for generators
 */
export async function dataPaths(
  { dataset }: ConcreteDocument,
  resolveFile: (file: string, path: string) => Promise<string>,
): Promise<DataPaths> {
  if (!isFileDataset(dataset)) return {}
  const file = await resolveFile(dataset.file, 'dataset.file')
  if (dataset.labels === undefined) return { file }
  return { file, labels: await resolveFile(dataset.labels, 'dataset.labels') }
}
