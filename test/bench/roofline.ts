import asc from 'assemblyscript/asc'
import { readFile } from 'node:fs/promises'
import { setTimeout } from 'node:timers/promises'
import type { KernelVariant } from '../../core/kernels/binaries.ts'

const kernels = new URL('../../core/kernels/assembly/', import.meta.url)
const accumulators = Array.from({ length: 12 }, (_, i) => `c${i}`)

/** The kernels' own tile on strips that stay in the first-level cache, and the same multiply-adds without any load. */
const source = `
import { madd } from './simd'
import { tile } from './tile'

export function tile64(times: usize, a: usize, b: usize, kb: usize, c: usize): void {
  for (; times > 0; times--) tile<f64>(a, b, kb, 1, c + (times & 15) * 192, 32)
}
export function tile32(times: usize, a: usize, b: usize, kb: usize, c: usize): void {
  for (; times > 0; times--) tile<f32>(a, b, kb, 1, c + (times & 15) * 192, 32)
}
export function registers64(times: usize): void { inRegisters<f64>(times * 256) }
export function registers32(times: usize): void { inRegisters<f32>(times * 512) }

@inline
function inRegisters<T>(times: usize): void {
  const a = v128.load(65536)
  const b = v128.load(131072)
  ${accumulators.map((c) => `let ${c} = v128.load(4096)`).join('\n  ')}
  for (; times > 0; times--) {
    ${accumulators.map((c) => `${c} = madd<T>(${c}, a, b)`).join('\n    ')}
  }
  ${accumulators.map((c, i) => `v128.store(8192, ${c}, ${16 * i})`).join('\n  ')}
}
`

/** GFLOP/s of one thread. */
export interface Roofline {
  /** Multiply-adds on registers alone: no kernel of this vector width can be faster. */
  readonly registers: { readonly double: number; readonly single: number }
  /** The tile with its strips in the first-level cache: no blocking can be faster. */
  readonly tile: { readonly double: number; readonly single: number }
}

interface Exports {
  tile64(times: number, a: number, b: number, kb: number, c: number): void
  tile32(times: number, a: number, b: number, kb: number, c: number): void
  registers64(times: number): void
  registers32(times: number): void
}

/** Addresses of the strips and of the tiles: arguments, because the compiler would make the most of constants. */
const [stripA, stripB, tiles] = [66560, 133120, 4096]

/** Measures what the processor and the tile can do when memory plays no part. */
export async function roofline(variant: KernelVariant): Promise<Roofline> {
  const instance = new WebAssembly.Instance(new WebAssembly.Module(await compile(variant)))
  const run = instance.exports as unknown as Exports
  // Six rows by 32 bytes of columns, 2 KiB deep.
  const [double, single] = [2 * 6 * 4 * 256, 2 * 6 * 8 * 512]
  const rate = (body: (times: number) => void, operations: number) => (operations * 1e-9) / bestSeconds(body)
  const measureAll = (): Roofline => ({
    registers: {
      double: rate((times) => run.registers64(times), double),
      single: rate((times) => run.registers32(times), single),
    },
    tile: {
      double: rate((times) => run.tile64(times, stripA, stripB, 256, tiles), double),
      single: rate((times) => run.tile32(times, stripA, stripB, 512, tiles), single),
    },
  })
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

/** Seconds of one call; the best of many short samples, which fall between what else the machine does. */
function bestSeconds(body: (times: number) => void): number {
  const times = 100
  let best = Infinity
  for (const end = performance.now() + 250; performance.now() < end;) {
    const started = performance.now()
    body(times)
    best = Math.min(best, performance.now() - started)
  }
  return best / 1e3 / times
}

async function compile(variant: KernelVariant): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer> | undefined
  const relaxed = variant === 'relaxed' ? ['--enable', 'relaxed-simd'] : []
  const fixed = '--optimizeLevel 3 --shrinkLevel 0 --noAssert --runtime stub --initialMemory 4 --enable simd'
  const { error } = await asc.main(
    ['roofline.ts', '--outFile', 'roofline.wasm', ...fixed.split(' '), ...relaxed],
    {
      readFile: (name: string) => {
        const file = name.replace(/^\.\//, '')
        if (file === 'roofline.ts') return source
        return /^(simd|tile|pack|job)\.ts$/.test(file) ? readFile(new URL(file, kernels), 'utf8') : null
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
