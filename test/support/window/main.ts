/** The window on a machine in memory: `?empty` starts with nothing. Runs advance by themselves. */
import '../../../renderer/styles/index.css'
import { openWindow } from '../../../renderer/open-window.ts'
import { fakeMachine, furnish } from '../fake-machine.ts'

const machine = fakeMachine()
if (!location.search.includes('empty')) await furnish(machine)
setInterval(() => machine.runs.active && machine.runs.step(), 100)
const connection = new EventTarget()
Object.assign(window, { fakeMachine: machine, fakeConnection: connection })
await openWindow(
  '#app',
  () => Promise.resolve(machine),
  (listener) => {
    connection.addEventListener('lose', () => listener('reconnecting'))
    connection.addEventListener('regain', () => listener('connected'))
    listener('connected')
  },
)
