export { deriveSeed, stream, Stream } from './stream.ts'
