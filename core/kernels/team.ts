/** What a helper thread needs to work on this engine's products. All of it survives a structured clone. */
export interface TeamSetup {
  readonly module: WebAssembly.Module
  readonly memory: WebAssembly.Memory
  /** Address of the control words: sequence, open, inside, stop. */
  readonly control: number
  /** Address of the record of the product. */
  readonly job: number
}

/** A helper thread, as its host sees it. */
export interface TeamMember {
  /** Ends the thread at once; only called between products. */
  stop(): void
}

/** Starts a thread that runs `serveTeam(setup)`. The host knows what a thread is; core/ does not. */
export type SpawnMember = (setup: TeamSetup) => TeamMember

/** Indices of the control words. */
export const controlWords = { sequence: 0, open: 1, inside: 2, stop: 3, length: 4 } as const

/**
 * The life of a helper thread: sleeps until the sequence number changes, then joins the product if it is
 * still open. It never holds anything up before it has joined.
 *
 * Self-contained, for a host that hands its source text to a new thread: it refers to nothing of this module.
 */
export function serveTeam(setup: TeamSetup): void {
  const [sequence, open, inside, stop] = [0, 1, 2, 3]
  const { exports } = new WebAssembly.Instance(setup.module, { env: { memory: setup.memory } })
  const work = exports['work'] as (job: number) => void
  const control = new Int32Array(setup.memory.buffer, setup.control, 4)
  let seen = 0
  while (Atomics.load(control, stop) === 0) {
    Atomics.wait(control, sequence, seen)
    seen = Atomics.load(control, sequence)
    Atomics.add(control, inside, 1)
    if (Atomics.load(control, open) === 1) work(setup.job)
    if (Atomics.sub(control, inside, 1) === 1) Atomics.notify(control, inside)
  }
}
