import { spectrumOf } from '../data/spectrum.ts'
import type { FamilySettings } from '../experiments/document.ts'
import type { Problem } from '../experiments/problem.ts'
import { extractPatches, patchCount, patchGeometry, type PatchGeometry } from '../networks/index.ts'
import { whitenedColumns, type ArrangedMatrix } from '../programs/arranged.ts'

export interface ArrangedPatches extends ArrangedMatrix {
  /** Patches of a sample: its rows of A follow each other. */
  readonly patches: number
  readonly geometry: PatchGeometry
}

/** U′_M of a convolutional network (THEORY 3.5): (n·K_p)×(rank + 1), whitened over all patches of the training data. */
export function arrangedPatches(
  { X, summary }: Pick<Problem, 'X' | 'summary'>,
  network: FamilySettings<'conv-bn'>,
): ArrangedPatches {
  const geometry = patchGeometry(network, summary)
  const M = extractPatches(X, geometry)
  return { ...whitenedColumns(M, spectrumOf(M).rankCentered), patches: patchCount(geometry), geometry }
}
