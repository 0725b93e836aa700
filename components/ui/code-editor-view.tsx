'use client'

import { closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { python } from '@codemirror/lang-python'
import { bracketMatching, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { Annotation, EditorState, RangeSetBuilder, StateEffect, StateField } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view'
import { tagHighlighter, tags } from '@lezer/highlight'
import { useEffect, useRef } from 'react'
import type { CodeEditorProps, Mark } from './code-editor'

export type EditorProps = CodeEditorProps & { readOnly: boolean; describedBy: string | undefined }

/** CodeMirror in our colours. The text and the marks flow in afterwards; a change of the rest makes a new one. */
export function CodeEditorView(props: EditorProps) {
  const { value, language, label, readOnly, describedBy, marks } = props
  const place = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView | null>(null)
  // The editor outlives a render, and must call what the newest one gave.
  const latest = useRef(props)
  useEffect(() => {
    latest.current = props
  })

  useEffect(() => {
    const calls = (name: 'onSubmit' | 'onRun') => () => {
      latest.current[name]?.()
      return latest.current[name] !== undefined
    }
    const editor = new EditorView({
      parent: place.current as HTMLDivElement,
      doc: latest.current.value,
      extensions: [
        EditorView.cspNonce.of(document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? ''),
        keymap.of([
          { key: 'Mod-Enter', run: calls('onSubmit') },
          { key: 'Shift-Enter', run: calls('onRun') },
          { key: 'Escape', run: letTabLeave },
          ...closeBracketsKeymap,
          ...defaultKeymap,
          ...historyKeymap,
          indentWithTab,
        ]),
        EditorState.readOnly.of(readOnly),
        EditorView.contentAttributes.of({
          'aria-label': label,
          ...(describedBy && { 'aria-describedby': describedBy }),
          tabindex: '0',
          autocapitalize: 'off',
          autocorrect: 'off',
          spellcheck: 'false',
        }),
        behaviour,
        language === 'python' ? python() : [],
        EditorView.updateListener.of((update) => {
          const typed = !update.transactions.some((one) => one.annotation(fromOutside))
          if (update.docChanged && typed) latest.current.onChange?.(update.state.doc.toString())
        }),
      ],
    })
    view.current = editor
    editor.dispatch({ effects: setMarks.of(latest.current.marks ?? []) })
    return () => {
      view.current = null
      editor.destroy()
    }
  }, [language, label, describedBy, readOnly])

  useEffect(() => {
    const editor = view.current
    if (!editor || editor.state.doc.toString() === value) return
    editor.dispatch({
      changes: { from: 0, to: editor.state.doc.length, insert: value },
      annotations: fromOutside.of(true),
    })
  }, [value])

  useEffect(() => {
    view.current?.dispatch({ effects: setMarks.of(marks ?? []) })
  }, [marks])

  return <div ref={place} className="flex min-h-(--editor-min,18rem) min-w-0 flex-1 flex-col" />
}

/** A change that the page made, not the learner. */
const fromOutside = Annotation.define<boolean>()

/** After Esc the next Tab leaves, for as long as nothing else is typed; a minute is time enough to find the key. */
function letTabLeave(editor: EditorView): boolean {
  editor.setTabFocusMode(60_000)
  return true
}

const setMarks = StateEffect.define<Mark[]>()
const markedLine = Decoration.line({ class: 'cm-look' })

/** The lines to look at. A line that was edited away loses its mark with its text. */
const markedLines = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(current, transaction) {
    const marks = transaction.effects.findLast((effect) => effect.is(setMarks))?.value
    if (!marks) return current.map(transaction.changes)
    const { doc } = transaction.state
    const lines = [...new Set(marks.map(({ line }) => line))].filter((line) => line >= 1 && line <= doc.lines)
    const builder = new RangeSetBuilder<Decoration>()
    for (const line of lines.toSorted((a, b) => a - b)) {
      const { from } = doc.line(line)
      builder.add(from, from, markedLine)
    }
    return builder.finish()
  },
  provide: (field) => EditorView.decorations.from(field),
})

const behaviour = [
  history(),
  lineNumbers(),
  drawSelection(),
  highlightSpecialChars(),
  indentUnit.of('    '),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  markedLines,
  // The classes that lessons colour their code with.
  syntaxHighlighting(
    tagHighlighter([
      { tag: [tags.keyword, tags.self, tags.bool, tags.null], class: 'tok-keyword' },
      { tag: [tags.string, tags.special(tags.string)], class: 'tok-string' },
      { tag: tags.comment, class: 'tok-comment' },
      {
        tag: [tags.function(tags.definition(tags.variableName)), tags.definition(tags.className)],
        class: 'tok-function',
      },
    ]),
  ),
  EditorView.theme({
    '&': {
      flex: '1',
      minWidth: '0',
      color: 'var(--ink)',
      backgroundColor: 'var(--paper)',
      fontSize: 'inherit',
    },
    '&.cm-focused': { outline: '2px solid var(--oxide)', outlineOffset: '-2px' },
    '.cm-scroller': {
      fontFamily: 'var(--font-mono)',
      fontVariantLigatures: 'none',
      lineHeight: '1.375rem',
      overflow: 'auto',
    },
    '.cm-content': { padding: '0.75rem 0', caretColor: 'var(--oxide)' },
    '.cm-line': { padding: '0 1.5rem 0 0' },
    '.cm-gutters': {
      backgroundColor: 'transparent',
      color: 'var(--ink-3)',
      border: '0',
      paddingRight: '0.25rem',
    },
    '.cm-lineNumbers .cm-gutterElement': { minWidth: '2.25rem', padding: '0 0.75rem 0 0.5rem' },
    '.cm-cursor': { borderLeftColor: 'var(--oxide)', borderLeftWidth: '2px' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      backgroundColor: 'var(--select)',
    },
    '.cm-content ::selection': { backgroundColor: 'transparent' },
    '&.cm-focused .cm-matchingBracket': {
      backgroundColor: 'var(--hover)',
      outline: '1px solid var(--rule-strong)',
    },
    '&.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--fail-wash)' },
    '.cm-look': { backgroundColor: 'var(--fail-wash)', boxShadow: 'inset 3px 0 0 var(--fail)' },
    '.cm-specialChar': { color: 'var(--fail)' },
  }),
]
