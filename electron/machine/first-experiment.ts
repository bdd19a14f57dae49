/** What a new workspace opens on. */
import { GALLERY } from '../../core/experiments/gallery.ts'
import type { Stores } from './services.ts'

/** Puts the first example of the gallery into a workspace that nobody has used yet. */
export async function createFirstExperiment({ experiments, workspace }: Stores): Promise<void> {
  if (workspace.isNew) await experiments.create({ ...GALLERY[0].document })
}
