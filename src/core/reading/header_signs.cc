#include "core/reading/header_signs.h"

#include <algorithm>
#include <array>

#include "core/base/ascii.h"

namespace backstop::reading {
namespace {

// How a field's value makes the sign.
enum class Match : std::uint8_t {
  Present,    // Any value.
  NotNo,      // Any value whose first word is not "no" or "false".
  FirstWord,  // The first word is `value`.
  Type,       // The media type is `value`.
  NullPath,   // "<>".
  Daemon,     // An address whose local part is `value`.
};

struct Row {
  std::string_view field;  // Lower case.
  Match match;
  std::string_view value;  // Lower case.
  HeaderSign sign;
  std::string_view source;
};

// Sorted by the length of the field's name, so that most fields of ordinary mail are told by it.
constexpr std::array kRows{
    Row{"from", Match::Daemon, "mailer-daemon", HeaderSign::DaemonFrom, "RFC 5321 §4.5.5 practice"},
    Row{"list-id", Match::Present, "", HeaderSign::List, "RFC 2919"},
    Row{"list-post", Match::Present, "", HeaderSign::List, "RFC 2369 §3.4"},
    Row{"precedence", Match::FirstWord, "auto_reply", HeaderSign::Autoreply,
        "cPanel, Plesk, vacation"},
    Row{"precedence", Match::FirstWord, "auto-reply", HeaderSign::Autoreply, "as above, misspelt"},
    Row{"return-path", Match::NullPath, "", HeaderSign::NullReturnPath, "RFC 5321 §4.4"},
    Row{"x-autoreply", Match::NotNo, "", HeaderSign::Autoreply, "cPanel, Gmail, GMX, Plesk"},
    Row{"x-auto-reply", Match::NotNo, "", HeaderSign::Autoreply, "webmail autoresponders"},
    Row{"content-type", Match::Type, "multipart/report", HeaderSign::Report, "RFC 6522"},
    Row{"x-precedence", Match::FirstWord, "auto_reply", HeaderSign::Autoreply, "Gordano"},
    Row{"x-autorespond", Match::Present, "", HeaderSign::Autoreply,
        "Plesk, cPanel, qmail-autoresponder"},
    Row{"auto-submitted", Match::NotNo, "", HeaderSign::AutoSubmitted, "RFC 3834 §5"},
    Row{"auto-submitted", Match::FirstWord, "auto-replied", HeaderSign::AutoReplied, "RFC 3834 §5"},
    Row{"x-mail-autoreply", Match::Present, "", HeaderSign::Autoreply, "qmail autoresponders"},
    Row{"x-autoreply-from", Match::Present, "", HeaderSign::Autoreply, "Axigen, Plesk"},
    Row{"x-failed-recipients", Match::Present, "", HeaderSign::FailedRecipients, "Exim deliver.c"},
};
static_assert(std::ranges::is_sorted(kRows, {}, [](const Row& row) { return row.field.size(); }));

constexpr std::size_t kLongestField = kRows.back().field.size();

// The rows whose field has a length of n: kFirstRow[n] up to kFirstRow[n + 1].
constexpr auto kFirstRow = [] {
  std::array<std::uint8_t, kLongestField + 2> first{};
  for (std::size_t length = 0; length < first.size(); ++length) {
    std::uint8_t row = 0;
    while (row < kRows.size() && kRows[row].field.size() < length)
      ++row;
    first[length] = row;
  }
  return first;
}();

std::string_view first_word(std::string_view raw) {
  raw = ascii::trim(raw);
  std::size_t end = 0;
  while (end < raw.size() && !ascii::is_space(raw[end]) && raw[end] != ';' && raw[end] != '(')
    ++end;
  return raw.substr(0, end);
}

bool is_null_path(std::string_view raw) {
  raw = ascii::trim(raw);
  return raw.size() >= 2 && raw.front() == '<' && raw.back() == '>' &&
         ascii::trim(raw.substr(1, raw.size() - 2)).empty();
}

// `local` stands in `raw` as the local part of an address, or, as MTAs without a domain write it,
// alone in brackets or before a comment.
bool names_local_part(std::string_view raw, std::string_view local) {
  raw = ascii::trim(raw);
  for (std::size_t at = ascii::find_folded(raw, local); at != std::string_view::npos;) {
    const std::size_t end = at + local.size();
    const char before = at == 0 ? ' ' : raw[at - 1];
    const char after = end == raw.size() ? ' ' : raw[end];
    const bool begins = before == '<' || ascii::is_space(before);
    if (begins && after == '@') return true;
    if (before == '<' && after == '>') return true;
    if (at == 0 && ascii::is_space(after) && raw.find('@') == std::string_view::npos) return true;
    const std::size_t next = ascii::find_folded(raw.substr(end), local);
    at = next == std::string_view::npos ? next : end + next;
  }
  return false;
}

bool matches(const Row& row, std::string_view raw) {
  switch (row.match) {
    case Match::Present:
      return true;
    case Match::NotNo: {
      const std::string_view word = first_word(raw);
      return !ascii::equals_folded(word, "no") && !ascii::equals_folded(word, "false");
    }
    case Match::FirstWord:
    case Match::Type:
      return ascii::equals_folded(first_word(raw), row.value);
    case Match::NullPath:
      return is_null_path(raw);
    case Match::Daemon:
      return names_local_part(raw, row.value);
  }
  return false;
}

}  // namespace

void HeaderSigns::on_field(std::string_view name, std::string_view raw) {
  if (name.size() > kLongestField) return;
  const char first = name.empty() ? '\0' : ascii::to_lower(name.front());
  for (std::size_t i = kFirstRow[name.size()]; i < kFirstRow[name.size() + 1]; ++i) {
    const Row& row = kRows[i];
    if (row.field.front() != first || !ascii::equals_folded(name, row.field)) continue;
    if (matches(row, raw)) bits_ |= bit(row.sign);
  }
}

bool HeaderSigns::looks_automatic() const {
  return (bits_ & ~bit(HeaderSign::List)) != 0;
}

}  // namespace backstop::reading
