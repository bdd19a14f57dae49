import type { MethodId } from './document.ts'

/**
 * Methods that return another model than the network of the document: bounds of the network neither come from them nor
 * apply to them, and their objectives may lie below its optimum.
 */
export const OTHER_MODELS: ReadonlySet<MethodId> = new Set(['least-squares', 'ntk', 'convex-rf', 'stacking'])
