import { launch } from './setup/launch.mjs'

await launch('cli.ts')
