/** Experiments to begin with; the first one is what a new workspace opens. */
import { batchNormExample } from './gallery/batch-norm.ts'
import { classesExample } from './gallery/classes.ts'
import { constantExample } from './gallery/constant.ts'
import { convolutionExample } from './gallery/convolution.ts'
import { deepLinearExample } from './gallery/deep-linear.ts'
import { deepBatchNormExample } from './gallery/deep-batch-norm.ts'
import { deepSplineExample } from './gallery/deep-spline.ts'
import type { GalleryEntry } from './gallery/entry.ts'
import { growthExample } from './gallery/growth.ts'
import { kernelExample } from './gallery/kernel.ts'
import { normAfterReluExample } from './gallery/norm-after-relu.ts'
import { parallelExample } from './gallery/parallel.ts'
import { pathExample } from './gallery/path.ts'
import { plantedExample } from './gallery/planted.ts'
import { plantsExample } from './gallery/plants.ts'
import { pointsOnALineExample } from './gallery/points-on-a-line.ts'
import { rankOneExample } from './gallery/rank-one.ts'
import { spikesExample } from './gallery/spikes.ts'
import { stagesExample } from './gallery/stages.ts'
import { spiralExample } from './gallery/spiral.ts'
import { whitenedExample } from './gallery/whitened.ts'
import { whitenedDescentExample } from './gallery/whitened-descent.ts'

export type { GalleryEntry } from './gallery/entry.ts'

/** They make their own data: each runs as it stands. */
export const GALLERY: readonly GalleryEntry[] = [
  spiralExample,
  plantedExample,
  pathExample,
  growthExample,
  parallelExample,
  classesExample,
  batchNormExample,
  deepBatchNormExample,
  whitenedDescentExample,
  normAfterReluExample,
  convolutionExample,
  deepLinearExample,
  pointsOnALineExample,
  kernelExample,
  stagesExample,
  constantExample,
  deepSplineExample,
  spikesExample,
  whitenedExample,
  rankOneExample,
]

/** They need the file that their document names, bundled with the program: import it, then set `dataset.file`. */
export const FILE_GALLERY: readonly GalleryEntry[] = [plantsExample]
