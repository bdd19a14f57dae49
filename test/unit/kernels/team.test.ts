import { setTimeout } from 'node:timers/promises'
import { afterEach, describe, expect, it } from 'vitest'
import { Engine } from '../../../core/kernels/engine.ts'
import type { Matrix } from '../../../core/linalg/matrix.ts'
import { spawnTeamMember } from '../../../electron/worker/kernel-team.ts'
import { randomMatrix, sameBits } from '../linalg/matrices.ts'

const engines: Engine[] = []

afterEach(() => {
  for (const host of engines.splice(0)) host.dismiss()
})

function product(host: Engine, A: Matrix, B: Matrix, rounds = 1): Float64Array {
  return host.scratch((arena) => {
    const [a, b, c] = [arena.adopt(A), arena.adopt(B), arena.matrix(A.rows, B.cols)]
    const address = (M: Matrix) => M.data.byteOffset
    for (let round = 0; round < rounds; round++) {
      host.multiply({
        m: A.rows,
        n: B.cols,
        k: A.cols,
        a: address(a),
        lda: A.cols,
        b: address(b),
        ldb: B.cols,
        c: address(c),
        ldc: B.cols,
      })
    }
    return c.data.slice()
  })
}

describe('a team of threads', () => {
  it.each([
    [300, 200, 700],
    [7, 2100, 300],
    [1000, 3, 800],
    [125, 1030, 1100],
  ])('gives the same bits as one thread: %i×%i of depth %i', async (m, n, k) => {
    const [A, B] = [randomMatrix(m, k, 'A'), randomMatrix(k, n, 'B')]
    const alone = product(new Engine(), A, B)
    for (const helpers of [1, 2]) {
      const host = new Engine()
      engines.push(host)
      host.hire(spawnTeamMember, helpers)
      expect(host.threads).toBe(helpers + 1)
      // Both before the helpers are up and after.
      expect(sameBits(product(host, A, B), alone)).toBe(true)
      await setTimeout(100)
      expect(sameBits(product(host, A, B, 10), alone)).toBe(true)
    }
  })

  it('grows when more are allowed, and sleeps while none is', async () => {
    const host = new Engine()
    engines.push(host)
    const [A, B] = [randomMatrix(300, 280, 'A'), randomMatrix(280, 260, 'B')]
    const alone = product(host, A, B)
    let allowed = 0
    host.invite(spawnTeamMember, () => allowed)
    for (const [now, threads] of [
      [0, 1],
      [1, 2],
      [2, 3],
      [0, 3],
      [1, 3],
    ]) {
      allowed = now
      expect(sameBits(product(host, A, B, 3), alone)).toBe(true)
      expect(host.threads).toBe(threads)
      await setTimeout(50)
    }
  })

  it('leaves small products to one thread', () => {
    const host = new Engine()
    engines.push(host)
    host.invite(spawnTeamMember, () => 1)
    product(host, randomMatrix(50, 50, 'A'), randomMatrix(50, 50, 'B'))
    expect(host.threads).toBe(1)
  })

  it('is dismissed and hired again', async () => {
    const host = new Engine()
    engines.push(host)
    const [A, B] = [randomMatrix(200, 300, 'A'), randomMatrix(300, 100, 'B')]
    const alone = product(host, A, B)
    host.hire(spawnTeamMember, 1)
    await setTimeout(100)
    host.dismiss()
    expect(host.threads).toBe(1)
    expect(sameBits(product(host, A, B), alone)).toBe(true)
    host.hire(spawnTeamMember, 1)
    expect(sameBits(product(host, A, B), alone)).toBe(true)
  })
})
