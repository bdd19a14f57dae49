/** `npm start` where there is no Electron window: the browser host. */
import { BidualError } from '../../../core/errors.ts'
import { defaultWorkspace } from '../../services/workspace.ts'
import { parseFlags, wholeNumber } from '../arguments.ts'
import { serve } from './serve.ts'

async function main(): Promise<number> {
  const { values } = parseFlags({
    args: process.argv.slice(2),
    options: { port: { type: 'string', default: '0' }, workspace: { type: 'string' } },
  })
  return serve({
    port: wholeNumber('--port', values.port, 0, 65535),
    workspace: values.workspace ?? defaultWorkspace(),
    print: (line) => console.log(line),
    warn: (line) => console.error(line),
  })
}

try {
  process.exitCode = await main()
} catch (error) {
  if (!(error instanceof BidualError)) throw error
  console.error(error.message)
  process.exitCode = error.code === 'bad-input' ? 2 : 1
}
