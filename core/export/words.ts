/** What statuses and certificates are called: an icon, a word and a sentence; never colour alone. */
import type { Certificate, CertificateLevel, RunStatus } from '../experiments/result.ts'
import { formatRelativeGap } from './format.ts'

export interface Wording {
  icon: string
  word: string
  sentence: string
}

export const CERTIFICATE_WORDS: Record<CertificateLevel, Wording> = {
  global: { icon: '◆', word: 'global', sentence: 'proved optimal for the network' },
  bound: { icon: '◇', word: 'bound', sentence: 'a lower bound for the network is known' },
  dictionary: { icon: '▫', word: 'dictionary', sentence: 'optimal for the patterns used only' },
  none: { icon: '–', word: 'none', sentence: 'nothing proved about the optimum' },
}

/**
 * The certificate of one result in words. For `bound` it says how far above the optimum the objective can be at
 * most, relative to the bound: (objective − bound)/bound.
 *
 * @param objective of the network at the returned weights; null when there is none
 */
export function certificateWording(certificate: Certificate, objective: number | null): Wording {
  const words = CERTIFICATE_WORDS[certificate.level]
  const { level, gap, lowerBound } = certificate
  if (gap === null || objective === null) return words
  if (level === 'global') {
    return { ...words, sentence: `${words.sentence}, within ${relative(gap, objective)} of its objective` }
  }
  if (level === 'dictionary') {
    return { ...words, sentence: `${words.sentence}, within ${relative(gap, objective)} of their optimum` }
  }
  if (level === 'bound' && lowerBound !== null && lowerBound > 0) {
    return { ...words, sentence: `at most ${relative(gap, lowerBound)} above the optimum of the network` }
  }
  return words
}

function relative(gap: number, reference: number): string {
  const text = formatRelativeGap(Math.max(gap, 0), reference)
  return text.startsWith('+') ? text.slice(1) : `${gap}`
}

export const STATUS_WORDS: Record<RunStatus, Wording> = {
  solved: { icon: '✓', word: 'solved', sentence: 'the stopping test holds at the returned point' },
  almostSolved: {
    icon: '≈',
    word: 'almost solved',
    sentence: 'stopped near the tolerance, which was not reached',
  },
  maxIterations: {
    icon: '↦',
    word: 'iteration limit',
    sentence: 'out of iterations; the best point is kept',
  },
  maxTime: { icon: '⧗', word: 'time limit', sentence: 'out of time; the best point is kept' },
  stalled: { icon: '∥', word: 'stalled', sentence: 'no further progress; the best point is kept' },
  diverged: {
    icon: '↗',
    word: 'diverged',
    sentence: 'the objective grew without bound; lower the learning rate',
  },
  numericalError: { icon: '!', word: 'numerical error', sentence: 'the arithmetic broke down' },
  cancelled: { icon: '◻', word: 'cancelled', sentence: 'stopped by hand; the best point is kept' },
  failed: { icon: '✗', word: 'failed', sentence: 'ended by an error' },
}
