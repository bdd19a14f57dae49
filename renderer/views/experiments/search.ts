import type { ExperimentEntry } from '../../../core/protocol.ts'

const textOf = ({ name, dataset, family, loss }: ExperimentEntry) =>
  [name, dataset, family, loss].join(' ').toLowerCase()

/** Entries that hold every word of the query somewhere in name, data, family or loss; all for an empty query. */
export function matching(entries: readonly ExperimentEntry[], query: string): ExperimentEntry[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  return entries.filter((entry) => words.every((word) => textOf(entry).includes(word)))
}
