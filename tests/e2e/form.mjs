// The three forms of a page, as tests fill, send and read them.
import { view } from "./browser.mjs";

export const WALLET = "0x742d35cc6634c0532925a3b844bc9e7595f0beb1";

export const GOOD_VALUES = {
  swap: { "What do you want to swap?": "swap 0.1 ETH to USDC", "Wallet address": WALLET },
  perp: { Symbol: "ETH" },
  prediction: { "Link of the market": "https://polymarket.com/event/fed-decision-in-december" },
};

export const SUBMIT = { swap: "Get a quote", perp: "Get a suggestion", prediction: "Estimate" };

/** Goes to a form and writes into its fields. */
export async function openForm(page, form, values = GOOD_VALUES[form]) {
  await page.locator(`nav a[href="#${form}"]`).click();
  for (const [label, value] of Object.entries(values)) await view(page).getByLabel(label, { exact: true }).fill(value);
}

export const submitForm = (page, form) => view(page).getByRole("button", { name: SUBMIT[form] }).click();

/** The form's result, once it is in this state. */
export async function resultIn(page, state) {
  const result = view(page).locator(`.result[data-state="${state}"]`);
  await result.waitFor();
  return result;
}

/** Sends a form whose answer is made to be this one, and gives the result. */
export async function resultOf(run, page, form, answer) {
  await run.site.sandbox.script({ body: answer });
  // The result of the answer before is not to be taken for this one's.
  await view(page).locator(".result").evaluate((result) => delete result.dataset.state);
  await submitForm(page, form);
  return resultIn(page, "done");
}

/** The text of elements, each on one line. */
export const lines = async (locator) =>
  (await locator.allInnerTexts()).map((text) => text.replace(/\s+/g, " ").trim());

/** The lines of a result by their names. */
export async function rowsOf(result) {
  const names = await lines(result.locator(".rows dt"));
  const values = await lines(result.locator(".rows dd"));
  return Object.fromEntries(names.map((name, index) => [name, values[index]]));
}

/** What a screen reader reads after a field's name and value. */
export function describedBy(field) {
  return field.evaluate((control) => {
    const ids = (control.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean);
    return ids.map((id) => document.getElementById(id).textContent).join(" ");
  });
}
