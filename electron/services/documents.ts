/** Reading experiment documents that may be incomplete, for lists and for telling what is out of date. */
import { basename } from 'node:path/posix'
import { expandDocument, problemKey } from '../../core/experiments/expand.ts'
import { BidualError } from '../../core/errors.ts'

export type Document = Record<string, unknown>

/** What the list of experiments shows of a document; empty strings where it says nothing yet. */
export interface DocumentSummary {
  name: string
  family: string
  loss: string
  /** The data file's name, or the generator. */
  dataset: string
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const part = (document: Document, key: string): Document => {
  const value = document[key]
  return typeof value === 'object' && value !== null ? (value as Document) : {}
}

export function summarizeDocument(document: Document): DocumentSummary {
  const dataset = part(document, 'dataset')
  return {
    name: text(document.name) || 'Untitled',
    family: text(part(document, 'network').family),
    loss: text(document.loss),
    dataset: basename(text(dataset.file)) || text(dataset.generator),
  }
}

/** Every `dataset.file` and `dataset.labels` of a document, as written. */
export function dataFilesOf(document: Document): string[] {
  const { file, labels } = part(document, 'dataset')
  return [file, labels].filter((name) => typeof name === 'string')
}

/**
 * The objective functions that a document describes; a stored run of any other one is out of date.
 *
 * @returns none for a document that cannot be run as it stands
 */
export function problemKeysOf(document: Document): Set<string> {
  try {
    return new Set(expandDocument(document).map((spec) => problemKey(spec.document)))
  } catch (error) {
    if (error instanceof BidualError) return new Set()
    throw error
  }
}
