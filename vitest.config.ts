import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const alias = { '@': fileURLToPath(new URL('.', import.meta.url)) }
const outside = ['node_modules/**', '.next/**', '.data/**', '.cache/**']

/** Tests that start the whole house on the production build; they follow the build in `npm test`. */
const PROCESS_TESTS = '**/*.process.test.ts'

export default defineConfig({
  test: {
    maxWorkers: 2,
    onConsoleLog: () => true,
    projects: [
      {
        resolve: { alias },
        test: {
          name: 'unit',
          include: ['**/*.test.ts', '**/*.test.tsx'],
          exclude: [...outside, PROCESS_TESTS],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          // `app/env.ts` makes a secret in DATA_DIR; a test must not make one in the checkout.
          env: {
            DATA_DIR: join(tmpdir(), `slipway-unit-${process.pid}`),
            DATABASE_URL: 'postgres://nobody@127.0.0.1:9/none',
          },
        },
      },
      {
        resolve: { alias },
        test: {
          name: 'process',
          include: [PROCESS_TESTS],
          exclude: outside,
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
})
