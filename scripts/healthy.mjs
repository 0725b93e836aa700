// For whoever keeps a container or a service: ends with 0 when this Slipway can serve people now, and says why not.
const port = process.env.PORT || 3000
try {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(4000) })
  if (!answer.ok) console.error(await answer.text())
  process.exit(answer.ok ? 0 : 1)
} catch (error) {
  console.error(`Nothing answers on port ${port}: ${error.cause?.code ?? error.message}`)
  process.exit(1)
}
