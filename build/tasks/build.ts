import { bringUpToDate } from '../steps/bring-up-to-date.ts'
import { targets } from '../steps/targets.ts'

/** `npm run build`: builds what is stale. */
export async function main(): Promise<number> {
  await bringUpToDate(Object.values(targets), console.log)
  console.log('Everything is built.')
  return 0
}
