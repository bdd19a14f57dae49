/** Name and version of the product, and what it runs on, for results and for the window. */
import { cpus } from 'node:os'
import type { Environment } from '../core/experiments/result.ts'
import manifest from '../package.json' with { type: 'json' }

export const PRODUCT = manifest.productName
export const VERSION = manifest.version

/** What a result document says about the machine that computed it. */
export function environment(): Environment {
  return {
    bidual: VERSION,
    node: process.versions.node,
    platform: `${process.platform}-${process.arch}`,
    // Some virtual machines name no processor.
    cpu: cpus()[0]?.model.trim() || 'unknown',
  }
}
