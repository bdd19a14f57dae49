import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { icnsTypes, packIcns, packIco } from '../../../build/icons/containers.ts'
import { root } from '../../../build/steps/root.ts'

const resources = join(root, 'build', 'resources')
const pngSignature = '89504e470d0a1a0a'

/** Side of a PNG, from its header; fails the test when the bytes are no square PNG. */
function pngSide(bytes: Buffer): number {
  expect(bytes.subarray(0, 8).toString('hex')).toBe(pngSignature)
  expect(bytes.readUInt32BE(16)).toBe(bytes.readUInt32BE(20))
  return bytes.readUInt32BE(16)
}

/** Images of an .ico file by its own directory: announced side, real bytes. */
function readIco(file: Buffer): { size: number; bytes: Buffer }[] {
  expect([file.readUInt16LE(0), file.readUInt16LE(2)]).toEqual([0, 1])
  return Array.from({ length: file.readUInt16LE(4) }, (_, i) => {
    const entry = 6 + 16 * i
    const [length, offset] = [file.readUInt32LE(entry + 8), file.readUInt32LE(entry + 12)]
    expect(offset + length).toBeLessThanOrEqual(file.length)
    return { size: file.readUInt8(entry) || 256, bytes: file.subarray(offset, offset + length) }
  })
}

/** Blocks of an .icns file, one after another up to its announced end. */
function readIcns(file: Buffer): { type: string; bytes: Buffer }[] {
  expect(file.toString('latin1', 0, 4)).toBe('icns')
  expect(file.readUInt32BE(4)).toBe(file.length)
  const blocks: { type: string; bytes: Buffer }[] = []
  for (let at = 8; at < file.length; at += file.readUInt32BE(at + 4))
    blocks.push({
      type: file.toString('latin1', at, at + 4),
      bytes: file.subarray(at + 8, at + file.readUInt32BE(at + 4)),
    })
  return blocks
}

describe('the icons', () => {
  it('for Windows hold a PNG of each size that they announce', () => {
    const images = readIco(readFileSync(join(resources, 'icon.ico')))
    expect(images.map(({ bytes }) => pngSide(bytes))).toEqual(images.map(({ size }) => size))
    expect(images.map(({ size }) => size)).toEqual([16, 24, 32, 48, 64, 128, 256])
  })

  it('for macOS hold a PNG of the right size under each name', () => {
    const blocks = readIcns(readFileSync(join(resources, 'icon.icns')))
    expect(blocks.map(({ type, bytes }) => [type, pngSide(bytes)])).toEqual(icnsTypes)
  })

  it('for Linux have the size in their name', () => {
    for (const size of [16, 24, 32, 48, 64, 128, 256, 512])
      expect(pngSide(readFileSync(join(resources, 'icons', `${size}x${size}.png`)))).toBe(size)
    expect(pngSide(readFileSync(join(resources, 'icon.png')))).toBe(1024)
  })
})

describe('the containers', () => {
  const image = (size: number) => ({ size, bytes: Buffer.from(`pixels of ${size}`) })

  it('give back the images that were packed', () => {
    const images = [16, 256].map(image)
    expect(readIco(Buffer.from(packIco(images)))).toEqual(images)
    const all = [...new Set(icnsTypes.map(([, size]) => size))].map(image)
    const blocks = readIcns(Buffer.from(packIcns(all)))
    expect(blocks.map(({ bytes }) => bytes.toString())).toEqual(
      icnsTypes.map(([, size]) => `pixels of ${size}`),
    )
  })

  it('name the size that is missing', () => {
    expect(() => packIcns([image(16)])).toThrow('32 pixels')
  })
})
