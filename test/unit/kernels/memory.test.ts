import { describe, expect, it } from 'vitest'
import { Engine } from '../../../core/kernels/engine.ts'
import { randomMatrix, sameBits } from '../linalg/matrices.ts'

const mebibyte = 1 << 20

describe('arena', () => {
  it('gives zeroed, aligned arrays that do not overlap', () => {
    const arena = new Engine().arena()
    const arrays = [arena.float64(3), arena.float64(1000), arena.float64(0), arena.float64(mebibyte / 8)]
    arrays.forEach((array, i) => {
      expect(array.byteOffset % 64).toBe(0)
      expect(array.every((value) => value === 0)).toBe(true)
      array.fill(i + 1)
    })
    arrays.forEach((array, i) => expect(array.every((value) => value === i + 1)).toBe(true))
  })

  it('frees a run as a whole, and the memory is used again', () => {
    const host = new Engine()
    const before = host.memoryUse.used
    const arena = host.arena()
    for (let i = 0; i < 20; i++) arena.float64(mebibyte / 8)
    expect(arena.heldBytes).toBeGreaterThanOrEqual(20 * mebibyte)
    expect(host.memoryUse.used).toBe(before + arena.heldBytes)
    arena.free()
    expect(host.memoryUse.used).toBe(before)
    const { total } = host.memoryUse
    for (let round = 0; round < 5; round++) {
      const next = host.arena()
      next.float64((18 * mebibyte) / 8)
      next.free()
    }
    expect(host.memoryUse.total).toBe(total)
  })

  it('joins what several arenas gave back, in any order', () => {
    const host = new Engine()
    const arenas = Array.from({ length: 6 }, () => host.arena())
    arenas.forEach((arena) => arena.float64((3 * mebibyte) / 8))
    for (const i of [3, 0, 5, 1, 4, 2]) arenas[i].free()
    const { total } = host.memoryUse
    host.arena().float64((17 * mebibyte) / 8)
    expect(host.memoryUse.total).toBe(total)
  })

  it('keeps arrays valid while the memory grows', () => {
    const host = new Engine()
    const arena = host.arena()
    const early = arena.adopt(randomMatrix(40, 40))
    const copy = early.clone()
    const late = arena.matrix(2000, 2000)
    expect(sameBits(early.data, copy.data)).toBe(true)
    expect(host.owns(early.data)).toBe(true)
    expect(host.owns(late.data)).toBe(true)
    expect(host.owns(copy.data)).toBe(false)
    arena.free()
  })

  it('says so when 4 GiB do not suffice', () => {
    const host = new Engine()
    expect(() => host.arena().reserve(5 * 1024 * mebibyte)).toThrow('4 GiB')
  })

  it('frees scratch memory when the body throws', () => {
    const host = new Engine()
    const before = host.memoryUse.used
    const fail = () =>
      host.scratch((arena) => {
        arena.float64(1000)
        throw new Error('on purpose')
      })
    expect(fail).toThrow('on purpose')
    expect(host.memoryUse.used).toBe(before)
  })
})
