import type { DocumentInput } from '../document.ts'

/** An experiment to begin with. */
export interface GalleryEntry {
  id: string
  title: string
  /** What it shows, in one or two sentences. */
  description: string
  document: DocumentInput
}
