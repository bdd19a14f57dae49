/**
 * An index of experiments and finished runs, so that lists need not read every file. It is a copy: where it is missing,
 * damaged or of another version it is made anew from the files.
 */
import { rmSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

/** Raised whenever the tables or the JSON in them change. */
const VERSION = 1

const TABLES = `
  CREATE TABLE experiments (
    id TEXT PRIMARY KEY, mtime REAL NOT NULL, document TEXT NOT NULL
  ) STRICT;
  CREATE TABLE runs (
    experiment TEXT NOT NULL, key TEXT NOT NULL, mtime REAL NOT NULL, finished TEXT NOT NULL,
    problem TEXT NOT NULL, data TEXT NOT NULL, record TEXT NOT NULL,
    PRIMARY KEY (experiment, key)
  ) STRICT;
  PRAGMA user_version = ${VERSION};
`

export interface ExperimentRow {
  id: string
  /** Of document.json, in milliseconds. */
  mtime: number
  /** JSON as saved. */
  document: string
}

export interface RunRow {
  experiment: string
  key: string
  /** Of result.json, in milliseconds. */
  mtime: number
  /** ISO 8601. */
  finished: string
  /** {@link problemKey} of the document that was run. */
  problem: string
  /** ProblemSummary as JSON. */
  data: string
  /** RunRecord as JSON, as the run itself certified it. */
  record: string
}

export class IndexDatabase {
  readonly #db: DatabaseSync

  private constructor(db: DatabaseSync) {
    this.#db = db
  }

  /** @returns the index, empty when there was none that could be used; {@link reconcile} brings it up to date */
  static open(path: string): IndexDatabase {
    const usable = openUsable(path)
    if (usable) return new IndexDatabase(usable)
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true })
    const db = new DatabaseSync(path)
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;')
    db.exec(TABLES)
    return new IndexDatabase(db)
  }

  /** May be called again. */
  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }

  experiments(): ExperimentRow[] {
    return this.#all<ExperimentRow>('SELECT * FROM experiments ORDER BY id')
  }

  putExperiment({ id, mtime, document }: ExperimentRow): void {
    this.#db.prepare('INSERT OR REPLACE INTO experiments VALUES (?, ?, ?)').run(id, mtime, document)
  }

  /** With its runs. */
  removeExperiment(id: string): void {
    this.#db.prepare('DELETE FROM experiments WHERE id = ?').run(id)
    this.#db.prepare('DELETE FROM runs WHERE experiment = ?').run(id)
  }

  runs(experiment: string): RunRow[] {
    return this.#all<RunRow>(
      'SELECT * FROM runs WHERE experiment = ? ORDER BY finished DESC, key',
      experiment,
    )
  }

  run(experiment: string, key: string): RunRow | null {
    return (
      this.#all<RunRow>('SELECT * FROM runs WHERE experiment = ? AND key = ?', experiment, key)[0] ?? null
    )
  }

  putRun({ experiment, key, mtime, finished, problem, data, record }: RunRow): void {
    this.#db
      .prepare('INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?)')
      .run(experiment, key, mtime, finished, problem, data, record)
  }

  removeRun(experiment: string, key: string): void {
    this.#db.prepare('DELETE FROM runs WHERE experiment = ? AND key = ?').run(experiment, key)
  }

  #all<Row>(sql: string, ...values: string[]): Row[] {
    return this.#db.prepare(sql).all(...values) as Row[]
  }
}

/** Null when the file is missing, is no database, is damaged, or has other tables than ours. */
function openUsable(path: string): DatabaseSync | null {
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(path)
    const check = db.prepare('PRAGMA quick_check').get() as { quick_check: string }
    const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number }
    if (check.quick_check === 'ok' && user_version === VERSION) return db
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_SQLITE_ERROR') throw error
  }
  db?.close()
  return null
}
