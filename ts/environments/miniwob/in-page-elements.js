// @ts-nocheck runs in the browser, behind in-page.js

(() => {
  const CONTROLS = "button, a, input, select, textarea, summary, [onclick], [role=button], [role=tab], [role=menuitem]";
  const FIELDS =
    "textarea, input:not([type]), [type=text], [type=password], [type=search], [type=number], [type=email], [type=date]";
  const LISTENED_FOR = new Set(["click", "mousedown", "mouseup", "pointerdown", "touchstart"]);
  /** The task's frame, whose listeners are for all that is in it, and its instruction, which only shows things. */
  const FRAME = "html, body, #wrap, #area, #query, #query *";
  /** Pixels between the middles of two things that are one to a finger. */
  const SAME_PLACE = 6;
  /** Points across an element at which it is looked for, where its middle is not its own. */
  const LOOKS = 7;
  const LONGEST_TEXT = 80;

  const listeners = new WeakSet();
  const { addEventListener: listen } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function addEventListener(type, ...rest) {
    if (LISTENED_FOR.has(type) && this instanceof Element) listeners.add(this);
    return listen.call(this, type, ...rest);
  };

  function usesOf(element) {
    if (element.matches(FRAME) || element.matches(":disabled, [type=hidden]")) return [];
    // A label's control stands for both.
    if (element.matches("label") && element.control !== null) return [];
    const uses = [];
    if (element.matches(CONTROLS) || listens(element) || showsHand(element)) uses.push("tap");
    if (element.matches(cosoPage.draggable) || scrolls(element)) uses.push("swipe");
    if (element.matches(FIELDS) || element.isContentEditable) uses.push("type");
    return uses;
  }

  function listens(element) {
    return listeners.has(element) || element.onclick !== null || element.onmousedown !== null;
  }

  /** The outermost that does: what is within takes it over. */
  function showsHand(element) {
    const isHand = (each) => getComputedStyle(each).cursor === "pointer";
    return isHand(element) && !isHand(element.parentElement);
  }

  function scrolls(element) {
    const canScroll = /^(?:auto|scroll)$/.test(getComputedStyle(element).overflowY);
    return canScroll && element.scrollHeight > element.clientHeight;
  }

  /** Where a touch in the middle touches the element; null where it is not to be seen in `area`. */
  function seenBox(element, area) {
    if (!element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) return null;
    const [rect] = element.getClientRects();
    if (rect === undefined) return null;
    const left = Math.max(rect.left, area.x);
    const top = Math.max(rect.top, area.y);
    const width = Math.min(rect.right, area.x + area.width) - left;
    const height = Math.min(rect.bottom, area.y + area.height) - top;
    if (width < 1 || height < 1) return null;
    const shares = Array.from({ length: LOOKS }, (_, look) => (look + 0.5) / LOOKS);
    const fromMiddle = ([across, down]) => Math.hypot(across - 0.5, down - 0.5);
    const places = shares.flatMap((down) => shares.map((across) => [across, down]));
    places.sort((one, other) => fromMiddle(one) - fromMiddle(other));
    const place = places.find(([across, down]) => {
      const hit = document.elementFromPoint(left + across * width, top + down * height);
      return hit !== null && element.contains(hit);
    });
    if (place === undefined) return null;
    const [across, down] = place;
    const [half, upright] = [Math.min(across, 1 - across) * width, Math.min(down, 1 - down) * height];
    const [x, y] = [left + across * width - half, top + down * height - upright];
    return { x, y, width: 2 * half, height: 2 * upright };
  }

  function distanceOf(one, other) {
    return [one.x + one.width / 2 - other.x - other.width / 2, one.y + one.height / 2 - other.y - other.height / 2];
  }

  function wordsOf(element) {
    const { labels, value, placeholder, title } = element;
    const label = labels?.[0]?.textContent;
    const isField = element.matches(FIELDS);
    const chosen = element.matches("select") ? element.selectedOptions[0]?.text : undefined;
    const own = element.matches("input") && !element.matches("[type=checkbox], [type=radio]") ? value : undefined;
    const said = isField ? value || label || placeholder : chosen || own || label || element.textContent;
    const words = String(said || element.getAttribute("aria-label") || title || "");
    return words.replaceAll(/\s+/g, " ").trim().slice(0, LONGEST_TEXT);
  }

  /**
   * What can be seen in `area` and answers to a finger, in the page's order, in its pixels: native controls and links, what
   * is made to be dragged, what scrolls, what listens for clicks itself or shows a hand. What only its container listens
   * for is not to be told, but for the hand. Of what lies in the same place the first stands for all.
   */
  function elementsIn(area) {
    const found = [];
    for (const element of document.body.querySelectorAll("*")) {
      const can = usesOf(element);
      const box = can.length === 0 ? null : seenBox(element, area);
      if (box === null) continue;
      const same = found.find((other) => Math.hypot(...distanceOf(other.box, box)) < SAME_PLACE);
      if (same === undefined) found.push({ box, text: wordsOf(element), can });
      else same.can = [...new Set([...same.can, ...can])];
    }
    return found.map(({ box, text, can }) => ({ box, text, can }));
  }

  cosoPage.elements = elementsIn;
})();
