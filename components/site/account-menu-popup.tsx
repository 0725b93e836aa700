'use client'

import { Menu } from '@base-ui/react/menu'
import { LogOut, Settings } from 'lucide-react'
import { useEffect, useRef } from 'react'
import { type Account, initialsOf } from './account'
import { useLeave } from './leave'

export type AccountMenuPopupProps = {
  account: Account
  open: boolean
  onOpenChange: (open: boolean) => void
  className: string
}

const item =
  'flex w-full cursor-pointer items-center gap-3 rounded-mark px-3 py-[7px] text-left no-underline outline-none data-highlighted:bg-hover pointer-coarse:min-h-11'

/** Who is signed in, the settings, and the way out. */
export function AccountMenuPopup({ account, open, onOpenChange, className }: AccountMenuPopupProps) {
  const trigger = useRef<HTMLButtonElement>(null)
  const { leaving, leave, dialog } = useLeave(account.id, () => account.signOut(new FormData()))
  useEffect(() => {
    // The link that stood here had the focus, and went with it.
    if (document.activeElement === document.body) trigger.current?.focus()
  }, [])
  return (
    <>
      <Menu.Root open={open} onOpenChange={onOpenChange} modal={false}>
        <Menu.Trigger ref={trigger} className={className} aria-label={`${account.name}: account`}>
          <span aria-hidden>{initialsOf(account.name)}</span>
        </Menu.Trigger>
        <Menu.Portal>
          <Menu.Positioner sideOffset={8} align="end" className="z-40">
            <Menu.Popup className="w-[min(20rem,calc(100vw-1rem))] rounded-control bg-paper p-1 text-ink shadow-float outline-none">
              <div className="grid px-3 py-[7px]">
                <b className="break-words font-[550]">{account.name}</b>
                <span className="meta break-all">{account.email}</span>
              </div>
              <Menu.Separator className="my-1 border-rule border-t" />
              <Menu.LinkItem href="/settings" className={item}>
                <Settings size={16} strokeWidth={1.75} aria-hidden className="text-ink-3" />
                Settings
              </Menu.LinkItem>
              <Menu.Separator className="my-1 border-rule border-t" />
              <Menu.Item className={item} disabled={leaving} closeOnClick={false} onClick={leave}>
                <LogOut size={16} strokeWidth={1.75} aria-hidden className="text-ink-3" />
                {leaving ? 'Signing out' : 'Sign out'}
              </Menu.Item>
            </Menu.Popup>
          </Menu.Positioner>
        </Menu.Portal>
      </Menu.Root>
      {dialog}
    </>
  )
}
