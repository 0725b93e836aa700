'use client'

import { RefreshCw } from 'lucide-react'
import { usePathname } from 'next/navigation'
import { useEffect, useState } from 'react'
import { NEW_BUILD } from '@/components/lesson/server-calls'
import { Button } from '@/components/ui/button'

/** What a signed-in page does beside its content: sends what waits on this device, and says when the site was updated. */
export function SiteWatch({ user }: { user: string }) {
  const path = usePathname()
  // A lesson's own page sends everything itself.
  const inLesson = path.startsWith('/learn/')
  useEffect(() => {
    if (inLesson) return
    let stop: (() => void) | null = null
    let gone = false
    void import('@/components/lesson/deliverer').then(({ startDelivering }) => {
      if (!gone) stop = startDelivering(user)
    })
    return () => {
      gone = true
      stop?.()
    }
  }, [user, inLesson])
  return <NewBuild />
}

/** Shown when the server answers with another build than this page is of. Everything goes on; the page is merely old. */
function NewBuild() {
  const [isOld, setOld] = useState(false)
  useEffect(() => {
    const see = () => setOld(true)
    addEventListener(NEW_BUILD, see)
    return () => removeEventListener(NEW_BUILD, see)
  }, [])
  return (
    <div role="status" className="no-print">
      {isOld && (
        <div className="fixed bottom-4 left-1/2 z-30 flex w-120 max-w-[calc(100vw-2rem)] -translate-x-1/2 flex-wrap items-center gap-x-4 gap-y-2 rounded-dialog bg-paper px-4 py-3 shadow-float">
          <p className="min-w-0 flex-1 basis-60">
            This site was updated. What you write here is still saved; a reload brings the new pages.
          </p>
          <Button onClick={() => location.reload()}>
            <RefreshCw size={16} strokeWidth={1.75} aria-hidden />
            Reload
          </Button>
          <Button variant="quiet" onClick={() => setOld(false)}>
            Later
          </Button>
        </div>
      )}
    </div>
  )
}
