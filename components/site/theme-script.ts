/** Where the choice is kept; absent: as the system has it. */
export const THEME_KEY = 'slipway-theme'

/** Runs before the first paint, so that a page never flashes in the other theme. */
export const themeScript = `try{var t=localStorage.getItem('${THEME_KEY}');if(t==='light'||t==='dark')document.documentElement.classList.add(t)}catch(e){}`
