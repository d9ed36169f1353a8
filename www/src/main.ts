// Puts the page together: language, client, and one view per feature.
import { init, Minara } from "minara";

import { noteRequest, noteResponse } from "./attempts.js";
import { challengeIn } from "./challenge.js";
import { chatView } from "./chat.js";
import { watchSource } from "./health.js";
import { chooseLocale } from "./locales/index.js";
import { mountNavigation } from "./navigation.js";
import { perpView } from "./perp.js";
import { predictionView } from "./prediction.js";
import { swapView } from "./swap.js";

const strings = chooseLocale(navigator.languages);
document.documentElement.lang = strings.language;

const lookAtSource = watchSource(byId("source"), strings);
const minara = new Minara({
  // The Worker holds the key.
  baseUrl: "/api",
  // Called only where the Worker wants a session: `npm start` runs it without.
  session: challengeIn(byId("challenge"), strings),
  // A longer wait for a retry than this is better told than sat out in silence.
  maxRetryAfter: 3,
  onRequest: (request) => {
    noteRequest(request);
    // Beside the call, which does not wait for it: what the page says of costs is to hold for this one.
    if (request.attempt === 1) lookAtSource();
  },
  onResponse: noteResponse,
});

mountNavigation(
  byId("navigation"),
  byId("main"),
  [
    { id: "chat", name: strings.navigation.chat, root: chatView(minara, strings) },
    { id: "swap", name: strings.navigation.swap, root: swapView(minara, strings) },
    { id: "perp", name: strings.navigation.perp, root: perpView(minara, strings) },
    { id: "prediction", name: strings.navigation.prediction, root: predictionView(minara, strings) },
  ],
  strings.navigation.label,
);
// Warms up while the visitor types. A failure is not lost: the first call tries again and says so.
init().catch(() => {});

function byId(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`index.html has no element with the id ${id}`);
  return found;
}
