/** `bidual serve`: the window in a browser. */
import { defaultWorkspace } from '../../services/workspace.ts'
import { parseFlags, wholeNumber } from '../arguments.ts'
import { serve } from '../browser/serve.ts'
import type { Command } from './commands.ts'

export const serveCommand: Command = {
  usage: 'serve [--port N] [--workspace DIR]',
  summary: 'Open the workbench for a browser on this machine; the address is printed.',
  flags: [
    ['--port N', 'listen on this port of 127.0.0.1; any free one by default'],
    ['--workspace DIR', 'where data, experiments and results are kept'],
  ],
  run(args, terminal) {
    const { values } = parseFlags({
      args,
      options: { port: { type: 'string', default: '0' }, workspace: { type: 'string' } },
    })
    return serve({
      port: wholeNumber('--port', values.port, 0, 65535),
      workspace: values.workspace ?? defaultWorkspace(),
      print: terminal.print,
      warn: terminal.complain,
    })
  },
}
