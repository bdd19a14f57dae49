/** The part of scs-solver that the tests use; the package has no types. */
declare module 'scs-solver' {
  interface Settings {
    epsAbs: number
    epsRel: number
    maxIters: number
    verbose: boolean
  }
  interface Scs {
    ScsSettings: new () => Settings
    setDefaultSettings: (settings: Settings) => void
    solve: (data: object, cone: object, settings: Settings) => { info: { pobj: number; iter: number } }
  }
  export default function createScs(): Promise<Scs>
}
