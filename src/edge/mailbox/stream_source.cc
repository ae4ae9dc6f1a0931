// Streams of messages: an mbox, or one long message.
#include <algorithm>
#include <optional>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/mbox_split.h"
#include "edge/mailbox/content.h"
#include "edge/mailbox/reading_state.h"

namespace backstop::mailbox {
namespace {

// The file goes on; nothing was asked of it yet.
enum class Rest { Follows, Nothing };

// Reads what the room behind the tail takes.
Rest read_more(ReadingState& state, const Opened& opened, std::uint64_t offset,
               std::size_t bytes_min) {
  const auto room = state.builder.room(bytes_min);
  const std::size_t got = opened.stream->read(room.at, room.bytes);
  state.builder.read_into_room(got);
  if (opened.stream->error()) {
    state.unreadable(opened.path, offset + got, *opened.stream->error());
  }
  return got < room.bytes ? Rest::Nothing : Rest::Follows;
}

class MboxSource final : public Source {
 public:
  MboxSource(Opened opened, Rest rest) : opened_(std::move(opened)), rest_(rest) {}

  Step step(ReadingState& state) override {
    if (starved_) {
      const std::uint64_t offset = base_ + state.builder.tail().size();
      rest_ = read_more(state, opened_, offset, limits::kMailboxHeadBytes);
      starved_ = false;
    }
    while (!state.builder.is_full()) {
      const auto boundary = splitter_.next(
          {.bytes = state.builder.tail(), .base = base_, .ended = rest_ == Rest::Nothing});
      if (!boundary) return end_window(state);
      if (open_) {
        give(state, boundary->end);
      } else if (number_ == 0) {
        tell_junk(state, boundary->end);
      }
      drop_to(state, boundary->from_line);
      open_ = true;
      ++number_;
      from_line_ = boundary->from_line;
      begin_ = boundary->begin;
    }
    return Step::More;
  }

 private:
  std::string_view between(ReadingState& state, std::uint64_t begin, std::uint64_t end) const {
    return state.builder.tail().substr(static_cast<std::size_t>(begin - base_),
                                       static_cast<std::size_t>(end - begin));
  }

  void drop_to(ReadingState& state, std::uint64_t place) {
    if (place <= base_) return;
    state.builder.drop(static_cast<std::size_t>(place - base_));
    base_ = place;
  }

  // The message that is open, up to `end`, or what a message may have of it.
  void give(ReadingState& state, std::uint64_t end) {
    const bool cut = end - begin_ > limits::kMailboxMessageBytes;
    if (cut) end = begin_ + limits::kMailboxMessageBytes;
    std::string_view from_line = between(state, from_line_, begin_);
    from_line.remove_prefix(std::string_view("From ").size());
    state.builder.add(opened_.source, {.number = number_,
                                       .offset = begin_,
                                       .from_line = ascii::trim(from_line),
                                       .bytes = between(state, begin_, end),
                                       .cut = cut});
    open_ = false;
  }

  // No From_ line any more in what was read.
  Step end_window(ReadingState& state) {
    const std::uint64_t end = base_ + state.builder.tail().size();
    if (rest_ == Rest::Nothing) {
      if (open_) {
        const std::string_view bytes = mail::without_last_empty_line(between(state, begin_, end));
        give(state, begin_ + bytes.size());
      }
      drop_to(state, end);
      return Step::Done;
    }
    // Past what a message may have, with all that must be seen to know it.
    if (open_ && end > begin_ + limits::kMailboxMessageBytes + limits::kMailboxHeadBytes) {
      give(state, end);
    }
    if (!open_) drop_to(state, splitter_.kept_from());
    starved_ = true;
    return Step::More;
  }

  void tell_junk(ReadingState& state, std::uint64_t end) {
    std::string_view junk = between(state, 0, end);
    if (junk.starts_with("\xef\xbb\xbf")) junk.remove_prefix(3);
    if (ascii::trim(junk).empty()) return;
    state.unreadable(opened_.path, 0,
                     {Errc::Invalid, opened_.path,
                      std::to_string(end) + " bytes before the first From_ line are no message"});
  }

  Opened opened_;
  Rest rest_;
  bool starved_ = false;
  mail::MboxSplitter splitter_;
  std::uint64_t base_ = 0;  // Of the tail, in the mailbox.
  std::uint64_t from_line_ = 0;
  std::uint64_t begin_ = 0;
  std::uint64_t number_ = 0;
  bool open_ = false;
};

// The tail is the message, or as much of it as there may be.
void give_message(ReadingState& state, const Opened& opened, bool cut) {
  const std::string_view tail = state.builder.tail();
  state.builder.add(opened.source, {.number = opened.number,
                                    .from_line = {},
                                    .bytes = tail.substr(0, limits::kMailboxMessageBytes),
                                    .cut = cut || tail.size() > limits::kMailboxMessageBytes});
  state.builder.drop(tail.size());
}

class MessageSource final : public Source {
 public:
  explicit MessageSource(Opened opened) : opened_(std::move(opened)) {}

  Step step(ReadingState& state) override {
    const std::size_t held = state.builder.tail().size();
    // One byte more tells whether the message goes on.
    const bool too_long = held > limits::kMailboxMessageBytes;
    if (!too_long && read_more(state, opened_, held, 1) == Rest::Follows) return Step::More;
    give_message(state, opened_, too_long);
    return Step::Done;
  }

 private:
  Opened opened_;
};

void refuse(ReadingState& state, const Opened& opened, Errc code, std::string_view sentence) {
  state.builder.drop(state.builder.tail().size());
  state.unreadable(opened.path, 0, {code, opened.path, std::string(sentence)});
}

bool is_named_eml(std::string_view path) {
  return path.size() >= 4 && ascii::equals_folded(path.substr(path.size() - 4), ".eml");
}

}  // namespace

std::unique_ptr<Source> make_mbox_source(Opened opened, bool ended) {
  return std::make_unique<MboxSource>(std::move(opened), ended ? Rest::Nothing : Rest::Follows);
}

std::unique_ptr<Source> make_message_source(Opened opened) {
  return std::make_unique<MessageSource>(std::move(opened));
}

void read_opened(ReadingState& state, Opened opened) {
  // A small file is read whole, and one byte more tells that it ended.
  const std::uint64_t size = opened.stream->size();
  const std::size_t wanted = static_cast<std::size_t>(
      size == 0 ? limits::kMailboxHeadBytes
                : std::min<std::uint64_t>(size + 1, limits::kMailboxBatchBytes));
  const auto room = state.builder.room(wanted);
  const std::size_t got = opened.stream->read(room.at, wanted);
  if (opened.stream->error()) {
    state.unreadable(opened.path, got, *opened.stream->error());
    if (got == 0) return;
  }
  state.builder.read_into_room(got);
  const bool ended = got < wanted;
  const std::string_view head = state.builder.tail().substr(0, limits::kMailboxHeadBytes);
  const bool head_is_all = ended && head.size() == state.builder.tail().size();
  const Content content = content_of(head, head_is_all ? HeadEnds::File : HeadEnds::Cut);
  switch (content) {
    case Content::Packed:
    case Content::Zip:
    case Content::Tar:
      return read_container(state, std::move(opened), content);
    case Content::OutlookMessage:
      return refuse(state, opened, Errc::Unsupported,
                    "is a message in Outlook's own form; save it from there as .eml");
    case Content::Binary:
      return refuse(state, opened, Errc::Invalid, "is no mail");
    case Content::Mbox:
      if (opened.met != Met::Maildir) {
        return state.push(make_mbox_source(std::move(opened), ended));
      }
      break;
    case Content::Empty:
      // The mailbox of a folder that is empty.
      if (opened.met == Met::Tree && !is_named_eml(opened.path)) return;
      break;
    case Content::Text:
      if (opened.met == Met::Tree && !is_named_eml(opened.path)) {
        return refuse(state, opened, Errc::Invalid, "is no mail");
      }
      break;
    case Content::Message:
      break;
  }
  if (!ended) return state.push(make_message_source(std::move(opened)));
  give_message(state, opened, false);
}

}  // namespace backstop::mailbox
