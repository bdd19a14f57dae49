/** What the stand-in machine says of a problem: made-up facts, real applicability. */
import { defaultSettings, methodApplies } from '../../../core/experiments/catalog.ts'
import { METHOD_IDS } from '../../../core/experiments/document.ts'
import { expandDocument, firstConcrete } from '../../../core/experiments/expand.ts'
import type { ProblemSummary } from '../../../core/experiments/result.ts'
import type { ProblemInspection } from '../../../core/protocol.ts'

const SUMMARY: ProblemSummary = {
  sha256: '5a6f',
  n: 166,
  d: 60,
  outputs: 1,
  nTest: 42,
  classes: ['mine', 'rock'],
  classCounts: [89, 77],
  labels: 'sign',
  rank: 60,
  rankWithOnes: 61,
  rankCentered: 60,
  sigmaMax: 42.7,
  sigmaMin: 0.61,
  whitenedError: null,
  spikeFree: { plain: { holds: false, rows: [3, 8] }, bias: { holds: false, rows: [0, 1] } },
  shownRows: {
    rows: [3, 8, 0, 1],
    gram: [
      [1, -0.6, 0.2, 0.1],
      [-0.6, 1.5, 0.3, -0.2],
      [0.2, 0.3, 0.8, 0],
      [0.1, -0.2, 0, 1.2],
    ],
  },
  image: null,
}

/** @throws BidualError as the real one, for documents that do not parse */
export function inspect(document: Record<string, unknown>): ProblemInspection {
  const { network, loss, beta, methods } = firstConcrete(document)
  const question = { network, loss, beta, summary: SUMMARY }
  const present = methods.map((settings, index) => ({
    id: settings.id,
    index,
    applicability: methodApplies(question, settings),
  }))
  const absent = METHOD_IDS.filter((id) => methods.every((settings) => settings.id !== id)).map((id) => ({
    id,
    index: null,
    applicability: methodApplies(question, defaultSettings(id)),
  }))
  return {
    summary: SUMMARY,
    steps: ['standardised over 166 training rows'],
    warnings: [],
    memoryBytes: 166 * 61 * 8,
    methods: [...present, ...absent],
    runs: expandDocument(document).length,
  }
}
