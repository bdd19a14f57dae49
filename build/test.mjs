import { launch } from './setup/launch.mjs'

await launch('test.ts')
