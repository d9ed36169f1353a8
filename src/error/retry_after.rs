//! `Retry-After` (RFC 9110 §10.2.3): a number of seconds, or one of HTTP's three forms of a date.
//!
//! The date is read here because the crate `httpdate` adds 1.9 KB to the browser build (`bench/size/README.md`), and the
//! host's `Date.parse` takes more than HTTP's forms and the third of them for local time. The tests hold this reader to
//! `httpdate`.

use crate::wording::trim;

/// The days of the week, from that of the Unix epoch on.
const WEEKDAYS: [&str; 7] = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"];

/// The names of the months, each read as a number of three digits.
const MONTHS: [u32; 12] = {
    let names = b"JanFebMarAprMayJunJulAugSepOctNovDec";
    let mut months = [0; 12];
    let mut month = 0;
    while month < 12 {
        let at = month * 3;
        months[month] = u32::from_be_bytes([0, names[at], names[at + 1], names[at + 2]]);
        month += 1;
    }
    months
};

/// What follows the name of the day (RFC 9110 §5.6.7), known apart by its length. A digit stands for a digit of that
/// field, `#` for the month's name, `_` for a first digit of the day that may be a space.
const FORMS: [&[u8]; 3] = [b", 00 ### 1111 22:33:44 GMT", OF_RFC_850, b" ### _0 22:33:44 1111"];

/// The only form with the whole name of the day, and with two digits of the year.
const OF_RFC_850: &[u8] = b", 00-###-11 22:33:44 GMT";

/// Waits of thirty years and more, in seconds, say that something else is meant, such as a clock that was not set.
pub(super) const LONGEST_WAIT: f64 = 1e9;

/// Seconds to wait that a `Retry-After` header asks for (RFC 9110 §10.2.3): a number of seconds or an HTTP date.
pub fn parse_retry_after(header: &str, now_ms: f64) -> Option<f64> {
    let header = trim(header);
    // RFC 9110 allows whole seconds only; fractions are seen in the wild and mean what they say.
    if header.as_bytes().first().is_some_and(u8::is_ascii_digit) {
        // Where two hops have each set one, they come as a list: the longest wait does for all.
        let mut longest = 0.0_f64;
        for part in header.split(',') {
            longest = longest.max(parse_seconds(trim(part))?);
        }
        return Some(longest);
    }
    Some((parse_date(header.as_bytes())? - now_ms / 1000.0).max(0.0)).filter(|seconds| *seconds < LONGEST_WAIT)
}

/// `120` or `0.5`; at most nine digits before the point, which is thirty years. The standard library's parser would
/// weigh more than everything else that is read here.
pub(super) fn parse_seconds(text: &str) -> Option<f64> {
    let mut parts = [(0.0, 0), (0.0, 0)];
    let mut part = 0;
    for byte in text.bytes() {
        match byte {
            b'.' if part == 0 => part = 1,
            b'0'..=b'9' => {
                let (value, length) = parts[part];
                parts[part] = (value * 10.0 + f64::from(byte - b'0'), length + 1);
            }
            _ => return None,
        }
    }
    let [(whole, digits), (fraction, places)] = parts;
    (digits > 0 && digits <= 9 && places <= 9).then(|| whole + fraction / 10_f64.powi(places))
}

/// Seconds since the Unix epoch.
fn parse_date(text: &[u8]) -> Option<f64> {
    let end = text.iter().position(|byte| !byte.is_ascii_alphabetic())?;
    let (name, rest) = text.split_at(end);
    let form = *FORMS.iter().find(|form| form.len() == rest.len())?;
    let is_short = form != OF_RFC_850;
    let weekday = WEEKDAYS.iter().position(|day| &day.as_bytes()[..if is_short { 3 } else { day.len() }] == name)?;
    let [day, year, hour, minute, second, month] = fields(form, rest)?;
    let month = (0..12).find(|index| MONTHS[*index as usize] == month)?;
    let year = match year {
        _ if is_short => year,
        0..70 => year + 2000,
        _ => year + 1900,
    };
    if year < 1970 || day == 0 || hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let first = days_until(year, month);
    let days = first + day - 1;
    let is_real = days < days_until(year, month + 1) && days as usize % 7 == weekday;
    is_real.then(|| f64::from(days) * 86_400.0 + f64::from(hour * 3_600 + minute * 60 + second))
}

/// The numbers that stand where the form has digits, and that of the month's name, if all else is as in the form.
fn fields(form: &[u8], text: &[u8]) -> Option<[u32; 6]> {
    let mut fields = [0; 6];
    for (wanted, found) in form.iter().zip(text) {
        let field = match wanted {
            b'#' => {
                fields[5] = fields[5] << 8 | u32::from(*found);
                continue;
            }
            b'_' if *found == b' ' => continue,
            b'_' => 0,
            b'0'..=b'4' => usize::from(wanted - b'0'),
            _ if wanted == found => continue,
            _ => return None,
        };
        if !found.is_ascii_digit() {
            return None;
        }
        fields[field] = fields[field] * 10 + u32::from(found - b'0');
    }
    Some(fields)
}

/// Days from the Unix epoch until the first of a month, counted from 0; the twelfth is the January that follows. Years
/// are taken from March on, so that a leap day is their last.
fn days_until(year: u32, month: u32) -> u32 {
    let (year, month) = if month < 2 { (year - 1, month + 10) } else { (year, month - 2) };
    year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 - 719_468
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use httpdate::{HttpDate, fmt_http_date};
    use proptest::prelude::*;

    use super::{parse_date, parse_retry_after};

    /// What another reader of the same forms makes of it.
    fn reference(text: &str) -> Option<f64> {
        let moment = std::time::SystemTime::from(text.parse::<HttpDate>().ok()?);
        Some(moment.duration_since(UNIX_EPOCH).ok()?.as_secs_f64())
    }

    #[test]
    fn the_three_forms_of_a_date_are_read() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun Nov 06 08:49:37 1994",
        ] {
            assert_eq!((parse_date(text.as_bytes()), reference(text)), (Some(784_111_777.0), Some(784_111_777.0)));
        }
        assert_eq!(parse_retry_after(" Wednesday, 01-Jan-70 00:00:09 GMT", 4_000.0), None);
        assert_eq!(parse_retry_after(" Thursday, 01-Jan-70 00:00:09 GMT", 4_000.0), Some(5.0));
    }

    #[test]
    fn what_is_no_day_of_the_calendar_is_refused() {
        for text in [
            "Mon, 06 Nov 1994 08:49:37 GMT",
            "Tue, 30 Feb 2027 00:00:00 GMT",
            "Mon, 29 Feb 2027 00:00:00 GMT",
            "Tue, 29 Feb 2028 00:00:00 GMT",
            "Mon, 29 Feb 2100 00:00:00 GMT",
            "Tue, 31 Nov 2026 00:00:00 GMT",
            "Thu, 31 Dec 2026 23:59:59 GMT",
            "Thu, 31 Dec 2026 24:00:00 GMT",
            "Fri, 31 Dec 9999 23:59:59 GMT",
            "Wed, 31 Dec 1969 23:59:59 GMT",
            "Sun, 00 Nov 1994 08:49:37 GMT",
            "Sun, 06 nov 1994 08:49:37 GMT",
            "sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06 Nov 1994 08:49:37 GMT",
            "Sun, 06-Nov-94 08:49:37 GMT",
            "Sunday, 06-Nov-69 08:49:37 GMT",
            "Wednesday, 06-Nov-69 08:49:37 GMT",
            "Sunday Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 08:49:37 UTC",
            "Sun, 06 Nov 1994 08:49:3é",
            "Sun",
        ] {
            assert_eq!(parse_date(text.as_bytes()), reference(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn a_date_and_what_differs_from_one_in_a_byte_are_read_as_by_another_reader(
            seconds in 0_u64..253_402_300_800, at in 0_usize..29, byte in 32_u8..127, form in 0_usize..3
        ) {
            let date = fmt_http_date(UNIX_EPOCH + Duration::from_secs(seconds));
            prop_assert_eq!(parse_date(date.as_bytes()), reference(&date));
            let (day, month, year, time) = (&date[5..7], &date[8..11], &date[12..16], &date[17..25]);
            let day_name = super::WEEKDAYS.iter().find(|name| name.starts_with(&date[..3])).expect("a weekday");
            let forms = [
                date.clone(),
                format!("{day_name}, {day}-{month}-{} {time} GMT", &year[2..]),
                format!("{} {month} {:>2} {time} {year}", &date[..3], day.trim_start_matches('0')),
            ];
            let mut text = forms[form].clone().into_bytes();
            prop_assert_eq!(parse_date(&text), reference(&forms[form]));
            let at = at.min(text.len() - 1);
            text[at] = byte;
            let changed = String::from_utf8_lossy(&text).into_owned();
            // The other reader takes any byte between such a date and its time.
            prop_assume!(form != 1 || at != day_name.len() + super::OF_RFC_850.len() - 13);
            prop_assert_eq!(parse_date(&text), reference(&changed), "{:?}", changed);
        }
    }
}
