import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeFrame, encodeFrame, MAX_FRAME_BYTES, tooLarge } from '../../../core/wire.ts'
import type { WireMessage } from '../../../core/wire.ts'

const request = (params: unknown): WireMessage => ({ type: 'request', id: 1, name: 'x', params })
const roundTrip = (value: unknown) => (decodeFrame(encodeFrame(request(value))) as { params: unknown }).params

/** A frame with this header and nothing after it. */
function frameOf(header: string): Uint8Array {
  const bytes = new TextEncoder().encode(header)
  const frame = new Uint8Array(4 + bytes.length)
  new DataView(frame.buffer).setUint32(0, bytes.length, true)
  frame.set(bytes, 4)
  return frame
}

describe('frames', () => {
  it('carry every JSON value, typed array and number that JSON lacks', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -0))
    const array = fc.oneof(
      fc.float64Array(),
      fc.uint8Array(),
      fc.int32Array(),
      fc.float32Array(),
      fc.uint32Array(),
    )
    const key = fc
      .oneof(fc.string(), fc.constantFrom('$', 'constructor', '1'))
      .filter((name) => name !== '__proto__')
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.oneof(number, fc.string(), fc.boolean(), fc.constant(null), array),
        fc.array(tie('value')),
        fc.dictionary(key, tie('value'), { noNullPrototype: true }),
      ),
    }))
    fc.assert(fc.property(value, (sent) => isDeepStrictEqual(roundTrip(sent), sent)))
  })

  it('carry arrays on shared memory as copies', () => {
    const shared = new Float64Array(new SharedArrayBuffer(16))
    shared.set([1, NaN])
    const received = roundTrip({ shared }) as { shared: Float64Array }
    expect([...received.shared]).toEqual([1, NaN])
    expect(received.shared.buffer).toBeInstanceOf(ArrayBuffer)
  })

  it('are read from the middle of a larger buffer, as Node hands them out', () => {
    const frame = encodeFrame(request({ x: new Float64Array([1.5, 2.5]) }))
    const larger = Buffer.alloc(frame.length + 13, 0xff)
    larger.set(frame, 5)
    const message = decodeFrame(larger.subarray(5, 5 + frame.length)) as { params: { x: Float64Array } }
    larger.fill(0)
    expect([...message.params.x]).toEqual([1.5, 2.5])
  })

  it('leave out undefined properties and make holes null', () => {
    expect(roundTrip({ a: undefined, b: [undefined, 1] })).toStrictEqual({ b: [null, 1] })
  })

  it('do not carry functions', () => {
    expect(() => roundTrip({ f: () => 1 })).toThrow('A function cannot travel')
  })
})

describe('frames that nobody of ours wrote', () => {
  const array = '{"$":"Float64Array","at":0,"length":2}'
  it.each([
    ['nothing', new Uint8Array(), 'shorter than its header'],
    ['a header that is cut off', frameOf('{}').subarray(0, 5), 'header is cut off'],
    ['no JSON', frameOf('{"a":'), 'not JSON'],
    ['broken UTF-8', new Uint8Array([1, 0, 0, 0, 0xff]), 'not JSON'],
    ['no type', frameOf('{"id":1}'), 'no known type'],
    ['an inherited type', frameOf('{"type":"constructor"}'), 'no known type'],
    ['an id that is no number', frameOf('{"type":"request","id":"1","name":"x"}'), 'no known type'],
    [
      'arrays cut off',
      frameOf(`{"type":"request","id":1,"name":"x","params":${array}}`),
      'arrays are cut off',
    ],
    ['arrays out of order', frameOf('{"type":"x","p":{"$":"Uint8Array","at":1,"length":0}}'), 'out of order'],
    ['a negative length', frameOf('{"type":"x","p":{"$":"Uint8Array","at":0,"length":-8}}'), 'out of order'],
    ['an unknown marker', frameOf('{"type":"x","p":{"$":"Function"}}'), 'unknown kind'],
    ['an inherited marker', frameOf('{"type":"x","p":{"$":"toString"}}'), 'unknown kind'],
    ['a polluting key', frameOf('{"type":"request","id":1,"name":"x","__proto__":{"a":1}}'), '__proto__'],
    ['a deep one', frameOf(`${'['.repeat(100)}${']'.repeat(100)}`), 'nested deeper'],
  ])('%s', (_, frame, reason) => {
    expect(() => decodeFrame(frame)).toThrow(reason)
  })

  it('name both sizes when they are too large', () => {
    expect(tooLarge(MAX_FRAME_BYTES + 1).message).toContain('1025 MiB is over the limit of 1024 MiB')
  })
})
