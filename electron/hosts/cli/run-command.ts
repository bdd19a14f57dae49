/** `bidual run`: all methods of an experiment document, then a table, and everything in a folder. */
import { availableParallelism } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { BidualError } from '../../../core/errors.ts'
import { METHOD_IDS } from '../../../core/experiments/document.ts'
import type { MethodId } from '../../../core/experiments/document.ts'
import { expandDocument } from '../../../core/experiments/expand.ts'
import type { RunSpec } from '../../../core/experiments/problem.ts'
import type { RunRecord, RunStatus } from '../../../core/experiments/result.ts'
import { dataPaths } from '../../machine/data-paths.ts'
import { cleanTemporaries, Disk } from '../../services/disk.ts'
import { resumed } from '../../services/resume.ts'
import { resultDocument } from '../../services/run-files.ts'
import { parseFlags, wholeNumber } from '../arguments.ts'
import type { Command } from './commands.ts'
import { EXIT } from './exit-codes.ts'
import { readDocument } from './read-document.ts'
import { performRuns } from './perform-runs.ts'
import { runsTable } from './runs-report.ts'
import type { Terminal } from './terminal.ts'

export const runCommand: Command = {
  usage: 'run <experiment.json> [--out DIR [--resume]] [--json] [--method ID]… [--jobs N]',
  summary: 'Run the methods of an experiment and print what each proved.',
  flags: [
    ['--out DIR', 'write result.json there, and a folder with weights and history for each run'],
    [
      '--resume',
      'go on with runs that were stopped and left their state in DIR (gradient training, convex programs and their bounds); other runs begin anew',
    ],
    ['--json', 'print the result document instead of a table'],
    ['--method ID', `only this method (${METHOD_IDS.join(', ')}); may be repeated`],
    ['--jobs N', 'runs at the same time; one a core by default'],
  ],
  run: runExperiment,
}

interface RunFlags {
  file: string
  out: string | undefined
  resume: boolean
  json: boolean
  methods: MethodId[]
  jobs: number
}

function readFlags(args: string[]): RunFlags {
  const { values, positionals } = parseFlags({
    args,
    allowPositionals: true,
    options: {
      out: { type: 'string' },
      resume: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      method: { type: 'string', multiple: true, default: [] },
      jobs: { type: 'string', default: String(availableParallelism()) },
    },
  })
  if (positionals.length !== 1)
    throw new BidualError('bad-input', 'run: expected one experiment document. See --help.')
  if (values.resume && values.out === undefined) {
    throw new BidualError('bad-input', '--resume: expected --out with the folder of the stopped runs.')
  }
  const jobs = wholeNumber('--jobs', values.jobs, 1, 1024)
  return {
    file: positionals[0],
    out: values.out,
    resume: values.resume,
    json: values.json,
    methods: values.method.map(methodId),
    jobs,
  }
}

function methodId(text: string): MethodId {
  const id = METHOD_IDS.find((known) => known === text)
  if (id) return id
  throw new BidualError('bad-input', `--method: expected one of ${METHOD_IDS.join(', ')}, found "${text}".`)
}

async function runExperiment(args: string[], terminal: Terminal): Promise<number> {
  const { file, out, resume, json, methods, jobs } = readFlags(args)
  const document = await readDocument(file)
  const chosen = chooseMethods(expandDocument(document), methods)
  // A command that was killed while it replaced a run has left the earlier one under another name.
  if (out !== undefined) await cleanTemporaries(join(resolve(out), 'runs'))
  const specs = resume ? await continued(chosen, resolve(out!)) : chosen
  const folder = dirname(resolve(file))
  const paths = await dataPaths(specs[0].document, (name) => Promise.resolve(resolve(folder, name)))
  const { records, data } = await performRuns({ specs, paths, jobs, out, terminal })
  const result = resultDocument(document, data, records)
  const text = `${JSON.stringify(result, null, 2)}\n`
  if (out !== undefined) await new Disk().writeFile(join(resolve(out), 'result.json'), text)
  terminal.print(json ? text.trimEnd() : runsTable(records))
  return exitCode(records)
}

/** Specs that go on where they were stopped, where the folder says so. */
function continued(specs: readonly RunSpec[], out: string): Promise<RunSpec[]> {
  return Promise.all(specs.map(async (spec) => (await resumed(spec, join(out, 'runs', spec.key))) ?? spec))
}

function chooseMethods(specs: RunSpec[], methods: readonly MethodId[]): RunSpec[] {
  const idOf = ({ document, methodIndex }: RunSpec) => document.methods[methodIndex].id
  const missing = methods.find((id) => !specs.some((spec) => idOf(spec) === id))
  if (missing) {
    throw new BidualError('bad-input', `--method: the document has no method "${missing}".`, {
      path: 'methods',
    })
  }
  return methods.length === 0 ? specs : specs.filter((spec) => methods.includes(idOf(spec)))
}

/** Ends without a network that could be used. */
const FAILURES: readonly RunStatus[] = ['failed', 'diverged', 'numericalError']

/** A run that could not go on, or be written, has failed whatever its record says of an earlier result. */
function exitCode(records: readonly RunRecord[]): number {
  if (records.some(isCancelled)) return EXIT.cancelled
  const hasFailed = ({ status, error }: RunRecord) => error !== undefined || FAILURES.includes(status)
  return records.some(hasFailed) ? EXIT.failed : EXIT.solved
}

const isCancelled = ({ status, error }: RunRecord) =>
  error ? error.code === 'cancelled' : status === 'cancelled'
