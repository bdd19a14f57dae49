import { z } from 'zod'
import { NETWORK_SCHEMAS } from '../../../../core/experiments/document.ts'
import type { FamilyId } from '../../../../core/experiments/document.ts'
import { isObject } from '../../../stores/json-path.ts'
import type { Json, JsonObject } from '../../../stores/json-path.ts'
import { unwrapped } from './schema-walk.ts'

/**
 * The network of another family that keeps what both have in common: settings that the new one does not have, or
 * fixes to one value, are left out. Values that are no good stay, to be shown with their problem.
 */
export function networkOfFamily(network: Json, family: FamilyId): JsonObject {
  const fields: Partial<Record<string, z.ZodType>> = NETWORK_SCHEMAS[family].shape
  const isSetting = ([name]: [string, Json]) => {
    const field = fields[name]
    return field !== undefined && !(unwrapped(field) instanceof z.ZodLiteral)
  }
  const kept = Object.entries(isObject(network) ? network : {}).filter(isSetting)
  return { family, ...Object.fromEntries(kept) }
}
