/** The files that an unfinished cherry-pick, revert or rebase leaves in `.git`. */
import type { Repository } from '../repository'

export function removeSequence(repo: Repository): void {
  repo.clearState('sequencer')
}
