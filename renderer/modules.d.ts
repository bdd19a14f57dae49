declare module '*.css'
/** For tools that do not read Vue files; vue-tsc resolves the files themselves. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue'
  const component: DefineComponent
  export default component
}
