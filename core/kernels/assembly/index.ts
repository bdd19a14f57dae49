export {
  affineColumns,
  spreadRows,
  squareColumns,
  subtractColumns,
  sumColumns,
  sumProducts,
  sumRowGroups,
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
export { choleskyLeaf, solveLeftLeaf, solveRightLeaf } from './triangular'
export { axpy, dot, multiplyTransposeVector, multiplyVector, scale, symmetricMultiplyVector } from './vector'
