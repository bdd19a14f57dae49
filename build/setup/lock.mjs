import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SetupError } from './error.mjs'

const pollMilliseconds = 200

/**
 * Runs `work` while no other process of this checkout holds the same lock. A lock whose owner died is taken over.
 *
 * @template T
 * @param {string} folder - The lock: a folder, made atomically, gone afterwards.
 * @param {() => Promise<T>} work - What must not run twice at once.
 * @param {{ patience?: number }} [options] - `patience`: milliseconds to wait for another owner, 20 minutes by default.
 * @returns {Promise<T>} What `work` returns.
 * @throws SetupError when another live process keeps the lock for longer than `patience`.
 */
export async function withLock(folder, work, { patience = 20 * 60_000 } = {}) {
  mkdirSync(dirname(folder), { recursive: true })
  const giveUp = Date.now() + patience
  while (!take(folder)) {
    if (ownerIsGone(folder)) rmSync(folder, { recursive: true, force: true })
    else if (Date.now() > giveUp)
      throw new SetupError(
        `Another process is setting Bidual up. If none is, delete ${folder} and try again.`,
      )
    else await sleep(pollMilliseconds)
  }
  try {
    return await work()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function take(folder) {
  try {
    mkdirSync(folder)
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
  writeFileSync(join(folder, 'owner.json'), JSON.stringify({ pid: process.pid, host: hostname() }))
  return true
}

/** True when the owner ran on this machine and is dead; an owner elsewhere (a shared disk) is believed alive. */
function ownerIsGone(folder) {
  let owner
  try {
    owner = JSON.parse(readFileSync(join(folder, 'owner.json'), 'utf8'))
  } catch {
    // Between mkdir and the owner's note, or just released: ask again.
    return false
  }
  if (owner.host !== hostname()) return false
  try {
    process.kill(owner.pid, 0)
    return false
  } catch (error) {
    return error.code === 'ESRCH'
  }
}
