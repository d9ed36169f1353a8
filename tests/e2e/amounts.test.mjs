// The page's arithmetic by itself: amounts keep every digit.
import assert from "node:assert/strict";
import { test } from "node:test";

import { loadModule } from "./page-module.mjs";

const {
  compare,
  decimalText,
  formatDecimal,
  formatPercent,
  formatUsd,
  multiply,
  parseDecimal,
  percentOf,
  subtract,
  tokenAmount,
  wholeNumber,
} = await loadModule("amounts.ts");

test("an amount in the smallest unit is written with its token's decimals, to the last digit", () => {
  const largest = String(2n ** 256n - 1n);
  for (const [units, decimals, text] of [
    ["100000000000000000", "18", "0.1"],
    ["194058559", "6", "194.058559"],
    ["1234567891", 6, "1234.567891"],
    ["1", "18", "0.000000000000000001"],
    ["0", "18", "0"],
    ["1000000", "0", "1000000"],
    ["9007199254740993", "0", "9007199254740993"],
    [largest, "18", `${largest.slice(0, -18)}.${largest.slice(-18)}`],
  ]) {
    assert.equal(decimalText(tokenAmount(units, decimals)), text);
  }
});

test("what is no amount is undefined, never a wrong number", () => {
  for (const [units, decimals] of [
    ["1.5", "18"],
    ["1e18", "18"],
    ["0x10", "18"],
    ["", "18"],
    ["1", "x"],
    ["1", "-1"],
    ["-1", "18"],
    ["+1", "18"],
    [" 1", "18"],
    ["unlimited", "18"],
    ["1".repeat(101), "18"],
    ["1", undefined],
    [undefined, "18"],
    [1, "18"],
    [null, null],
  ]) {
    assert.equal(tokenAmount(units, decimals), undefined, `${units} with ${decimals} decimals`);
  }
});

test("an amount in the smallest unit is digits alone", () => {
  assert.equal(wholeNumber(String(2n ** 256n - 1n)), 2n ** 256n - 1n);
  assert.equal(wholeNumber("007"), 7n);
  for (const text of ["", " 7", "+7", "-7", "7.0", "7e3", "0x7", "٧", "unlimited", "7".repeat(101), 7, null, undefined])
    assert.equal(wholeNumber(text), undefined, String(text));
});

test("a decimal is read with its sign and its zeros", () => {
  for (const [text, expected] of [
    ["-0.03", "-0.03"],
    ["+1.50", "1.5"],
    [" 12 ", "12"],
    ["0.0174870969512694", "0.0174870969512694"],
  ]) {
    assert.equal(decimalText(parseDecimal(text)), expected);
  }
  for (const text of ["1,5", ".5", "5.", "1e3", "NaN", "Infinity", "-", 5])
    assert.equal(parseDecimal(text), undefined, String(text));
});

test("a product is exact", () => {
  const amount = tokenAmount("123456789012345678901234567890", "18");
  assert.equal(decimalText(multiply(amount, parseDecimal("1960.63"))), "242053084241275.3084241275308421707");
});

test("a difference and a comparison are exact, whatever the places", () => {
  const [large, small] = [tokenAmount("9007199254740993", "0"), tokenAmount("1", "18")];
  assert.equal(decimalText(subtract(large, small)), "9007199254740992.999999999999999999");
  assert.equal(decimalText(subtract(small, large)), "-9007199254740992.999999999999999999");
  assert.equal(compare(parseDecimal("1.50"), parseDecimal("1.5")), 0);
  assert.equal(compare(subtract(large, small), large), -1);
  assert.equal(compare(large, subtract(large, small)), 1);
});

test("a share in percent is cut off after six places, and there is none of nothing", () => {
  for (const [part, whole, percent] of [
    ["400", "1000", "40"],
    ["-0.5", "2", "-25"],
    ["1", "3", "33.333333"],
    ["-2", "3", "-66.666666"],
    ["0.000000000000000001", "0.000000000000000004", "25"],
  ]) {
    assert.equal(decimalText(percentOf(parseDecimal(part), parseDecimal(whole))), percent);
  }
  assert.equal(percentOf(parseDecimal("1"), parseDecimal("0")), undefined);
});

test("formats group digits as the language does and drop none", () => {
  const value = tokenAmount("1234567000000000000000001", "18");
  assert.equal(formatDecimal(value, "en"), "1,234,567.000000000000000001");
  assert.equal(formatDecimal(value, "tr"), "1.234.567,000000000000000001");
  assert.equal(formatDecimal(parseDecimal("-0.5"), "en"), "-0.5");
  assert.equal(formatDecimal(tokenAmount(`1${"0".repeat(40)}1`, "40"), "en"), `10.${"0".repeat(39)}1`);
  assert.equal(formatPercent(parseDecimal("-0.0562"), "en"), "-0.0562%");
  assert.equal(formatPercent(parseDecimal("33.336"), "en", 2), "33.34%");
  for (const [text, expected] of [
    ["196.063", "$196.06"],
    ["1234567.891", "$1,234,567.89"],
    ["0.0000123456", "$0.000012"],
    ["0", "$0.00"],
    ["99999999999999999999.99", "$99,999,999,999,999,999,999.99"],
  ]) {
    assert.equal(formatUsd(parseDecimal(text), "en"), expected);
  }
});
