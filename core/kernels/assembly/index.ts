export {
  affineColumns,
  squareColumns,
  subtractColumns,
  sumColumns,
  sumProducts,
} from './columns'
export { adam, clear, combine, gatherRows, maskInactive, momentum, rectifyInPlace } from './elementwise'
export {
  columnSquares,
  columnSums,
  gatedRowSums,
  rectify,
  residual,
  scaleColumns,
  softThreshold,
} from './fused'
export { rehearse, work } from './gemm'
export { copyPatches } from './patches'
export { poolActive, spreadSlopes } from './pooling'
export { choleskyLeaf, solveLeftLeaf, solveRightLeaf } from './triangular'
export { axpy, dot, multiplyTransposeVector, multiplyVector, scale, symmetricMultiplyVector } from './vector'
