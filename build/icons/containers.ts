/** A square PNG and its side in pixels. */
export interface Png {
  readonly size: number
  readonly bytes: Uint8Array
}

const icoHeader = 6
const icoEntry = 16

/**
 * Packs PNGs into a Windows icon.
 *
 * @param images - Sides of at most 256 pixels, one image a size.
 * @returns The bytes of an .ico file whose images are stored as PNG (Windows Vista and later).
 */
export function packIco(images: readonly Png[]): Uint8Array {
  const directory = Buffer.alloc(icoHeader + icoEntry * images.length)
  directory.writeUInt16LE(1, 2)
  directory.writeUInt16LE(images.length, 4)
  let offset = directory.length
  images.forEach(({ size, bytes }, i) => {
    const entry = icoHeader + icoEntry * i
    // One byte a side: 0 stands for 256.
    directory.writeUInt8(size % 256, entry)
    directory.writeUInt8(size % 256, entry + 1)
    directory.writeUInt16LE(1, entry + 4)
    directory.writeUInt16LE(32, entry + 6)
    directory.writeUInt32LE(bytes.length, entry + 8)
    directory.writeUInt32LE(offset, entry + 12)
    offset += bytes.length
  })
  return Buffer.concat([directory, ...images.map(({ bytes }) => bytes)])
}

/** macOS's four-letter names of PNG images, by pixels; a Retina image has a name of its own. */
export const icnsTypes: readonly (readonly [type: string, size: number])[] = [
  ['icp4', 16],
  ['icp5', 32],
  ['ic11', 32],
  ['ic12', 64],
  ['ic07', 128],
  ['ic13', 256],
  ['ic08', 256],
  ['ic14', 512],
  ['ic09', 512],
  ['ic10', 1024],
]

/**
 * Packs PNGs into a macOS icon.
 *
 * @param images - One image for each size that `icnsTypes` names.
 * @returns The bytes of an .icns file.
 * @throws Error when a size is missing.
 */
export function packIcns(images: readonly Png[]): Uint8Array {
  const blocks = icnsTypes.map(([type, size]) => {
    const image = images.find((candidate) => candidate.size === size)
    if (!image) throw new Error(`An .icns file needs an image of ${size} pixels.`)
    return block(type, image.bytes)
  })
  return block('icns', Buffer.concat(blocks))
}

/** Four letters, the length of the whole block as a big-endian number, the contents. */
function block(type: string, contents: Uint8Array): Buffer {
  const header = Buffer.alloc(8)
  header.write(type, 'latin1')
  header.writeUInt32BE(header.length + contents.length, 4)
  return Buffer.concat([header, contents])
}
