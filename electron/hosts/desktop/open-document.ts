/** Experiment documents from outside of the workspace become experiments in it, their data files included. */
import { readFile } from 'node:fs/promises'
import { basename, dirname, extname, resolve } from 'node:path'
import { BidualError } from '../../../core/errors.ts'
import type { DatasetEntry, ExperimentDetail } from '../../../core/protocol.ts'
import type { MachineService } from '../../machine/service.ts'
import { errorCode } from '../../services/disk.ts'
import type { Document } from '../../services/documents.ts'

export const DOCUMENT_EXTENSIONS = ['bidual', 'json']

/** The documents among a command line's words; a document's data files are not opened on their own. */
export function documentsAmong(args: readonly string[], folder: string): string[] {
  return args
    .filter((arg) => !arg.startsWith('-') && extname(arg).toLowerCase() === '.bidual')
    .map((arg) => resolve(folder, arg))
}

/**
 * Imports the data files that a document names, relative to itself, then the document; the window is told to show it.
 *
 * @throws BidualError naming the file: no such file, no document, or data that cannot be read
 */
export async function openDocument(machine: MachineService, path: string): Promise<void> {
  const document = await readDocument(path)
  const dataset = await importFiles(machine, document.dataset, dirname(path))
  const created = await machine.request('createExperiment', { document: { ...document, dataset } })
  machine.emit('command', { name: 'open', experimentId: (created as ExperimentDetail).id })
}

async function readDocument(path: string): Promise<Document> {
  const json = parse(await readBytes(path, basename(path)), path)
  if (typeof json === 'object' && json !== null && 'version' in json && 'dataset' in json) return json
  throw new BidualError('bad-input', 'This is no experiment document: it has no version or no dataset.', {
    file: path,
  })
}

function parse(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as unknown
  } catch {
    throw new BidualError('bad-input', 'This is no experiment document: it is not JSON.', { file: path })
  }
}

/** The data set with its files' places in the workspace; whatever is wrong with it is said when it is used. */
async function importFiles(machine: MachineService, dataset: unknown, folder: string): Promise<unknown> {
  if (typeof dataset !== 'object' || dataset === null) return dataset
  const { file, labels } = dataset as Document
  return {
    ...dataset,
    ...(typeof file === 'string' && { file: await importFile(machine, resolve(folder, file)) }),
    ...(typeof labels === 'string' && { labels: await importFile(machine, resolve(folder, labels)) }),
  }
}

async function importFile(machine: MachineService, path: string): Promise<string> {
  const fileName = basename(path)
  const entry = await machine.request('importDataset', { fileName, bytes: await readBytes(path, fileName) })
  return (entry as DatasetEntry).file
}

async function readBytes(path: string, name: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path))
  } catch (error) {
    const what = errorCode(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${errorCode(error)})`
    throw new BidualError('not-found', `The file "${name}" ${what}.`, { file: path })
  }
}
