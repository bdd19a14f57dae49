import './styles/index.css'
import { connectMachine, onConnection } from './api/machine.ts'
import { openWindow } from './open-window.ts'

void openWindow('#app', connectMachine, onConnection)
