// One run of bytes that holds a message or a header block: the outermost message, or what comes out
// of a transfer-encoded message/rfc822.  Walker owns the outermost; a frame owns a nested one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/mail/boundary.h"
#include "core/mail/content_sink.h"
#include "core/mail/header_block.h"
#include "core/mail/part_head.h"
#include "core/mail/transfer_decoder.h"
#include "core/mail/walker.h"

namespace backstop::mail {

// What all streams of one message have in common.
struct Walk {
  Visitor& visitor;
  Defects defects{};
  PartId parts = 0;
  bool stopped = false;  // By PartAction::Stop.
};

class WalkStream final : private ContentSink, private FieldSink {
 public:
  explicit WalkStream(Walk& walk);
  ~WalkStream();
  WalkStream(const WalkStream&) = delete;
  WalkStream& operator=(const WalkStream&) = delete;

  // The first part begins.  Of the outermost stream `parent` is not looked at.  False when no more
  // parts are allowed.
  bool begin(PartRole role, const PartPlace& parent);
  void feed(std::string_view in);
  // The outermost header field by field.
  void feed_field(std::string_view name, std::string_view raw);
  void end_header();
  // `seen_end` is false when the stream was cut off.  Returns whether its first part is whole.
  bool finish(bool seen_end);

 private:
  struct Frame;
  enum class Where : std::uint8_t { Header, Body };

  bool push(PartRole role, PartPlace place);
  std::size_t feed_header(std::string_view in);
  std::size_t feed_body(std::string_view in);
  void leave_header(const HeaderBlock::Progress& progress);
  bool finish_header(bool seen_end);
  void header_ended();
  void begin_leaf(Frame& frame, PartAction action, Inside inside, TransferEncoding encoding);
  void enter(Frame& frame, Inside inside, TransferEncoding encoding);
  void on_delimiter(const BoundaryMatch& match);
  bool close_parts(std::size_t first, bool seen_end);
  bool close_top(bool seen_end);
  void hand_out(std::string_view name, std::string_view raw, bool cut);
  void on_bytes(std::string_view bytes) override;
  void on_field_text(std::string_view text, std::size_t colon, bool cut) override;

  Walk& walk_;
  Where where_ = Where::Header;
  std::vector<Frame> frames_;
  HeaderBlock header_;
  BodyLines body_;
  BoundarySet boundaries_;
  DescribingFields describing_;
  std::size_t block_fields_ = 0;  // Fields of the header block at hand.
  std::size_t block_bytes_ = 0;   // Bytes of them that were handed out.
};

}  // namespace backstop::mail
