/** The words for statuses and certificate levels: an icon, a word and a sentence. Never colour alone. */
import type { CertificateLevel, RunStatus } from '../../core/experiments/result.ts'
import type { RunState } from '../../core/protocol.ts'
import type { IconName } from './icons.ts'

export type Tone = 'neutral' | 'accent' | 'positive' | 'warning' | 'danger'

export interface Words {
  word: string
  /** One sentence on what it means and, where there is something to do, what. */
  sentence: string
  tone: Tone
}

/** What a run can show: how it ended, or what it waits for. */
export type ShownStatus = RunStatus | Exclude<RunState['state'], 'finished'>

export const STATUS_WORDS: Record<ShownStatus, Words & { icon: IconName }> = {
  queued: { icon: 'clock', word: 'queued', sentence: 'Waiting for a free core.', tone: 'neutral' },
  running: { icon: 'play', word: 'running', sentence: 'Iterating now.', tone: 'accent' },
  solved: {
    icon: 'check',
    word: 'solved',
    sentence: 'The stopping test held at the point returned.',
    tone: 'positive',
  },
  almostSolved: {
    icon: 'check',
    word: 'almost solved',
    sentence: 'A weaker stopping test held; the gap says how far it is from the one asked for.',
    tone: 'warning',
  },
  maxIterations: {
    icon: 'stop',
    word: 'iteration limit',
    sentence: 'Stopped at the iteration limit; the best iterate is kept. Raise the limit to go on.',
    tone: 'warning',
  },
  maxTime: {
    icon: 'clock',
    word: 'time limit',
    sentence: 'Stopped at the time limit; the best iterate is kept. Raise the limit to go on.',
    tone: 'warning',
  },
  stalled: {
    icon: 'pause',
    word: 'stalled',
    sentence: 'No further progress was possible before the stopping test held.',
    tone: 'warning',
  },
  diverged: {
    icon: 'warning',
    word: 'diverged',
    sentence: 'The objective grew without bound. Try a smaller learning rate.',
    tone: 'danger',
  },
  numericalError: {
    icon: 'error',
    word: 'numerical error',
    sentence: 'A computation left the range of double precision. Standardised data often help.',
    tone: 'danger',
  },
  cancelled: {
    icon: 'cancel',
    word: 'cancelled',
    sentence: 'Cancelled; the best iterate until then is kept.',
    tone: 'neutral',
  },
  failed: { icon: 'error', word: 'failed', sentence: 'The run ended with an error.', tone: 'danger' },
}

export const CERTIFICATE_WORDS: Record<CertificateLevel, Words & { symbol: string }> = {
  global: {
    symbol: '◆',
    word: 'global',
    sentence: 'Proved optimal for the network, up to the gap shown.',
    tone: 'positive',
  },
  bound: {
    symbol: '◇',
    word: 'bound',
    sentence: 'At most the gap shown above the optimum of the network.',
    tone: 'accent',
  },
  dictionary: {
    symbol: '▫',
    word: 'dictionary',
    sentence: 'Optimal for the patterns used only; nothing is proved about the network.',
    tone: 'warning',
  },
  none: { symbol: '–', word: 'none', sentence: 'Nothing was proved.', tone: 'neutral' },
}

/** The sentence with the figure in it: "At most 1.2 % above the optimum of the network." */
export function certificateSentence(level: CertificateLevel, relativeGap: string | null): string {
  if (level === 'bound' && relativeGap) return `At most ${relativeGap} % above the optimum of the network.`
  if (level === 'global' && relativeGap) return `Proved optimal for the network, to within ${relativeGap} %.`
  return CERTIFICATE_WORDS[level].sentence
}
