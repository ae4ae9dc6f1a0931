#include "core/mail/walk_stream.h"

#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::mail {
namespace {

// What decodes the content of a part, and where it goes.
class ContentDecoding final : public ContentSink {
 public:
  ContentDecoding(Walk& walk, PartId part, TransferDecoder::Encoding encoding)
      : walk_(walk), part_(part), decoder_(encoding) {}

  // The decoded bytes are a message or a header block, and are walked.
  bool enter(PartRole role, const PartPlace& place) {
    inner_ = std::make_unique<WalkStream>(walk_);
    return inner_->begin(role, place);
  }
  void feed(std::string_view in) { decoder_.feed(in, *this); }
  bool finish(bool seen_end) {
    decoder_.finish(*this);
    if (decoder_.broken()) walk_.defects.add(Defect::EncodingBroken);
    return inner_ == nullptr || inner_->finish(seen_end);
  }
  void on_bytes(std::string_view bytes) override {
    if (inner_ != nullptr) {
      inner_->feed(bytes);
    } else {
      walk_.visitor.on_content(part_, bytes);
    }
  }

 private:
  Walk& walk_;
  PartId part_;
  TransferDecoder decoder_;
  std::unique_ptr<WalkStream> inner_;
};

}  // namespace

// A part that has begun and not ended.
struct WalkStream::Frame {
  enum class Content : std::uint8_t {
    Unknown,    // Its header has not ended.
    Skipped,    // Passed over.
    Plain,      // To the visitor as it stands.
    Decoded,    // Through `decoding`.
    Multipart,  // The parts in it are frames above.
    Entered,    // The message or header block in it is the frame above.
  };

  PartPlace place;
  Content content = Content::Unknown;
  bool digest = false;        // A multipart/digest.
  bool closed = false;        // A multipart whose closing delimiter was seen.
  bool preamble = false;      // Of a multipart: what stands before its first part is asked for.
  bool content_whole = true;  // Of an entered part: what stands in it was whole.
  std::unique_ptr<ContentDecoding> decoding;
};

WalkStream::WalkStream(Walk& walk) : walk_(walk) {}
WalkStream::~WalkStream() = default;

bool WalkStream::begin(PartRole role, const PartPlace& parent) {
  PartPlace place;
  if (role != PartRole::Message) {
    place.parent = parent.id;
    place.depth = parent.depth + 1;
  }
  return push(role, place);
}

bool WalkStream::push(PartRole role, PartPlace place) {
  if (walk_.parts >= limits::kMimeParts) {
    walk_.defects.add(Defect::PartsExceeded);
    return false;
  }
  place.role = role;
  place.id = walk_.parts++;
  frames_.emplace_back().place = place;
  where_ = Where::Header;
  header_.begin(role == PartRole::Child ? HeaderBlock::Start::Strict : HeaderBlock::Start::Lenient);
  describing_.clear();
  block_fields_ = 0;
  block_bytes_ = 0;
  walk_.visitor.on_part(place);
  return true;
}

void WalkStream::feed(std::string_view in) {
  while (!in.empty() && !walk_.stopped) {
    const std::size_t taken = where_ == Where::Header ? feed_header(in) : feed_body(in);
    if (!walk_.defects.has(Defect::NulByte) && in.substr(0, taken).find('\0') != in.npos) {
      walk_.defects.add(Defect::NulByte);
    }
    in.remove_prefix(taken);
  }
}

std::size_t WalkStream::feed_header(std::string_view in) {
  const HeaderBlock::Progress progress = header_.feed(in, boundaries_, *this, walk_.defects);
  if (progress.end != HeaderBlock::End::None) leave_header(progress);
  return progress.consumed;
}

void WalkStream::leave_header(const HeaderBlock::Progress& progress) {
  const std::string body_start =
      progress.end == HeaderBlock::End::NotAField ? header_.take_body_start() : std::string();
  header_ended();
  if (walk_.stopped) return;
  if (progress.match) {
    // A message that was entered just now has neither header nor body.
    while (where_ == Where::Header)
      header_ended();
    on_delimiter(*progress.match);
  }
  // The line is no delimiter, so this goes no deeper than a part that was entered here.
  if (!body_start.empty()) feed(body_start);
}

std::size_t WalkStream::feed_body(std::string_view in) {
  if (boundaries_.empty()) {
    on_bytes(in);
    return in.size();
  }
  const BodyLines::Progress progress = body_.feed(in, boundaries_, *this);
  if (progress.match) on_delimiter(*progress.match);
  return progress.consumed;
}

void WalkStream::on_bytes(std::string_view bytes) {
  Frame& frame = frames_.back();
  if (frame.content == Frame::Content::Plain || frame.preamble) {
    walk_.visitor.on_content(frame.place.id, bytes);
  } else if (frame.content == Frame::Content::Decoded) {
    frame.decoding->feed(bytes);
  }
}

void WalkStream::on_field_text(std::string_view text, std::size_t colon, bool cut) {
  std::string_view name = text.substr(0, colon);
  while (!name.empty() && ascii::is_blank(name.back()))
    name.remove_suffix(1);
  hand_out(name, text.substr(colon + 1), cut);
}

void WalkStream::feed_field(std::string_view name, std::string_view raw) {
  const std::size_t max = limits::kWalkerHeldBytes;
  const bool long_name = name.size() > limits::kFieldNameBytes;
  if (long_name) name = name.substr(0, limits::kFieldNameBytes);
  const std::size_t room = max - name.size() - 1;
  if (!walk_.defects.has(Defect::NulByte) && raw.find('\0') != raw.npos) {
    walk_.defects.add(Defect::NulByte);
  }
  hand_out(name, raw.substr(0, room), long_name || raw.size() > room);
}

void WalkStream::hand_out(std::string_view name, std::string_view raw, bool cut) {
  if (cut) walk_.defects.add(Defect::HeaderFieldTooLong);
  if (++block_fields_ > limits::kHeaderFieldsPerBlock) {
    walk_.defects.add(Defect::TooManyHeaderFields);
    return;
  }
  const std::size_t bytes = name.size() + 1 + raw.size();
  if (block_bytes_ + bytes > limits::kHeaderBytesPerBlock) {
    walk_.defects.add(Defect::HeaderBlockTooLong);
    return;
  }
  block_bytes_ += bytes;
  describing_.note(name, raw);
  walk_.visitor.on_field(frames_.back().place.id, FieldView{name, raw, cut});
}

void WalkStream::end_header() {
  header_ended();
}

void WalkStream::header_ended() {
  header_.release();
  body_.reset();
  where_ = Where::Body;
  Frame& frame = frames_.back();
  const std::size_t size = frames_.size();
  // SAFETY of the reference: frames_ grows only in enter(), as its last step.
  const bool in_digest =
      frame.place.role == PartRole::Child && size >= 2 && frames_[size - 2].digest;
  std::string boundary;
  PartHead head = describing_.head(in_digest, boundary);
  head.place = frame.place;
  if (frame.place.role == PartRole::Headers) {
    frame.content = Frame::Content::Skipped;
    describing_.clear();
    walk_.visitor.on_header_end(head);
    return;
  }
  if (std::string_view(head.type) == "multipart") {
    if (boundary.empty()) {
      walk_.defects.add(Defect::BoundaryMissing);
    } else if (boundary.size() > limits::kBoundaryBytes) {
      walk_.defects.add(Defect::BoundaryTooLong);
    } else if (frame.place.depth + 1 >= limits::kMimeDepth) {
      walk_.defects.add(Defect::DepthExceeded);
    } else {
      head.multipart = true;
    }
  }
  const TransferEncoding encoding =
      head.multipart ? TransferEncoding::Identity : describing_.encoding(walk_.defects);
  describing_.clear();
  const PartAction action = walk_.visitor.on_header_end(head);
  if (action == PartAction::Stop) {
    walk_.stopped = true;
  } else if (head.multipart) {
    frame.content = Frame::Content::Multipart;
    frame.digest = std::string_view(head.subtype) == "digest";
    frame.preamble = action == PartAction::Decode;
    boundaries_.open(boundary, size - 1);
  } else {
    begin_leaf(frame, action, inside_of(head), encoding);
  }
}

void WalkStream::begin_leaf(Frame& frame, PartAction action, Inside inside,
                            TransferEncoding encoding) {
  if (action == PartAction::Skip) {
    frame.content = Frame::Content::Skipped;
  } else if (action == PartAction::Enter && inside != Inside::Nothing) {
    enter(frame, inside, encoding);
  } else if (encoding == TransferEncoding::Identity) {
    frame.content = Frame::Content::Plain;
  } else {
    frame.content = Frame::Content::Decoded;
    frame.decoding = std::make_unique<ContentDecoding>(
        walk_, frame.place.id,
        encoding == TransferEncoding::Base64 ? TransferDecoder::Encoding::Base64
                                             : TransferDecoder::Encoding::QuotedPrintable);
  }
}

void WalkStream::enter(Frame& frame, Inside inside, TransferEncoding encoding) {
  const PartRole role = inside == Inside::Message ? PartRole::Enclosed : PartRole::Headers;
  frame.content = Frame::Content::Skipped;
  if (frame.place.depth + 1 >= limits::kMimeDepth) {
    walk_.defects.add(Defect::DepthExceeded);
    return;
  }
  if (encoding != TransferEncoding::Identity) {
    auto decoding = std::make_unique<ContentDecoding>(
        walk_, frame.place.id,
        encoding == TransferEncoding::Base64 ? TransferDecoder::Encoding::Base64
                                             : TransferDecoder::Encoding::QuotedPrintable);
    if (!decoding->enter(role, frame.place)) return;
    frame.content = Frame::Content::Decoded;
    frame.decoding = std::move(decoding);
    return;
  }
  PartPlace place;
  place.parent = frame.place.id;
  place.depth = frame.place.depth + 1;
  const std::size_t at = frames_.size() - 1;
  if (push(role, place)) frames_[at].content = Frame::Content::Entered;
}

void WalkStream::on_delimiter(const BoundaryMatch& match) {
  close_parts(match.level + 1, true);
  body_.reset();
  where_ = Where::Body;
  Frame& multipart = frames_[match.level];
  multipart.preamble = false;
  if (match.closing) {
    multipart.closed = true;
    boundaries_.close_from(match.level);
    return;
  }
  boundaries_.close_from(match.level + 1);
  PartPlace place;
  place.parent = multipart.place.id;
  place.depth = multipart.place.depth + 1;
  push(PartRole::Child, place);
}

// Ends the parts from `first` up, the innermost first.  `seen_end` is of the lowest of them: its
// end is the end of the message entered in it, but not of the parts of a multipart that was not
// closed. Returns whether the lowest was whole.
bool WalkStream::close_parts(std::size_t first, bool seen_end) {
  std::size_t multipart = first;
  while (multipart < frames_.size() && frames_[multipart].content != Frame::Content::Multipart) {
    ++multipart;
  }
  bool whole = seen_end;
  while (frames_.size() > first)
    whole = close_top(seen_end && frames_.size() <= multipart + 1);
  return whole;
}

bool WalkStream::close_top(bool seen_end) {
  Frame& frame = frames_.back();
  bool whole = seen_end;
  switch (frame.content) {
    case Frame::Content::Multipart:
      whole = frame.closed;
      if (!frame.closed) walk_.defects.add(Defect::BoundaryNotClosed);
      break;
    case Frame::Content::Decoded:
      whole = frame.decoding->finish(seen_end) && seen_end;
      break;
    case Frame::Content::Entered:
      whole = seen_end && frame.content_whole;
      break;
    case Frame::Content::Unknown:
    case Frame::Content::Skipped:
    case Frame::Content::Plain:
      break;
  }
  const PartId id = frame.place.id;
  frames_.pop_back();
  if (!frames_.empty() && frames_.back().content == Frame::Content::Entered) {
    frames_.back().content_whole = whole;
  }
  walk_.visitor.on_part_end(id, whole);
  return whole;
}

// True when the input ended before the header block did.
bool WalkStream::finish_header(bool seen_end) {
  const HeaderBlock::Progress progress = header_.finish(boundaries_, *this, walk_.defects);
  if (progress.end != HeaderBlock::End::None) {
    leave_header(progress);
    return false;
  }
  // A returned header block ends where its part ends, and so may a message without a body inside
  // a part (RFC 2046 §5.1.1 makes the empty line a part of the optional body).
  const bool outermost = frames_.front().place.role == PartRole::Message;
  const bool cut = frames_.back().place.role != PartRole::Headers && (outermost || !seen_end);
  if (cut) walk_.defects.add(Defect::HeaderNotEnded);
  header_ended();
  return cut;
}

bool WalkStream::finish(bool seen_end) {
  if (frames_.empty() || walk_.stopped) return seen_end;
  bool cut = false;
  // Each turn ends a header block or a body; what was held holds no more than a few of them.
  while (true) {
    if (where_ == Where::Header) {
      cut = finish_header(seen_end) || cut;
      if (walk_.stopped) return !cut;
      continue;
    }
    const auto match = boundaries_.empty() ? std::nullopt : body_.finish(boundaries_, *this);
    if (!match) break;
    on_delimiter(*match);
  }
  return close_parts(0, seen_end && !cut);
}

}  // namespace backstop::mail
