import { launch } from './setup/launch.mjs'

await launch('start.ts')
