/** What stopped runs have left in their folders for going on. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { BidualError } from '../../core/errors.ts'
import type { ConcreteDocument } from '../../core/experiments/document.ts'
import type { RunSpec } from '../../core/experiments/problem.ts'
import { readNpz } from '../../core/export/npz.ts'
import { exists, readJson } from './disk.ts'
import { parseRunResult, STATE_FILE, type RunMetrics } from './run-files.ts'

/** Bytes of a state, packed or not: networks of tens of millions of weights with their momenta. */
const LARGEST_STATE = 2 ** 30

/**
 * The spec as one that goes on where the run in `folder` was stopped; null when that run left nothing to go on from, or
 * was of another document: with other limits it is the same run, with any other change it is not.
 *
 * @param largest bytes of a state that are read
 * @throws BidualError bad-input or too-large for a file that no run has left
 */
export async function resumed(
  spec: RunSpec,
  folder: string,
  largest = LARGEST_STATE,
): Promise<RunSpec | null> {
  const file = join(folder, STATE_FILE)
  if (!(await exists(file))) return null
  const document = (await readJson(join(folder, 'document.json'))) as ConcreteDocument | null
  const result = parseRunResult(await readJson(join(folder, 'result.json')))
  if (!document || !result || !isSameRun(document, spec)) return null
  const { size } = await stat(file)
  if (size > largest) {
    throw new BidualError('too-large', `A stopped run left ${size} bytes: more than are read.`, { file })
  }
  const arrays = readNpz(await readFile(file), file, largest)
  const { data, record } = result
  const metrics = (await readJson(join(folder, 'metrics.json'))) as RunMetrics | null
  const history = metrics?.version === 1 ? metrics.history : []
  return { ...spec, resume: { arrays, sha256: data.sha256, before: { history, record } } }
}

function isSameRun(stored: ConcreteDocument, { document, methodIndex }: RunSpec): boolean {
  const problemOf = ({ dataset, preprocess, split, network, loss, beta, seed }: ConcreteDocument) => ({
    dataset,
    preprocess,
    split,
    network,
    loss,
    beta,
    seed,
  })
  return (
    isDeepStrictEqual(problemOf(stored), problemOf(document)) &&
    stored.methods.some((method) => isDeepStrictEqual(method, document.methods[methodIndex]))
  )
}
