// A form's Send and Stop: one of the two is there, and keyboard focus is never lost between them.
import { element } from "./dom.js";
import { isFurtherClick } from "./gestures.js";

export class RunButtons {
  readonly start: HTMLButtonElement;
  readonly stop: HTMLButtonElement;
  #running = false;

  constructor(startText: string, stopText: string, onStop: () => void) {
    this.start = element("button", { type: "submit", class: "primary" }, startText);
    this.stop = element("button", { type: "button", class: "stop", hidden: true }, stopText);
    this.start.addEventListener("click", (event) => {
      if (isFurtherClick(event)) event.preventDefault();
    });
    this.stop.addEventListener("click", (event) => {
      if (!isFurtherClick(event)) onStop();
    });
  }

  get running(): boolean {
    return this.#running;
  }

  set running(running: boolean) {
    const [shown, gone] = running ? [this.stop, this.start] : [this.start, this.stop];
    const hadFocus = document.activeElement === gone;
    this.#running = running;
    shown.hidden = false;
    gone.hidden = true;
    if (hadFocus) shown.focus({ preventScroll: true });
  }
}
