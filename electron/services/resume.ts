/** What stopped runs have left in their folders for going on. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { ConcreteDocument } from '../../core/experiments/document.ts'
import type { RunSpec } from '../../core/experiments/problem.ts'
import { readNpz } from '../../core/export/npz.ts'
import { stateOf } from '../../core/training/state.ts'
import { exists, readJson } from './disk.ts'
import { parseRunResult } from './run-files.ts'

/**
 * The spec as one that goes on where the run in `folder` was stopped; null when that run left nothing to go on from, or
 * was of another document: with other limits it is the same run, with any other change it is not.
 */
export async function resumed(spec: RunSpec, folder: string): Promise<RunSpec | null> {
  const path = join(folder, 'arrays.npz')
  if (!(await exists(path))) return null
  const document = (await readJson(join(folder, 'document.json'))) as ConcreteDocument | null
  const result = parseRunResult(await readJson(join(folder, 'result.json')))
  if (!document || !result || !isSameRun(document, spec)) return null
  const arrays = readNpz(await readFile(path), path)
  return stateOf(arrays) && { ...spec, resume: { arrays, sha256: result.data.sha256 } }
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
