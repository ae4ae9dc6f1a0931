#include "edge/mailbox/content.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "core/base/ascii.h"
#include "core/mail/from_line.h"
#include "core/mail/mbox_split.h"

namespace backstop::mailbox {
namespace {

using namespace std::string_view_literals;

constexpr std::array kPacked = {"\x1f\x8b"sv, "\x28\xb5\x2f\xfd"sv,
                                "\xfd"
                                "7zXZ\0"sv,
                                "BZh"sv};
constexpr std::array kZip = {"PK\3\4"sv, "PK\5\6"sv, "PK00PK\3\4"sv};
constexpr std::string_view kOle = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"sv;
// Text by its bytes, but never mail.
constexpr std::array kOther = {"%PDF-"sv, "{\\rtf"sv, "!BDN"sv};

// Fields of which every message has at least one, and other texts with colons have none.
constexpr std::array kMailFields = {
    "received"sv,   "from"sv,         "to"sv,           "date"sv,     "subject"sv,
    "message-id"sv, "return-path"sv,  "mime-version"sv, "reply-to"sv, "content-type"sv,
    "sender"sv,     "delivered-to"sv, "resent-from"sv,  "cc"sv,       "x-mozilla-status"sv};

template <std::size_t N>
bool begins_with_one(std::string_view text, const std::array<std::string_view, N>& beginnings) {
  return std::ranges::any_of(beginnings, [text](auto with) { return text.starts_with(with); });
}

// A zstd stream may begin with skippable frames (RFC 8878 §3.1.2).
bool is_skippable_frame(std::string_view head) {
  return head.size() > 4 && head.substr(1, 3) == "\x2a\x4d\x18"sv && (head[0] & 0xf0) == 0x50;
}

// The checksum of a tar header: its bytes added up, those of the sum itself as blanks (POSIX.1-1988
// ustar, and all that came before and after).
bool is_tar(std::string_view head) {
  constexpr std::size_t kBlock = 512;
  constexpr std::size_t kSum = 148;
  constexpr std::size_t kSumBytes = 8;
  if (head.size() < kBlock || head.front() == '\0') return false;
  unsigned sum = 0;
  for (std::size_t i = 0; i < kBlock; ++i) {
    const bool blank = i >= kSum && i < kSum + kSumBytes;
    sum += blank ? ' ' : static_cast<unsigned char>(head[i]);
  }
  unsigned told = 0;
  bool digits = false;
  for (const char c : head.substr(kSum, kSumBytes)) {
    if (c >= '0' && c <= '7') {
      told = told * 8 + static_cast<unsigned>(c - '0');
      digits = true;
    } else if (c != ' ' && c != '\0') {
      return false;
    }
  }
  return digits && told == sum;
}

// Header fields, one of them such as mail has, and before anything else comes a second or the end
// of the header.
bool begins_as_mail(std::string_view head) {
  constexpr int kLines = 100;
  int fields = 0;
  bool known = false;
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  for (int i = 0; i < kLines && !head.empty(); ++i) {
    const std::size_t end = std::min(head.find_first_of("\r\n"), head.size());
    const std::string_view line = head.substr(0, end);
    head.remove_prefix(end);
    head.remove_prefix(head.starts_with("\r\n") ? 2 : head.empty() ? 0 : 1);
    if (line.empty()) return known;
    if (fields > 0 && ascii::is_blank(line.front())) continue;
    if (!mail::begins_field(line) && !(i == 0 && line.starts_with(">From "))) break;
    ++fields;
    const std::string name = ascii::lower(line.substr(0, line.find(':')));
    known = known || std::ranges::find(kMailFields, name) != kMailFields.end();
    if (known && fields >= 2) return true;
  }
  return false;
}

// Bytes that no text has: NUL, and most other controls.
bool is_binary(std::string_view head) {
  constexpr std::size_t kLooked = 8192;
  constexpr std::size_t kShare = 32;
  head = head.substr(0, kLooked);
  const auto odd = static_cast<std::size_t>(std::ranges::count_if(head, [](char c) {
    // ISO-2022 shifts with ESC, SO and SI; DOS ends files with SUB.
    return ascii::is_control(c) && !ascii::is_space(c) && c != '\x1b' && c != '\x0e' &&
           c != '\x0f' && c != '\x1a' && c != '\b' && c != '\x7f';
  }));
  return odd > head.size() / kShare || head.find('\0') != head.npos;
}

}  // namespace

Content content_of(std::string_view head, HeadEnds ends) {
  if (head.empty()) return Content::Empty;
  if (begins_with_one(head, kPacked) || is_skippable_frame(head)) return Content::Packed;
  if (begins_with_one(head, kZip)) return Content::Zip;
  if (head.starts_with(kOle)) return Content::OutlookMessage;
  // Before mail: the name of a Maildir's file looks like a field.
  if (is_tar(head)) return Content::Tar;
  if (begins_as_mail(head)) return Content::Message;
  mail::MboxSplitter splitter;
  const auto first = splitter.next({.bytes = head, .base = 0, .ended = ends == HeadEnds::File});
  if (first && (first->end == 0 || ascii::trim(head.substr(0, first->end)).empty())) {
    return Content::Mbox;
  }
  if (begins_with_one(head, kOther) || is_binary(head)) return Content::Binary;
  // A message may quote a mailbox.
  return first && !mail::begins_field(head) ? Content::Mbox : Content::Text;
}

}  // namespace backstop::mailbox
