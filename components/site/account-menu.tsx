'use client'

import { type ComponentType, useState } from 'react'
import { type Account, initialsOf } from './account'
import type { AccountMenuPopupProps } from './account-menu-popup'

/**
 * A link to the settings that becomes a menu: the menu's code is fetched when someone reaches for it, so that a page of
 * text stays light, and without a script the link still leads to everything that the menu holds.
 */
export function AccountMenu({ account }: { account: Account }) {
  const [Popup, setPopup] = useState<ComponentType<AccountMenuPopupProps> | null>(null)
  const [open, setOpen] = useState(false)

  async function load() {
    const loaded = await import('./account-menu-popup')
    setPopup(() => loaded.AccountMenuPopup)
  }

  if (Popup) return <Popup account={account} open={open} onOpenChange={setOpen} className={trigger} />
  return (
    <a
      href="/settings"
      className={trigger}
      onFocus={load}
      onPointerEnter={load}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return
        event.preventDefault()
        setOpen(true)
        // Without the menu's code the link still does its work.
        load().catch(() => location.assign('/settings'))
      }}
    >
      <span aria-hidden>{initialsOf(account.name)}</span>
      <span className="sr-only">{account.name}: account</span>
    </a>
  )
}

const trigger =
  'grid size-8 place-items-center rounded-full border border-rule-strong font-[550] text-12 text-ink-2 no-underline hover:bg-hover pointer-coarse:size-11'
