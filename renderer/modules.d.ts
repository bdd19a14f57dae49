declare module '*.css'
/** Address of a file that the build copies. */
declare module '*.csv?url' {
  const address: string
  export default address
}
/** For tools that do not read Vue files; vue-tsc resolves the files themselves. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
