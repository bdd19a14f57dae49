/** The tables that come with the program, for the examples that need a file. */
import plants from '../../build/resources/examples/plants.csv?url'
import { BidualError } from '../../core/errors.ts'

const ADDRESSES: Record<string, string> = { 'plants.csv': plants }

/** @throws BidualError `not-found` for a file that does not come with the program */
export async function exampleFile(fileName: string): Promise<Uint8Array<ArrayBuffer>> {
  const missing = new BidualError('not-found', `${fileName} is missing from this installation.`)
  const address = ADDRESSES[fileName]
  if (!address) throw missing
  const response = await fetch(address)
  if (!response.ok) throw missing
  return new Uint8Array(await response.arrayBuffer())
}
