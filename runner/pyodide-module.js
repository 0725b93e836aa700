export { default as createPyodideModule } from 'pyodide/pyodide.asm.mjs'
