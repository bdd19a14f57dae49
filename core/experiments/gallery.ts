/** Experiments to begin with; the first one is what a new workspace opens. */
import { batchNormExample } from './gallery/batch-norm.ts'
import type { GalleryEntry } from './gallery/entry.ts'
import { plantedExample } from './gallery/planted.ts'
import { plantsExample } from './gallery/plants.ts'
import { spiralExample } from './gallery/spiral.ts'

export type { GalleryEntry } from './gallery/entry.ts'

/** They make their own data: each runs as it stands. */
export const GALLERY: readonly GalleryEntry[] = [spiralExample, plantedExample, batchNormExample]

/** They need the file that their document names, bundled with the program: import it, then set `dataset.file`. */
export const FILE_GALLERY: readonly GalleryEntry[] = [plantsExample]
