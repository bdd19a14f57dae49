export { work } from './gemm'
