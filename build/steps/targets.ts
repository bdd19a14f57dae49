import { bundleElectron, electronOutputs } from './bundle-electron.ts'
import { bundleRenderer } from './bundle-renderer.ts'
import type { Target } from './staleness.ts'

export type TargetName = 'kernels' | 'electron' | 'renderer'

const packages = ['package.json', 'package-lock.json']

/** Everything that is built, in the order in which it is needed. */
export const targets: Readonly<Record<TargetName, Target>> = {
  kernels: {
    name: 'kernels',
    inputs: ['core/kernels/assembly', 'build/kernels.mjs', 'package-lock.json'],
    outputs: ['core/kernels/generated/binaries.ts'],
    build: async () => {
      const { buildKernels } = await import('../kernels.mjs')
      await buildKernels()
    },
  },
  electron: {
    name: 'electron',
    inputs: ['core', 'electron', 'build/steps/bundle-electron.ts', 'tsconfig.json', ...packages],
    outputs: electronOutputs,
    build: bundleElectron,
  },
  renderer: {
    name: 'renderer',
    inputs: ['core', 'renderer', 'build/vite.config.ts', 'tsconfig.json', ...packages],
    outputs: ['dist/renderer/index.html'],
    build: bundleRenderer,
  },
}
