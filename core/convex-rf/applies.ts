import { BidualError } from '../errors.ts'
import type { LossId, SettingsOf } from '../experiments/document.ts'
import type { Hypothesis, ProblemSummary } from '../experiments/result.ts'
import { patchGeometry, type PatchGeometry } from '../networks/patches.ts'

/** Features up to which their Gram matrix is formed. */
const MOST_FEATURES = 8000

/** Whether the filters of Convex-RF can be made from the data (THEORY §6): images, and the squared loss. */
export function convexRfApplies(
  loss: LossId,
  summary: Pick<ProblemSummary, 'd' | 'image'>,
  settings: SettingsOf<'convex-rf'>,
): { applies: boolean; because: string; hypotheses: Hypothesis[] } {
  const { image } = summary
  const features = settings.patches * settings.cells ** 2
  const unfit = image ? misfit(summary, settings) : null
  const checks: (Hypothesis & { reason: string })[] = [
    {
      name: 'rows are images',
      holds: image !== null,
      value: image ? `${image.height}×${image.width}×${image.channels}` : null,
      reason:
        'Filters are patches of images, and these rows are not: use image data (IDX) without steps that mix pixels.',
    },
    { name: 'patches fit', holds: unfit === null, value: settings.patch, reason: unfit ?? '' },
    {
      name: 'at least 2 patches',
      holds: settings.patches >= 2,
      value: settings.patches,
      reason: 'A filter tells a patch from the others: draw at least 2 patches.',
    },
    {
      name: 'squared loss',
      holds: loss === 'squared',
      value: loss,
      reason: `The output layer is fitted by an ℓ₁-regularised squared loss, not ${loss}: choose squared.`,
    },
    {
      name: `features ≤ ${MOST_FEATURES}`,
      holds: features <= MOST_FEATURES,
      value: features,
      reason: `${features} features are too many for their Gram matrix: use fewer patches or cells.`,
    },
  ]
  const failed = checks.find(({ holds }) => !holds)
  return {
    applies: !failed,
    because:
      failed?.reason ??
      `Another model: ${settings.patches} filters from patches, pooled, and a convex output layer.`,
    hypotheses: checks.map(({ name, holds, value }) => ({ name, holds, value })),
  }
}

/** Where the patches lie. @throws BidualError `bad-input`, when they are larger than the image */
export function rfGeometry(
  summary: Pick<ProblemSummary, 'd' | 'image'>,
  { patch, stride }: Pick<SettingsOf<'convex-rf'>, 'patch' | 'stride'>,
): PatchGeometry {
  return patchGeometry({ filter: patch, stride, padding: 0 }, summary)
}

function misfit(
  summary: Pick<ProblemSummary, 'd' | 'image'>,
  settings: SettingsOf<'convex-rf'>,
): string | null {
  try {
    rfGeometry(summary, settings)
    return null
  } catch (error) {
    if (!(error instanceof BidualError)) throw error
    return error.message
  }
}
