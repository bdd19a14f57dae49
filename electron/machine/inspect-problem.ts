/** What can be said of a document before anything is run. */
import { defaultSettings, methodApplies } from '../../core/experiments/catalog.ts'
import type { Question } from '../../core/experiments/catalog.ts'
import { METHOD_IDS } from '../../core/experiments/document.ts'
import type { MethodSettings } from '../../core/experiments/document.ts'
import { expandDocument, firstConcrete } from '../../core/experiments/expand.ts'
import type { ProblemInspection } from '../../core/protocol.ts'
import type { Document } from '../services/documents.ts'
import { dataPaths } from './data-paths.ts'
import type { Services } from './services.ts'

/**
 * Loads the data, fits the steps and evaluates every hypothesis, for the first value of every sweep.
 *
 * @param document may have no methods yet
 * @throws BidualError with the path in the document, or the place in the data
 */
export async function inspectProblem(
  { problems, stores: { workspace } }: Pick<Services, 'problems' | 'stores'>,
  document: Document,
): Promise<ProblemInspection> {
  const chosen = Array.isArray(document.methods) && document.methods.length > 0
  const concrete = firstConcrete(chosen ? document : { ...document, methods: [defaultSettings('sgd')] })
  const runs = chosen ? expandDocument(document).length : 0
  const paths = await dataPaths(concrete, (file, path) => workspace.resolveDataFile(file, path))
  const { problem, release } = await problems.acquire(concrete, paths)
  release()
  const { network, loss, beta } = concrete
  const question: Question = { network, loss, beta, summary: problem.data.summary }
  return {
    summary: problem.data.summary,
    steps: problem.steps.map(({ sentence }) => sentence),
    warnings: problem.warnings,
    memoryBytes: problem.memoryBytes,
    methods: methodRows(question, chosen ? concrete.methods : []),
    runs,
  }
}

/** The document's methods, then every other one with its default settings. */
function methodRows(question: Question, methods: MethodSettings[]): ProblemInspection['methods'] {
  const used = new Set(methods.map(({ id }) => id))
  const others = METHOD_IDS.filter((id) => !used.has(id)).map((id) => ({
    index: null,
    settings: defaultSettings(id),
  }))
  return [...methods.map((settings, index) => ({ index, settings })), ...others].map(
    ({ index, settings }) => ({
      id: settings.id,
      index,
      applicability: methodApplies(question, settings),
    }),
  )
}
