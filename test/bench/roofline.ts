import asc from 'assemblyscript/asc'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { KernelExports, KernelVariant } from '../../core/kernels/binaries.ts'

const kernels = new URL('../../core/kernels/assembly/', import.meta.url)
/** Accumulators for vectors of 128 bits, and for as many registers when two vectors are joined in each. */
const registers = [12, 24]

const inRegisters = (count: number): string => {
  const accumulators = Array.from({ length: count }, (_, i) => `c${i}`)
  return `
function multiplyAdds${count}<T>(times: usize): void {
  const a = v128.load(65536)
  const b = v128.load(131072)
  ${accumulators.map((c) => `let ${c} = v128.load(4096)`).join('\n  ')}
  for (; times > 0; times--) {
    ${accumulators.map((c) => `${c} = madd<T>(${c}, a, b)`).join('\n    ')}
  }
  ${accumulators.map((c, i) => `v128.store(8192, ${c}, ${16 * i})`).join('\n  ')}
}
export function multiplyAdds${count}x64(times: usize): void { multiplyAdds${count}<f64>(times) }
export function multiplyAdds${count}x32(times: usize): void { multiplyAdds${count}<f32>(times) }
`
}

/** The kernels' own tiles on strips that stay in the first-level cache, and the same multiply-adds without any load. */
const source = `
import { madd } from './simd'
import { rehearse } from './gemm'

export { rehearse }
${registers.map(inRegisters).join('')}`

/** GFLOP/s of one thread. */
export interface Roofline {
  /** Multiply-adds on registers alone: no kernel can be faster. */
  readonly registers: { readonly double: number; readonly single: number }
  /** The tile with its strips in the first-level cache: no blocking can be faster. */
  readonly tile: { readonly double: number; readonly single: number }
}

interface Exports extends Pick<KernelExports, 'rehearse'> {
  readonly [multiplyAdds: `multiplyAdds${number}x${32 | 64}`]: (times: number) => void
}

/** Addresses of the strips and of the tiles. */
const [stripA, stripsB, tiles] = [66560, 133120, 4096]
const depthBytes = 2048

/** Measures what the processor and the faster tile can do when memory plays no part. */
export async function roofline(variant: KernelVariant): Promise<Roofline> {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(await compile(variant)))
  const run = instance.exports as unknown as Exports
  const inBits = (bits: 32 | 64) => {
    const [lanes, depth] = [128 / bits, depthBytes / (bits / 8)]
    const registersOf = (count: number) =>
      rate((times) => run[`multiplyAdds${count}x${bits}`](times * depth), 2 * count * lanes * depth)
    // Six rows by 64 bytes of columns.
    const tileOf = (wide: boolean) =>
      rate(
        (times) => run.rehearse(wide, stripA, stripsB, depth, tiles, times, bits === 32),
        2 * 6 * 4 * lanes * depth,
      )
    return {
      registers: Math.max(...registers.map(registersOf)),
      tile: Math.max(...[false, true].map(tileOf)),
    }
  }
  const measureAll = (): Roofline => {
    const [double, single] = [inBits(64), inBits(32)]
    return {
      registers: { double: double.registers, single: single.registers },
      tile: { double: double.tile, single: single.tile },
    }
  }
  let best = measureAll()
  for (let round = 0; round < 3; round++) {
    // The optimising compiler works beside us: it may need the time.
    await setTimeout(500)
    best = larger(best, measureAll())
  }
  return best
}

function larger(a: Roofline, b: Roofline): Roofline {
  const of = (what: 'registers' | 'tile') => ({
    double: Math.max(a[what].double, b[what].double),
    single: Math.max(a[what].single, b[what].single),
  })
  return { registers: of('registers'), tile: of('tile') }
}

/** GFLOP/s. */
function rate(body: (times: number) => void, operations: number): number {
  return (operations * 1e-9) / bestSeconds(body)
}

/** Seconds of one call; the best of many short samples, which fall between what else the machine does. */
function bestSeconds(body: (times: number) => void): number {
  const times = 100
  let best = Infinity
  for (const end = performance.now() + 150; performance.now() < end;) {
    const started = performance.now()
    body(times)
    best = Math.min(best, performance.now() - started)
  }
  return best / 1e3 / times
}

async function compile(variant: KernelVariant): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer> | undefined
  const relaxed = variant === 'relaxed' ? ['--enable', 'relaxed-simd'] : []
  const fixed =
    '--optimizeLevel 3 --shrinkLevel 0 --noAssert --runtime stub --initialMemory 4 --enable simd --enable threads'
  const { error } = await asc.main(
    ['roofline.ts', '--outFile', 'roofline.wasm', ...fixed.split(' '), ...relaxed],
    {
      readFile: (name: string) => {
        const file = name.replace(/^\.\//, '')
        if (file === 'roofline.ts') return source
        return /^(simd|gemm|tile|pack|job)\.ts$/.test(file) ? readFile(new URL(file, kernels), 'utf8') : null
      },
      writeFile: (name: string, contents: Uint8Array | string) => {
        if (name === 'roofline.wasm') bytes = contents as Uint8Array<ArrayBuffer>
      },
      listFiles: () => [],
    },
  )
  if (error || !bytes) throw error ?? new Error('The roofline does not compile.')
  return bytes
}
