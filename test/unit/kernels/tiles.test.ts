import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import type { KernelVariant } from '../../../core/kernels/binaries.ts'
import { Engine } from '../../../core/kernels/engine.ts'
import { TimedTiles } from '../../../core/kernels/tile-choice.ts'
import { stream } from '../../../core/random/index.ts'

const countProduct = () => undefined

/** C = 0.5·AB − 2·C, or its lower triangle, as bytes. */
function product(host: Engine, [m, n, k]: readonly number[], single: boolean, lower: boolean): Uint8Array {
  return host.scratch((arena) => {
    const [a, b, c] = [m * k, k * n, m * n].map((length, i) => {
      const array = single ? arena.float32(length) : arena.float64(length)
      array.set(stream(5).split(`${i}`).normals(length))
      return array
    })
    const addresses = { a: a.byteOffset, b: b.byteOffset, c: c.byteOffset }
    host.multiply({ m, n, k, lda: k, ldb: n, ldc: n, ...addresses, single, lower, alpha: 0.5, beta: -2 })
    return new Uint8Array(c.buffer, c.byteOffset, c.byteLength).slice()
  })
}

describe('wide tiles', () => {
  it.each<KernelVariant>(['relaxed', 'plain'])('give the bits of narrow ones: %s', (variant) => {
    const [narrow, wide] = [new Engine(variant), new Engine(variant)]
    wide.useTiles({ wide: () => true, countProduct })
    for (const shape of [
      [6, 8, 1],
      [6, 16, 40],
      [13, 41, 700],
      [125, 300, 33],
      [100, 100, 1100],
    ]) {
      for (const single of [false, true]) {
        for (const lower of [false, shape[0] === shape[1]]) {
          const found = product(wide, shape, single, lower)
          expect(Buffer.compare(found, product(narrow, shape, single, lower)), shape.join('×')).toBe(0)
        }
      }
    }
  })
})

/** Rehearsals of so many milliseconds each, by narrow and by wide tiles; what they take passes on the clock too. */
function rehearsal(lengths: { narrow: number; wide: number }, differ = false) {
  const host = new Engine()
  const clock = { time: 0 }
  const rehearsed: boolean[] = []
  const kernels: Pick<typeof host.kernels, 'rehearse'> = {
    rehearse: (wide, a, b, depth, c, repeats, single) => {
      host.kernels.rehearse(wide, a, b, depth, c, repeats, single)
      if (differ && wide) host.view(c + 384, 1)[0] = 0
      clock.time += wide ? lengths.wide : lengths.narrow
      rehearsed.push(single)
    },
  }
  return { tiles: new TimedTiles(kernels, host.arena(), () => clock.time), rehearsed, clock, host }
}

describe('the choice of tiles', () => {
  it('takes the faster ones, and asks the clock again after 5, 10, 20 … milliseconds', () => {
    const lengths = { narrow: 0.002, wide: 0.003 }
    const { tiles, rehearsed, clock } = rehearsal(lengths)
    const asked: number[] = []
    const choices: boolean[] = []
    for (let ms = 0; ms < 100; ms++) {
      clock.time = ms
      if (ms === 50) lengths.wide = 0.001
      const before = rehearsed.length
      tiles.countProduct()
      if (rehearsed.length > before) asked.push(ms)
      choices.push(tiles.wide(ms % 2 === 0))
    }
    expect(asked).toEqual([0, 5, 15, 35, 75])
    expect(choices).toEqual(Array.from({ length: 100 }, (_, ms) => ms >= 75))
    expect(new Set(rehearsed)).toEqual(new Set([false, true]))
  })

  it('never takes tiles that compute other numbers, and gives its memory back', () => {
    const { tiles, host } = rehearsal({ narrow: 2, wide: 1 }, true)
    const { used } = host.memoryUse
    tiles.countProduct()
    expect([tiles.wide(false), tiles.wide(true)]).toEqual([false, false])
    expect(host.memoryUse.used).toBe(used)
  })

  it('is made by the engine for large products only', () => {
    const host = new Engine()
    let counted = 0
    host.useTiles({ wide: () => false, countProduct: () => counted++ })
    product(host, [10, 10, 10], false, false)
    expect(counted).toBe(0)
    product(host, [200, 200, 60], false, false)
    expect(counted).toBe(1)
  })
})

const digestScript = fileURLToPath(new URL('../../support/kernel-digest.ts', import.meta.url))

async function digest(...options: string[]): Promise<string> {
  const [flags, rest] = [
    options.filter((o) => o.startsWith('--')),
    options.filter((o) => !o.startsWith('--')),
  ]
  const run = promisify(execFile)
  const { stdout } = await run(process.execPath, [...flags, digestScript, ...rest], { maxBuffer: 1 << 26 })
  return stdout
}

describe.skipIf(process.arch !== 'x64')('vectors that V8 joins', () => {
  it('give the same bits in every kernel', async () => {
    const alone = await digest()
    expect(alone).toMatch(/^[0-9a-f]{64}\n$/)
    expect(await digest('wide')).toBe(alone)
    expect(await digest('joined')).toBe(alone)
    expect(await digest('joined', 'wide')).toBe(alone)
  })

  it('are found in the tiles, with nothing left over', async (context) => {
    const report = await digest('--trace-wasm-revectorize', 'joined', 'wide')
    if (!report.includes('Begin revec')) context.skip('this processor has no registers of 256 bits')
    // The tiles are the functions with the most stores: 12 or 24 of them, all joined in pairs.
    const functions = report.split('Begin revec function').slice(1)
    const joined = functions.map((text) => /Decide to vectorize, (\d+) revec/.exec(text)?.[1] ?? '0')
    const whole = functions.filter((text, i) => Number(joined[i]) >= 100 && !text.includes('failed'))
    expect(whole.length).toBeGreaterThanOrEqual(3)
  })
})
