// @ts-nocheck runs in the browser, where there are a DOM and MiniWoB++'s globals

/** What the environment asks of a page, set up before the page's own scripts run. */
globalThis.cosoPage = {
  draggable: ".ui-draggable, .ui-sortable-handle, .ui-slider-handle, .ui-resizable-handle",

  /** Begins the episode that `seed` decides; `mode`, `train` or `test`, is known to a few tasks. */
  begin(seed, mode) {
    // Time is for the environment's horizon to limit.
    core.EPISODE_MAX_TIME = 1e9;
    Math.seedrandom(seed);
    core.setDataMode(mode);
    core.startEpisodeReal();
  },

  isReady: () => WOB_TASK_READY,

  /** What is asked for, as the page says it in one line. */
  instruction() {
    const said = core.getUtterance();
    return typeof said === "string" ? said : said.utterance;
  },

  /** Another page, to which an agent has gone astray, knows of no end. */
  outcome() {
    if (typeof WOB_DONE_GLOBAL === "undefined") return { isDone: false, reward: 0 };
    return { isDone: WOB_DONE_GLOBAL, reward: WOB_RAW_REWARD_GLOBAL };
  },

  /**
   * Scrolls what can be scrolled at a point, as a finger does that moves from there by (dx, dy), and says whether anything
   * can. What can be dragged there comes first.
   */
  scroll({ x, y }, { dx, dy }) {
    for (let element = document.elementFromPoint(x, y); element !== null; element = element.parentElement) {
      if (element.matches(this.draggable)) return false;
      const isTall = element.scrollHeight > element.clientHeight;
      const canScroll = /^(?:auto|scroll)$/.test(getComputedStyle(element).overflowY);
      if (!isTall || !canScroll) continue;
      element.scrollBy(-dx, -dy);
      return true;
    }
    return false;
  },

  /** A browser scrolls for as long as its own way of selecting text goes on, which is real time. */
  beforeDrag() {
    document.body.style.userSelect = "none";
  },

  /** Selects the text between two points, as a drag with the mouse does; nothing where none begins. */
  afterDrag(from, to) {
    document.body.style.userSelect = "";
    // Whether the browser has let go of what was selected before hangs on timing. A field keeps where its typing goes.
    if (!document.activeElement?.matches("input, textarea")) getSelection().removeAllRanges();
    const [start, end] = [from, to].map(({ x, y }) => document.caretRangeFromPoint(x, y));
    const isText = start?.startContainer.nodeType === Node.TEXT_NODE && end !== null;
    if (!isText || start.startContainer.parentElement.closest(this.draggable) !== null) return;
    getSelection().setBaseAndExtent(start.startContainer, start.startOffset, end.startContainer, end.startOffset);
  },
};

// A task fills its area and is not scrolled as a whole. What moves by itself would look different each time. The cover
// would hide how an episode ended.
addEventListener("DOMContentLoaded", () => {
  const style = document.createElement("style");
  style.textContent = `
    html { overflow: hidden !important; }
    * { scroll-behavior: auto !important; transition: none !important; }
    #sync-task-cover { display: none !important; }
  `;
  document.head.append(style);
  if (globalThis.jQuery) jQuery.fx.off = true;
});
