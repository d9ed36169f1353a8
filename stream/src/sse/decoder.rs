//! The incremental decoder: bytes in pieces of any size, events out.

mod fields;

use core::ops::ControlFlow;

use memchr::memchr2;

use super::error::{Error, Result};
use super::field::{Field, MAX_NAME_BYTES};
use super::{Event, RawEvent};

/// The largest event that a decoder takes unless told otherwise, in bytes: 1 MiB.
pub const DEFAULT_MAX_EVENT_BYTES: usize = 1024 * 1024;

/// What takes the events, as one type: the decoder is compiled once for all that use it, where size counts for more than a
/// call for each event.
pub(crate) type Sink<'s> = dyn FnMut(RawEvent<'_>) -> ControlFlow<()> + 's;

const BOM: &[u8] = b"\xEF\xBB\xBF";
const CR: u8 = b'\r';
const LF: u8 = b'\n';

/// Where in its line the next byte falls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the start of the stream, after so many bytes of a byte order mark.
    Bom(usize),
    LineStart,
    /// Before the colon, if one comes.
    Name,
    /// Right after the colon, where one space is dropped.
    Colon(Field),
    Value(Field),
    /// In a comment or an unknown field, of which nothing is kept.
    Ignored,
}

/// Decodes a stream of server-sent events from chunks of bytes that are split anywhere.
///
/// It follows the WHATWG algorithm to the letter, including the dispatch at a CR whose LF has not arrived yet. What it
/// holds is bounded: an event whose data, type and id together pass the limit is an error, and the
/// lines that the algorithm ignores are not kept at all. After an error every call gives the same error until
/// [`reset`](Self::reset).
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself; all combinations occur")]
pub struct Decoder {
    max_event_bytes: usize,
    place: Place,
    /// The last chunk ended in a CR: an LF that follows belongs to it.
    after_cr: bool,
    too_large: bool,
    /// The start of a line whose field is not known yet.
    name: Vec<u8>,
    /// The value so far of an unfinished `event`, `id` or `retry` line.
    value: Vec<u8>,
    /// The data buffer, without the LF that the algorithm adds at its end and later strips.
    data: Vec<u8>,
    has_data: bool,
    event: String,
    /// The last event id of the stream, as of the last blank line.
    id: String,
    /// The id that the next blank line makes the last one, if `has_next_id`.
    next_id: String,
    has_next_id: bool,
    retry: Option<u64>,
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}

impl Decoder {
    /// A decoder at the start of a stream, with the default limit.
    pub fn new() -> Self {
        Self::with_max_event_bytes(DEFAULT_MAX_EVENT_BYTES)
    }

    /// A decoder that refuses an event whose data, type and id together are over so many bytes.
    pub fn with_max_event_bytes(max_event_bytes: usize) -> Self {
        Self {
            max_event_bytes,
            place: Place::Bom(0),
            after_cr: false,
            too_large: false,
            name: Vec::new(),
            value: Vec::new(),
            data: Vec::new(),
            has_data: false,
            event: String::new(),
            id: String::new(),
            next_id: String::new(),
            has_next_id: false,
            retry: None,
        }
    }

    /// Decodes the next chunk and hands each event that it completes to `sink`.
    ///
    /// # Errors
    /// [`Error::EventTooLarge`], after the events before it were handed over.
    pub fn push(&mut self, chunk: &[u8], mut sink: impl FnMut(Event<'_>)) -> Result<()> {
        self.push_raw(chunk, |raw| {
            sink(Event { event: raw.event, data: &raw.text(), id: raw.id });
            ControlFlow::Continue(())
        })?;
        Ok(())
    }

    /// Decodes the next chunk without decoding the data as UTF-8, until `sink` breaks off.
    ///
    /// Returns how many bytes of the chunk were read: all of them, or those up to and including the event at which
    /// `sink` broke off. The rest can be pushed later.
    ///
    /// # Errors
    /// [`Error::EventTooLarge`], after the events before it were handed over.
    pub fn push_raw(&mut self, chunk: &[u8], mut sink: impl FnMut(RawEvent<'_>) -> ControlFlow<()>) -> Result<usize> {
        if self.too_large {
            return Err(self.event_too_large());
        }
        let mut at = self.enter(chunk);
        // Data of the event at hand that need not be copied as long as it is one line, whole in this chunk.
        let mut held: Option<&[u8]> = None;
        while at < chunk.len() {
            let rest = &chunk[at..];
            let Some(end) = line_end(rest) else {
                self.keep(&mut held);
                self.resume(rest)?;
                break;
            };
            at += self.pass_line_end(rest, end);
            if self.place != Place::LineStart {
                self.resume(&rest[..end])?;
                self.end_line()?;
            } else if end > 0 {
                self.read_line(&rest[..end], &mut held)?;
            } else if self.dispatch(held.take(), &mut sink).is_break() {
                return Ok(at);
            }
        }
        self.keep(&mut held);
        Ok(chunk.len())
    }

    /// Ends the input.
    ///
    /// # Errors
    /// [`Error::CutEvent`] when it ended within an event, which the algorithm does not dispatch;
    /// [`Error::EventTooLarge`] again if the stream had failed with it.
    pub fn finish(&mut self) -> Result<()> {
        if self.too_large {
            return Err(self.event_too_large());
        }
        let within_field = matches!(self.place, Place::Name | Place::Colon(_) | Place::Value(_));
        if within_field || self.has_data || !self.event.is_empty() {
            return Err(Error::CutEvent);
        }
        // Whoever keeps the decoder keeps no memory with it.
        self.data = Vec::new();
        Ok(())
    }

    /// The reconnection time in milliseconds that the stream set last.
    pub fn retry(&self) -> Option<u64> {
        self.retry
    }

    /// The last event id, to be sent as `Last-Event-ID` when the stream is opened again; empty where none was given.
    pub fn last_event_id(&self) -> &str {
        &self.id
    }

    /// The largest event taken, in bytes of its data, type and id.
    pub fn max_event_bytes(&self) -> usize {
        self.max_event_bytes
    }

    /// Whether nothing of an event has been read since the last one: the next byte starts a block of lines.
    pub fn is_between_events(&self) -> bool {
        matches!(self.place, Place::LineStart | Place::Bom(0))
            && !(self.after_cr || self.has_data || self.too_large || self.has_next_id)
            && self.event.is_empty()
    }

    /// Makes the decoder as new, with the same limit.
    pub fn reset(&mut self) {
        *self = Self::with_max_event_bytes(self.max_event_bytes);
    }

    /// Where in the chunk to begin: behind the LF of a CRLF that was split, behind a byte order mark.
    fn enter(&mut self, chunk: &[u8]) -> usize {
        let mut at = 0;
        if self.after_cr && !chunk.is_empty() {
            self.after_cr = false;
            at += usize::from(chunk[0] == LF);
        }
        while let (Place::Bom(matched), Some(byte)) = (self.place, chunk.get(at)) {
            if matched == BOM.len() || (matched == 0 && *byte != BOM[0]) {
                self.place = Place::LineStart;
            } else if *byte == BOM[matched] {
                self.place = Place::Bom(matched + 1);
                at += 1;
            } else {
                // No field name starts with a part of the mark.
                self.place = Place::Ignored;
            }
        }
        at
    }

    /// How many bytes the line and its end take; remembers a CR whose LF may come with the next chunk.
    #[inline]
    fn pass_line_end(&mut self, rest: &[u8], end: usize) -> usize {
        if rest[end] == LF {
            return end + 1;
        }
        match rest.get(end + 1) {
            Some(&LF) => end + 2,
            Some(_) => end + 1,
            None => {
                self.after_cr = true;
                end + 1
            }
        }
    }

    /// Takes in a line that lies whole in the chunk.
    #[inline]
    fn read_line<'c>(&mut self, line: &'c [u8], held: &mut Option<&'c [u8]>) -> Result<()> {
        match Field::of_line(line) {
            Some((Field::Data, value)) if !self.has_data && held.is_none() => {
                self.admit(value.len())?;
                *held = Some(value);
            }
            Some((Field::Data, value)) => {
                self.keep(held);
                self.begin_value(Field::Data)?;
                self.extend_value(Field::Data, value)?;
            }
            Some((field, value)) => {
                self.keep(held);
                self.admit(value.len())?;
                self.set(field, value)?;
            }
            None => {}
        }
        Ok(())
    }

    /// Takes in a piece of a line that does not lie whole in one chunk, without its end.
    fn resume(&mut self, mut piece: &[u8]) -> Result<()> {
        if self.place == Place::LineStart {
            self.name.clear();
            self.place = Place::Name;
        }
        if self.place == Place::Name {
            piece = self.resume_name(piece)?;
        }
        if let (Place::Colon(field), [first, ..]) = (self.place, piece) {
            piece = &piece[usize::from(*first == b' ')..];
            self.place = Place::Value(field);
        }
        if let Place::Value(field) = self.place {
            self.extend_value(field, piece)?;
        }
        Ok(())
    }

    /// Takes in the piece up to the colon; what follows it is returned.
    fn resume_name<'c>(&mut self, piece: &'c [u8]) -> Result<&'c [u8]> {
        let room = MAX_NAME_BYTES + 1 - self.name.len();
        let head = &piece[..piece.len().min(room)];
        let colon = head.iter().position(|byte| *byte == b':');
        self.name.extend_from_slice(&head[..colon.unwrap_or(head.len())]);
        if let (Some(colon), Some(field)) = (colon, Field::from_name(&self.name)) {
            self.place = Place::Colon(field);
            self.begin_value(field)?;
            return Ok(&piece[colon + 1..]);
        }
        if colon.is_some() || self.name.len() > MAX_NAME_BYTES {
            self.place = Place::Ignored;
        }
        Ok(&[])
    }

    /// Ends a line that was taken in by pieces.
    fn end_line(&mut self) -> Result<()> {
        let place = core::mem::replace(&mut self.place, Place::LineStart);
        match place {
            Place::Colon(field) | Place::Value(field) => self.set_resumed(field)?,
            Place::Name => {
                if let Some(field) = Field::from_name(&self.name) {
                    self.begin_value(field)?;
                    self.set_resumed(field)?;
                }
            }
            Place::Bom(_) | Place::LineStart | Place::Ignored => {}
        }
        Ok(())
    }
}

/// Where the line that starts here ends, if its end is in sight.
#[inline]
fn line_end(rest: &[u8]) -> Option<usize> {
    if matches!(rest[0], CR | LF) { Some(0) } else { memchr2(CR, LF, rest) }
}
