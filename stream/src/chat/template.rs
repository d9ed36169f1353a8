//! The fast path: the events of one stream differ in little but their text.

use super::raw_json::body_end;

/// The bytes around the text of an event that was fully read.
///
/// A JSON text in which one string is replaced by another string is the same JSON text but for that string. So an event
/// whose data starts and ends as the last one did, with a well-formed string body between, says what the last one said,
/// with another text: it need not be parsed.
#[derive(Debug, Clone, Default)]
pub(super) struct Template {
    /// The data up to and including the quote that opens the text; empty when there is no template.
    prefix: Vec<u8>,
    /// The data from the quote that closes the text.
    suffix: Vec<u8>,
}

impl Template {
    /// Takes the shape of that data, whose text is `body`, a part of it.
    ///
    /// Data of more than one line is left alone: only there could the lines of another event end elsewhere.
    pub(super) fn learn(&mut self, data: &[u8], body: &[u8]) {
        self.forget();
        let start = body.as_ptr().addr() - data.as_ptr().addr();
        if data.contains(&b'\n') {
            return;
        }
        self.prefix.extend_from_slice(&data[..start]);
        self.suffix.extend_from_slice(&data[start + body.len()..]);
    }

    pub(super) fn forget(&mut self) {
        self.prefix.clear();
        self.suffix.clear();
    }

    /// The text's body, if the data has the template's shape.
    pub(super) fn body_of<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let rest = self.after_prefix(data)?;
        let end = body_end(rest, 0)?;
        same(&rest[end..], &self.suffix).then(|| &rest[..end])
    }

    /// The text's body and the bytes behind the event, if what starts here is one whole event of the template's shape
    /// and of nothing but one `data` line. `most` bounds the data's length.
    #[inline]
    pub(super) fn event_of<'a>(&self, stream: &'a [u8], most: usize) -> Option<(&'a [u8], &'a [u8])> {
        let line = stream.strip_prefix(b"data:")?;
        let data = line.strip_prefix(b" ").unwrap_or(line);
        let rest = self.after_prefix(data)?;
        let end = body_end(rest, 0)?;
        let close = &rest[end..];
        let length = self.prefix.len() + end + self.suffix.len();
        if close.len() < self.suffix.len() || length > most || !same(&close[..self.suffix.len()], &self.suffix) {
            return None;
        }
        match &close[self.suffix.len()..] {
            [b'\n', b'\n', behind @ ..] | [b'\r', b'\n', b'\r', b'\n', behind @ ..] => Some((&rest[..end], behind)),
            _ => None,
        }
    }

    #[inline]
    fn after_prefix<'a>(&self, data: &'a [u8]) -> Option<&'a [u8]> {
        let length = self.prefix.len();
        let fits = length > 0 && length <= data.len() && same(&data[..length], &self.prefix);
        fits.then(|| &data[length..])
    }
}

/// Whether two slices are equal, 16 bytes at a time: `memcmp` goes byte by byte in WebAssembly.
#[inline]
fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let (left, left_tail) = left.as_chunks::<16>();
    let (right, right_tail) = right.as_chunks::<16>();
    let equal = |(left, right): (&[u8; 16], &[u8; 16])| u128::from_ne_bytes(*left) == u128::from_ne_bytes(*right);
    left.iter().zip(right).all(equal) && left_tail.iter().zip(right_tail).all(|(left, right)| left == right)
}

#[cfg(test)]
mod tests {
    use super::Template;

    const SEEN: &[u8] = br#"{"text":"a","finish_reason":null}"#;
    const NEXT: &str = r#"{"text":"b\n","finish_reason":null}"#;

    fn template() -> Template {
        let mut template = Template::default();
        template.learn(SEEN, &SEEN[9..10]);
        template
    }

    #[test]
    fn an_event_like_the_last_one_is_taken_apart_without_a_parse() {
        let body = br"b\n".as_slice();
        assert_eq!(template().body_of(NEXT.as_bytes()), Some(body));
        for (before, behind) in [("data: ", "\n\n"), ("data:", "\n\n"), ("data: ", "\r\n\r\n")] {
            let stream = format!("{before}{NEXT}{behind}data: x");
            assert_eq!(template().event_of(stream.as_bytes(), NEXT.len()), Some((body, &b"data: x"[..])));
            assert_eq!(template().event_of(stream.as_bytes(), NEXT.len() - 1), None);
        }
    }

    #[test]
    fn what_is_not_like_it_or_not_whole_is_left_to_the_parser() {
        let mut forgotten = template();
        forgotten.forget();
        assert_eq!(forgotten.body_of(NEXT.as_bytes()), None);
        for data in [&NEXT[..NEXT.len() - 1], &NEXT[1..], &format!("{NEXT} "), &NEXT.replace("null", "\"ok\"")] {
            assert_eq!(template().body_of(data.as_bytes()), None, "{data}");
        }
        for stream in [format!("data: {NEXT}\n"), format!("data: {NEXT}\ndata: x\n\n"), format!("data: {NEXT}")] {
            assert_eq!(template().event_of(stream.as_bytes(), 100), None, "{stream}");
        }
        let lines = b"{\"text\":\"a\"\n}";
        let mut of_two_lines = Template::default();
        of_two_lines.learn(lines, &lines[9..10]);
        assert_eq!(of_two_lines.body_of(lines), None);
    }
}
