export async function createDemoLearner(_url: string): Promise<{ email: string; password: string } | null> {
  return null
}
