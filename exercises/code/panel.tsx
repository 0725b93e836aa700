'use client'

import { Tabs } from '@base-ui/react/tabs'
import { Maximize2, Minimize2, Play, RotateCcw, Square } from 'lucide-react'
import { lazy, Suspense, useId, useRef, useState } from 'react'
import { Notice } from '@/components/ui/block-frame'
import { Button } from '@/components/ui/button'
import { CodeEditor } from '@/components/ui/code-editor'
import { CheckLine } from '@/components/ui/feedback'
import { HintLadder } from '@/components/ui/hint-ladder'
import { Html } from '@/components/ui/html'
import { SavedLine } from '@/components/ui/saved-line'
import { ScrollRegion } from '@/components/ui/scroll-region'
import type { Check, PanelProps } from '@/exercises/kind'
import { RunOutput, RuntimeLine } from '@/exercises/run-output'
import { SolutionView } from '@/exercises/solution-view'
import { useWarmUp } from '@/exercises/use-runner'
import { Attempts } from './attempts'
import { costTable } from './cost'
import { CostPlot, NoCostYet } from './cost-plot'
import { type CodeAnswer, type CodePublic, SOLUTION } from './shape'
import { useWorkbench } from './use-workbench'
import { VerdictLines } from './verdict-lines'

const StartOver = lazy(async () => ({ default: (await import('./start-over')).StartOver }))
const icon = { size: 16, strokeWidth: 1.75, 'aria-hidden': true } as const
const tab =
  'relative whitespace-nowrap px-3 pt-[9px] pb-2 text-ink-3 hover:text-ink data-active:font-medium data-active:text-ink data-active:after:absolute data-active:after:inset-x-3 data-active:after:-bottom-px data-active:after:h-0.5 data-active:after:bg-oxide-paint forced-colors:data-active:after:bg-[Highlight] pointer-coarse:min-h-11'

/** The workbench: what is asked and the checks beside the editor, stacked where it is narrow; below them what it cost. */
export function Panel({ block, session }: PanelProps<CodePublic, CodeAnswer>) {
  const { promptHtml, cases, bans, key } = block.props
  const bench = useWorkbench({ block, session })
  const [asking, setAsking] = useState(false)
  const [grown, setGrown] = useState(false)
  const place = useRef<HTMLElement>(null)
  const heading = useId()
  useWarmUp(place, bench.runner.warm, session.signedIn)
  const { verdict, runner } = bench
  const notRun = [
    ...cases,
    ...bans.map(({ ban, label }) => ({ id: `ban:${ban}`, label })),
    ...key.meters.map(({ id, label }) => ({ id: `cost:${id}`, label })),
  ].map((one): Check => ({ ...one, passed: false }))
  const checks = verdict?.checks ?? notRun
  const ordered = verdict
    ? [...checks.filter((check) => !check.passed), ...checks.filter((check) => check.passed)]
    : checks
  const held = checks.filter((check) => check.passed).length
  const line = lineToLookAt(verdict?.passed === false ? ordered[0] : undefined)
  const submit = () => void bench.run(true)
  const run = () => void bench.run(false)

  return (
    <section
      ref={place}
      aria-labelledby={heading}
      data-block={block.id}
      className={`@container border-ink border-t-2 border-b font-ui text-14 ${grown ? 'fixed inset-0 z-30 overflow-y-auto bg-canvas px-4 sm:px-8' : ''}`}
    >
      <header className="flex flex-wrap items-baseline gap-x-4 gap-y-0.5 border-rule border-b py-3">
        <h3 id={heading} className="title-22">
          {block.title}
        </h3>
        <p className="meta">
          {block.star ? 'Exit exercise' : block.graded ? 'Counts for the lesson' : 'For practice'}
        </p>
        <div className="ml-auto flex items-center gap-2 self-center">
          {session.signedIn ? <SavedLine saved={session.saved} /> : null}
          <Button
            variant="quiet"
            square
            aria-pressed={grown}
            aria-label={grown ? 'Back to its place' : 'Grow to the full width'}
            onClick={() => setGrown(!grown)}
          >
            {grown ? <Minimize2 {...icon} /> : <Maximize2 {...icon} />}
          </Button>
        </div>
      </header>
      <div className="grid @3xl:grid-cols-[minmax(20rem,5fr)_minmax(0,7fr)]">
        <div className="min-w-0 border-rule @3xl:border-r py-5 @3xl:pr-6">
          <Html html={promptHtml} className="font-serif text-16" />
          <HintLadder hints={block.hints} opened={session.hintsOpened} onOpen={session.openHint} />
          <h4 className="title-ui mt-5 mb-2">
            Checks{' '}
            <span className="meta ml-1 font-normal">
              {verdict ? `${held} hold, ${checks.length - held} not yet` : 'not run yet'}
              {verdict && bench.changed ? '; of the code before your last change' : ''}
            </span>
          </h4>
          <ul className="border-rule border-t">
            {ordered.map((check, at) => (
              <CheckLine
                key={check.id}
                check={check}
                passed={verdict ? check.passed : null}
                open={at === 0}
              />
            ))}
          </ul>
        </div>
        <div className="flex min-w-0 flex-col border-rule border-t max-sm:-mx-4 @3xl:border-t-0">
          <Tabs.Root defaultValue="solution" className="flex flex-col">
            <Tabs.List
              aria-label="Files"
              className="flex items-stretch overflow-x-auto border-rule border-b pl-4"
            >
              <Tabs.Tab value="solution" className={tab}>
                {SOLUTION}
              </Tabs.Tab>
              <Tabs.Tab value="cases" className={tab}>
                Cases you can see
              </Tabs.Tab>
              <span className="meta ml-auto self-center pr-1 max-sm:hidden">Python</span>
            </Tabs.List>
            <Tabs.Panel value="solution" keepMounted className="flex flex-col data-hidden:hidden">
              <CodeEditor
                value={bench.source}
                onChange={bench.change}
                language="python"
                label={`${block.title}, ${SOLUTION}`}
                marks={line && !bench.changed ? [{ line }] : []}
                onSubmit={submit}
                onRun={run}
              />
            </Tabs.Panel>
            <Tabs.Panel value="cases" className="min-h-72 bg-paper">
              <ScrollRegion label="Cases you can see" className="bg-paper">
                <pre className="code w-max min-w-full px-4 py-3">{key.casesSource}</pre>
              </ScrollRegion>
            </Tabs.Panel>
          </Tabs.Root>
          <div className="bottom-0 z-5 flex @max-3xl:sticky flex-wrap items-center gap-2 border-rule border-y bg-canvas px-4 py-3 print:hidden">
            <Button onClick={run} busy={runner.running} aria-keyshortcuts="Shift+Enter">
              <Play {...icon} />
              Run
            </Button>
            <Button
              variant="primary"
              onClick={submit}
              busy={runner.running || session.sending}
              aria-keyshortcuts="Control+Enter Meta+Enter"
            >
              {session.signedIn ? 'Submit' : 'Check'}{' '}
              <kbd className="border-current bg-transparent text-inherit max-sm:hidden">Ctrl Enter</kbd>
            </Button>
            {runner.running ? (
              <Button onClick={runner.stop}>
                <Square {...icon} />
                Stop
              </Button>
            ) : null}
            <Button variant="quiet" className="sm:ml-auto" onClick={() => setAsking(true)}>
              <RotateCcw {...icon} />
              Start over
            </Button>
          </div>
          <div className="px-4 [&:has(:not(:empty))]:py-2">
            <RuntimeLine phase={runner.phase} runner={runner} />
            <Notice notice={session.notice} />
          </div>
          <div role="status">
            {verdict && !runner.running ? (
              <VerdictLines
                verdict={verdict}
                outcome={bench.outcome}
                sending={session.sending}
                signedIn={session.signedIn}
                here={bench.here}
              />
            ) : null}
          </div>
          <RunOutput ran={bench.ran} running={runner.running} />
          <div className="px-4">
            <SolutionView session={session} title="Compare with the reference solution" />
          </div>
          <Attempts history={session.history} />
        </div>
      </div>
      {bench.observation ? (
        costTable(key, bench.observation).map((table) => <CostPlot key={table.id} table={table} />)
      ) : key.meters.length > 0 ? (
        <NoCostYet />
      ) : null}
      {asking ? (
        <Suspense>
          <StartOver
            onClose={() => setAsking(false)}
            onConfirm={() => {
              bench.startOver()
              setAsking(false)
            }}
          />
        </Suspense>
      ) : null}
    </section>
  )
}

/** The line that a failing check names: "Line 7: IndexError". */
function lineToLookAt(check: Check | undefined): number | null {
  const line = /^Line (\d+)\b/.exec(check?.message ?? '')?.[1]
  return line ? Number(line) : null
}
