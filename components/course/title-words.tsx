/** A title as its author wrote it, with code between backticks. */
export function TitleWords({ children }: { children: string }) {
  return children.split('`').map((part, i) =>
    i % 2 === 1 ? (
      <code key={`${i.toString()}${part}`} className="text-[0.9em]">
        {part}
      </code>
    ) : (
      part
    ),
  )
}
