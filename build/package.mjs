import { launch } from './setup/launch.mjs'

await launch('package.ts')
