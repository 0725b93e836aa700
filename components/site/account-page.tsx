import type { ReactNode } from 'react'
import { BodyPlan } from './body-plan'

/** The page of an account form: the form at the left, the body plan at the right where there is room. */
export function AccountPage({
  title,
  intro,
  children,
}: {
  title: string
  intro?: ReactNode
  children: ReactNode
}) {
  return (
    <main id="main" className="grid flex-1 items-stretch min-[54rem]:grid-cols-2">
      <div className="w-full max-w-136 justify-self-center px-(--gutter) pt-10 pb-[clamp(2rem,7vw,6rem)] min-[54rem]:justify-self-end min-[54rem]:pt-[clamp(2rem,7vw,6rem)]">
        <h1 className="title-36">{title}</h1>
        {intro && <div className="meta mt-2">{intro}</div>}
        <div className="mt-8">{children}</div>
      </div>
      <div
        aria-hidden="true"
        className="flex flex-col items-center justify-center border-rule border-l p-8 max-[54rem]:hidden"
      >
        <BodyPlan className="w-[min(100%,32rem)]" />
        <p className="meta mt-12">Body plan: what the hull is at each station.</p>
      </div>
    </main>
  )
}

/** A line of another way on, under an hairline. */
export function OtherWay({ children }: { children: ReactNode }) {
  return <p className="mt-8 max-w-104 border-rule border-t pt-4">{children}</p>
}
