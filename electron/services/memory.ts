/** How much memory there is, containers' limits included. */
import { totalmem } from 'node:os'

/** Bytes that this process may use at most. */
export function availableMemory(): number {
  // 0 or an astronomic number where nothing constrains the process.
  const constrained = process.constrainedMemory()
  return constrained > 0 ? Math.min(constrained, totalmem()) : totalmem()
}
