#include "edge/mailbox/mbox.h"

#include <algorithm>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"

namespace backstop::mailbox {
namespace {

bool holds_time(std::string_view text) {
  for (std::size_t at = text.find(':'); at != text.npos; at = text.find(':', at + 1)) {
    const bool before = at > 0 && ascii::is_digit(text[at - 1]);
    const bool after = at + 1 < text.size() && ascii::is_digit(text[at + 1]);
    if (before && after) return true;
  }
  return false;
}

bool holds_year(std::string_view text) {
  unsigned digits = 0;
  for (std::size_t i = 0; i <= text.size(); ++i) {
    if (i < text.size() && ascii::is_digit(text[i])) {
      ++digits;
      continue;
    }
    if (digits == 4 && (text.substr(i - 4, 2) == "19" || text.substr(i - 4, 2) == "20"))
      return true;
    digits = 0;
  }
  return false;
}

// The sender of "From sender date".
std::string_view sender_of(std::string_view from_line) {
  from_line.remove_prefix(5);
  from_line = ascii::trim(from_line);
  return from_line.substr(0, std::min(from_line.find_first_of(" \t"), from_line.size()));
}

}  // namespace

bool is_from_line(std::string_view line) {
  if (!line.starts_with("From ") || line.size() > limits::kMboxLineBytes) return false;
  const std::string_view rest = line.substr(5);
  return holds_time(rest) && holds_year(rest);
}

MboxSplitter::MboxSplitter(std::string path, MessageSink& sink)
    : path_(std::move(path)), sink_(sink) {}

void MboxSplitter::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t lf = bytes.find('\n');
    const bool ends = lf != bytes.npos;
    const std::string_view piece = bytes.substr(0, ends ? lf + 1 : bytes.size());
    bytes.remove_prefix(piece.size());
    if (passing_) {
      give(piece);
      taken_bytes_ += piece.size();
      passing_ = !ends;
    } else if (ends && held_.empty()) {
      take_line(piece);
    } else {
      held_ += piece;
      if (ends) {
        take_line(held_);
        held_.clear();
      } else if (held_.size() > limits::kMboxLineBytes) {
        take_line(held_);
        held_.clear();
        passing_ = true;
      }
    }
  }
}

void MboxSplitter::finish() {
  if (!held_.empty()) take_line(held_);
  // Behind the last message stands an empty line as well.
  if (open_) sink_.on_message_end();
  open_ = false;
}

void MboxSplitter::take_line(std::string_view line) {
  taken_bytes_ += line.size();
  if (after_empty_ && is_from_line(line)) {
    begin_message(line);
    return;
  }
  const bool empty = line == "\n" || line == "\r\n";
  if (!empty_line_.empty()) {
    give(empty_line_);
    empty_line_.clear();
  }
  after_empty_ = empty;
  if (empty) {
    empty_line_ = line;
  } else {
    give(line);
  }
}

void MboxSplitter::begin_message(std::string_view from_line) {
  if (open_) sink_.on_message_end();
  empty_line_.clear();
  open_ = true;
  after_empty_ = false;
  ++messages_;
  sink_.on_message(MessagePlace{.source = path_ + "#" + std::to_string(messages_),
                                .offset = taken_bytes_,
                                .envelope_sender = std::string(sender_of(from_line))});
}

void MboxSplitter::give(std::string_view bytes) {
  if (open_) sink_.on_bytes(bytes);
}

}  // namespace backstop::mailbox
