/** Whether objectives may be compared: only values of one function, the same data, network, loss and β. */
import { expandDocument, problemNetwork } from '../../../core/experiments/expand.ts'
import type { ConcreteDocument } from '../../../core/experiments/document.ts'
import type { StoredRun } from '../../../core/protocol.ts'
import { BidualError } from '../../../core/errors.ts'

/** Parts of a document that make the objective what it is, by the word for them. */
const PARTS: Record<string, (document: ConcreteDocument) => unknown> = {
  data: ({ dataset }) => dataset,
  preprocessing: ({ preprocess }) => preprocess,
  split: ({ split }) => split,
  network({ network }) {
    const { outputs: _outputs, ...settings } = problemNetwork(network)
    return settings
  },
  outputs: ({ network }) => network.outputs,
  loss: ({ loss }) => loss,
  β: ({ beta }) => beta,
}

/**
 * The concrete document that a stored run was made from.
 *
 * @returns null when the experiment's document has changed since, or no longer holds this run
 */
export function documentOf({ record, stale }: StoredRun, document: unknown): ConcreteDocument | null {
  if (stale) return null
  try {
    return expandDocument(document).find(({ key }) => key === record.key)?.document ?? null
  } catch (error) {
    // A document that is being edited may be incomplete.
    if (error instanceof BidualError) return null
    throw error
  }
}

/** @returns the words for what differs between the problems; empty when all objectives are of one function. */
export function differences(documents: readonly ConcreteDocument[]): string[] {
  return Object.entries(PARTS)
    .filter(([, part]) => new Set(documents.map((document) => JSON.stringify(part(document)))).size > 1)
    .map(([word]) => word)
}

/** The warning over a comparison, or null where there is nothing to warn of. */
export function comparisonWarning(documents: readonly (ConcreteDocument | null)[]): string | null {
  const known = documents.filter((document) => document !== null)
  const words = differences(known)
  const list = words.length > 1 ? `${words.slice(0, -1).join(', ')} and ${words.at(-1)}` : words[0]
  if (words.length > 0) {
    return `The problems differ in ${list}: their objectives are values of different functions, and a smaller one is not a better one.`
  }
  const unknown = documents.length - known.length
  if (unknown === 0 || documents.length < 2) return null
  return `${unknown === 1 ? 'One run was' : `${unknown} runs were`} made from a document that has changed since: whether the problems are the same cannot be told.`
}
