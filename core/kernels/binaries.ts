import { plain, relaxed } from './generated/binaries.ts'

/** What the compiled kernels export. Addresses are bytes in the kernel memory. */
export interface KernelExports {
  /** Works on the matrix product whose record stands at `job` until it is complete. */
  work(job: number): void
}

/** Which of the two builds runs here. */
export type KernelVariant = 'relaxed' | 'plain'

/** The faster build that this engine accepts: relaxed SIMD has fused multiply-add, plain SIMD runs everywhere. */
export function preferredVariant(): KernelVariant {
  return WebAssembly.validate(decode(relaxed)) ? 'relaxed' : 'plain'
}

export function compileKernels(variant: KernelVariant): WebAssembly.Module {
  return new WebAssembly.Module(decode(variant === 'relaxed' ? relaxed : plain))
}

export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): KernelExports {
  const instance = new WebAssembly.Instance(module, { env: { memory } })
  return instance.exports as unknown as KernelExports
}

function decode(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
}
