type Options = NonNullable<Parameters<typeof import('pyodide').loadPyodide>[0]>

/** Pyodide's WebAssembly loader, which the package ships without types. */
export const createPyodideModule: NonNullable<Options['createPyodideModule']>
