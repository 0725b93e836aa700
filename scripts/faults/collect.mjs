import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Loaded before a program that is weighed (`node --import`): on SIGUSR2 it throws away what nothing points to. Between two
 * collections of its own a process holds several times what it needs, and no slope is seen in that.
 */
setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
process.on('SIGUSR2', () => collect())
