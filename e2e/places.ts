/** Where each kind is driven: a block of a lesson that learners take. A kind without a place fails the run. */
export const PLACES: Record<string, string> = {
  artifact: 'cloud-deployment/notebook-to-service/serving-decision',
  choice: 'cloud-deployment/cloud-building-blocks/which-block',
  classify: 'cloud-deployment/cloud-building-blocks/whose-job',
  code: 'data-structures/binary-search/lower-bound',
  complexity: 'data-structures/cost-of-code/which-is-whose',
  myth: 'data-structures/cost-of-code/bases',
  numeric: 'cloud-deployment/cloud-building-blocks/in-series',
  order: 'cloud-deployment/cloud-building-blocks/request-path',
  parsons: 'cloud-deployment/cloud-building-blocks/assemble',
  predict: 'cloud-deployment/notebook-to-service/fallback-answer',
  questions: 'data-structures/cost-of-code/three-looks',
  recall: 'data-structures/binary-search/name-of-the-promise',
  run: 'data-structures/cost-of-code/change-the-loop',
  trace: 'data-structures/binary-search/turns',
  worked: 'data-structures/cost-of-code/name-count-double',
}
