// Prediction: how likely each outcome of a market is, and why.
import type { Minara, Prediction, PredictionAnswer } from "minara";

import { bar } from "./bar.js";
import { callForm } from "./call-form.js";
import { element, newId } from "./dom.js";
import { Field, ModeSwitch } from "./field.js";
import type { Strings } from "./locales/index.js";
import { renderMarkdown } from "./markdown.js";
import { formatShare, isNumber, isShare } from "./numbers.js";
import { warningNote } from "./result.js";

/** Rounding may leave this much between yes + no and 1. */
const ROUNDING = 0.005;

export function predictionView(minara: Minara, strings: Strings): HTMLElement {
  const { prediction: text } = strings;
  const { link, prompt } = predictionFields(text);
  const mode = new ModeSwitch(text.mode, strings.chat);
  const { onlyResult, line } = onlyResultLine(text);
  const fields = [link, prompt];
  return callForm(
    {
      title: text.title,
      intro: text.intro,
      controls: [link.root, mode.root, prompt.root, line],
      fields,
      drafted: fields,
      submit: text.submit,
      empty: text.empty,
      path: "/v1/developer/prediction-market-ask",
      request: () => ({
        link: link.control.value.trim(),
        mode: mode.value,
        onlyResult: onlyResult.checked,
        customPrompt: prompt.value,
      }),
      subject: (request) => request.link,
      call: (request, signal) => minara.predictionMarketAsk(request, { signal }).withResponse(),
      show: (answer) => predictionResult(answer, strings),
    },
    strings,
  );
}

function predictionFields(text: Strings["prediction"]) {
  const address = { type: "text", inputmode: "url", autocomplete: "off", autocapitalize: "off", spellcheck: "false" };
  const prompt = element("textarea", { rows: 2 });
  return {
    link: new Field("link", text.link, element("input", address), text.linkHint),
    prompt: new Field("customPrompt", text.customPrompt, prompt, text.customPromptHint),
  };
}

function onlyResultLine(text: Strings["prediction"]) {
  const onlyResult = element("input", { type: "checkbox", id: newId("only-result") });
  const name = element("label", { for: onlyResult.id }, text.onlyResult);
  return { onlyResult, line: element("div", { class: "check" }, onlyResult, name) };
}

function predictionResult({ predictions, reasoning }: PredictionAnswer, strings: Strings): HTMLElement {
  const { prediction: text } = strings;
  const outcomes = (predictions ?? []).map((prediction) => outcome(prediction, strings));
  const view = element(
    "div",
    { class: "prediction-result" },
    element("h3", {}, text.outcomes),
    outcomes.length > 0
      ? element("ul", { class: "outcomes" }, ...outcomes)
      : element("p", { class: "muted" }, text.noOutcomes),
  );
  if (reasoning) {
    const prose = element("div", { class: "prose" });
    const markdown = renderMarkdown(prose, strings.markdown, 4);
    markdown.write(reasoning);
    markdown.end();
    view.append(element("h3", {}, text.reasoning), prose);
  }
  view.append(element("p", { class: "muted" }, text.advice));
  return view;
}

/** Yes and No as numbers, and Yes as a bar. An event may hold many outcomes that do not exclude each other. */
function outcome({ outcome: name, yesProb: yes, noProb: no }: Prediction, strings: Strings): HTMLElement {
  const { prediction: text, result, language } = strings;
  const percent = (share: unknown) => (isNumber(share) ? formatShare(share, language) : result.missing);
  const addsUp = !isNumber(yes) || !isNumber(no) || Math.abs(yes + no - 1) <= ROUNDING;
  const areShares = [yes, no].filter(isNumber).every(isShare);
  return element(
    "li",
    {},
    element(
      "div",
      { class: "outcome" },
      element("span", { class: "outcome-name", dir: "auto" }, name ?? result.missing),
      // Together, so that on a narrow screen both go below a long name.
      element(
        "span",
        { class: "probabilities" },
        element("span", {}, `${text.yes} `, element("strong", {}, percent(yes))),
        element("span", { class: "muted" }, `${text.no} ${percent(no)}`),
      ),
    ),
    isNumber(yes) && bar(yes),
    !areShares && warningNote(text.noShare, strings),
    !addsUp && warningNote(text.doNotAddUp(percent(yes + no)), strings),
  );
}
