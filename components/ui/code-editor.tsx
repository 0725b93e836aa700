'use client'

import { lazy, Suspense, useId } from 'react'
import type { EditorProps } from './code-editor-view'

const EditorView = lazy(async () => ({ default: (await import('./code-editor-view')).CodeEditorView }))

/** A line to look at. */
export type Mark = { line: number }

export type CodeEditorProps = {
  value: string
  onChange?: (value: string) => void
  /** `python` is coloured and indented; anything else is plain text. */
  language?: string
  /** What is edited, for those who do not see it: "solution.py". */
  label: string
  readOnly?: boolean
  marks?: Mark[]
  /** Ctrl or ⌘ with Enter. */
  onSubmit?: () => void
  /** Shift with Enter. */
  onRun?: () => void
}

/**
 * An editor 18rem high or more, unless its place sets `--editor-min`, whose code is fetched when it is first shown; until then the text stands there, in the same place. Tab
 * indents; Esc, then Tab, leaves, and a line below says so.
 */
export function CodeEditor({ readOnly = false, ...props }: CodeEditorProps) {
  const keysId = useId()
  const editor: EditorProps = { ...props, readOnly, describedBy: readOnly ? undefined : keysId }
  return (
    <div className="code-editor flex min-w-0 flex-1 flex-col bg-paper">
      <Suspense fallback={<Still value={props.value} />}>
        <EditorView {...editor} />
      </Suspense>
      {!readOnly && (
        <p id={keysId} className="no-print meta border-rule border-t px-4 py-1.5">
          <kbd>Tab</kbd> indents. <kbd>Esc</kbd> then <kbd>Tab</kbd> leaves the editor.
        </p>
      )}
    </div>
  )
}

/** What stands there until the editor has arrived: the same lines at the same heights. */
function Still({ value }: Pick<CodeEditorProps, 'value'>) {
  return (
    <pre className="code min-h-(--editor-min,18rem) flex-1 overflow-x-hidden py-3 pr-6 pl-14" aria-hidden>
      {value}
    </pre>
  )
}
