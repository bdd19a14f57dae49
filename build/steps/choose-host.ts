/** What decides between Electron's window and the browser host. */
export interface Situation {
  readonly args: readonly string[]
  readonly platform: NodeJS.Platform
  readonly env: Readonly<Record<string, string | undefined>>
  /** Numeric user, undefined on Windows. */
  readonly uid: number | undefined
}

interface Obstacle {
  readonly why: string
  readonly applies: (situation: Situation) => boolean
}

/** What keeps Electron from opening a window, whether its binary is there or not; the first one that applies is named. */
const obstacles: readonly Obstacle[] = [
  { why: 'as asked with --browser', applies: ({ args }) => args.includes('--browser') },
  {
    why: 'there is no display (DISPLAY and WAYLAND_DISPLAY are not set)',
    applies: ({ platform, env }) => isUnix(platform) && !env.DISPLAY && !env.WAYLAND_DISPLAY,
  },
  {
    why: 'Electron does not run as root',
    applies: ({ platform, uid }) => isUnix(platform) && uid === 0,
  },
]

/**
 * Why Electron cannot open a window here.
 *
 * @param situation - Arguments, platform, environment and user.
 * @returns The reason, or undefined when nothing but its binary may be missing.
 */
export function whyNotElectron(situation: Situation): string | undefined {
  return obstacles.find(({ applies }) => applies(situation))?.why
}

/** Platforms where a display is announced in the environment: all but macOS and Windows. */
function isUnix(platform: NodeJS.Platform): boolean {
  return platform !== 'darwin' && platform !== 'win32'
}
