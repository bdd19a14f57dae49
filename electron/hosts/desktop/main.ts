/** Entry of Electron's main process. */
import { startDesktop } from './desktop.ts'

void startDesktop(process.argv.slice(1))
