/**
 * Compiles core/kernels/assembly twice (relaxed SIMD with fused multiply-add, plain SIMD) and writes the bytes
 * as a TypeScript module, so that core/ needs no file access and every bundler can carry it.
 *
 * Nothing happens when the sources are the ones already compiled.
 */
import asc from 'assemblyscript/asc'
import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const sources = new URL('../core/kernels/assembly/', import.meta.url)
const target = new URL('../core/kernels/generated/binaries.ts', import.meta.url)
const common =
  '--optimizeLevel 3 --shrinkLevel 0 --noAssert --runtime stub --importMemory --sharedMemory --maximumMemory 65536 ' +
  '--initialMemory 1 --memoryBase 1024 --enable threads --enable simd'
const variants = { relaxed: '--enable relaxed-simd', plain: '' }

/** Compiles what is stale. @returns whether anything was compiled. */
export async function buildKernels() {
  const files = await readSources()
  const hash = fingerprint(files)
  const stamp = `// sources ${hash}\n`
  const existing = await readFile(target, 'utf8').catch(() => '')
  if (existing.startsWith(stamp)) return false
  const lines = []
  for (const [name, flags] of Object.entries(variants)) {
    const bytes = await compile(files, `${common} ${flags}`.trim().split(' '))
    lines.push(`export const ${name} =\n  '${Buffer.from(bytes).toString('base64')}'\n`)
  }
  await mkdir(new URL('.', target), { recursive: true })
  // Renamed into place, so that a reader in another process sees the old file or the new one.
  const draft = new URL(`binaries.${process.pid}.tmp`, target)
  await writeFile(draft, stamp + lines.join('\n'))
  await rename(draft, target)
  return true
}

async function readSources() {
  const names = (await readdir(sources)).filter((name) => name.endsWith('.ts')).sort()
  const entries = names.map(async (name) => [name, await readFile(new URL(name, sources), 'utf8')])
  return new Map(await Promise.all(entries))
}

function fingerprint(files) {
  const hash = createHash('sha256').update(common).update(JSON.stringify(variants)).update(asc.version)
  for (const [name, text] of files) hash.update(`\0${name}\0${text}`)
  return hash.digest('hex')
}

async function compile(files, flags) {
  let bytes
  const complaints = []
  const { error } = await asc.main(['index.ts', '--outFile', 'kernels.wasm', ...flags], {
    readFile: (name) => files.get(name.replace(/^\.\//, '')) ?? null,
    writeFile: (name, contents) => {
      if (name === 'kernels.wasm') bytes = contents
    },
    listFiles: () => [],
    stderr: { write: (text) => complaints.push(text) },
  })
  if (error || !bytes) throw new Error(`The kernels do not compile:\n${complaints.join('')}${error ?? ''}`)
  return bytes
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const compiled = await buildKernels()
  process.stdout.write(compiled ? 'Kernels compiled.\n' : 'Kernels are up to date.\n')
}
