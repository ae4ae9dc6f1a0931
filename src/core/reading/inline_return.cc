#include "core/reading/inline_return.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/limits.h"
#include "core/reading/buckets.h"

namespace backstop::reading {
namespace {

// What follows the line.  Only of a product whose source is known to copy the whole header may a
// missing token mean anything.
enum class Copy : std::uint8_t {
  Whole,
  Unsure,  // Some lines, a header rebuilt, or nobody knows.
};

enum class Place : std::uint8_t {
  Any,
  Rule,  // Few words that may be any heading: only between dashes.
};

struct Announcement {
  std::string_view text;  // Lower case, without the dashes, dots and colons around it.
  std::string_view source;
  Copy copy;
  Place place;
};

constexpr std::array kAnnouncements{
    Announcement{"this is a copy of the message, including all the headers", "Exim deliver.c",
                 Copy::Whole, Place::Any},
    Announcement{"this is a copy of your message, including all the headers", "Exim before 4.50",
                 Copy::Whole, Place::Any},
    Announcement{"this is a copy of the message's headers", "Exim deliver.c", Copy::Whole,
                 Place::Any},
    Announcement{"this is a copy of your message's headers", "Exim before 4.50", Copy::Whole,
                 Place::Any},
    Announcement{"this is a copy of the headers of the original message", "Momentum", Copy::Whole,
                 Place::Any},
    Announcement{"undelivered message follows", "Postfix before 1999-06 bounce_notify_service.c",
                 Copy::Whole, Place::Any},
    Announcement{"undelivered message headers follow", "as above", Copy::Whole, Place::Any},
    Announcement{"below this line is a copy of the message", "qmail-send.c, QSBMF", Copy::Whole,
                 Place::Any},
    Announcement{"below this line is a copy of the message headers", "qmail patches", Copy::Whole,
                 Place::Any},
    Announcement{"below this line is the original bounce", "qmail-send.c", Copy::Whole, Place::Any},
    Announcement{"enclosed is a copy of the message", "qmail-send.c derivatives", Copy::Whole,
                 Place::Any},
    Announcement{"enclosed are the original headers of the message", "qmail patches", Copy::Whole,
                 Place::Any},
    Announcement{"original message follows", "Sendmail savemail.c", Copy::Whole, Place::Any},
    Announcement{"unsent message follows", "Sendmail 5 savemail.c", Copy::Whole, Place::Any},
    Announcement{"returned message follows", "Sendmail derivatives", Copy::Whole, Place::Any},
    Announcement{"start of returned message", "Demon, PMDF, Emacs message.el", Copy::Whole,
                 Place::Any},
    Announcement{"returned message", "PMDF, Emacs message.el", Copy::Whole, Place::Rule},
    Announcement{"message header follows", "Sendmail savemail.c", Copy::Whole, Place::Any},
    Announcement{"message headers follow", "Sendmail derivatives", Copy::Whole, Place::Any},
    Announcement{"below is a copy of the original message", "OpenSMTPD bounce.c", Copy::Whole,
                 Place::Any},
    Announcement{"original message", "Gmail until 2016", Copy::Whole, Place::Rule},
    Announcement{"the header of the original message is following", "1&1, GMX", Copy::Whole,
                 Place::Any},
    Announcement{"included is a copy of the message header", "MX Logic", Copy::Unsure, Place::Any},
    Announcement{"original message headers", "Exchange since 2007", Copy::Unsure, Place::Any},
    Announcement{"message headers", "Exchange Online", Copy::Unsure, Place::Any},
    Announcement{"ursprüngliche nachrichtenköpfe", "Exchange, German", Copy::Unsure, Place::Any},
    Announcement{"ursprüngliche nachrichtenkopfzeilen", "Exchange, German", Copy::Unsure,
                 Place::Any},
    Announcement{"en-têtes du message d'origine", "Exchange, French", Copy::Unsure, Place::Any},
    Announcement{"encabezados del mensaje original", "Exchange, Spanish", Copy::Unsure, Place::Any},
    Announcement{"intestazioni messaggio originale", "Exchange, Italian", Copy::Unsure, Place::Any},
    Announcement{"cabeçalhos da mensagem original", "Exchange, Portuguese", Copy::Unsure,
                 Place::Any},
    Announcement{"oorspronkelijke berichtkoppen", "Exchange, Dutch", Copy::Unsure, Place::Any},
    Announcement{"ursprungliga meddelandehuvuden", "Exchange, Swedish", Copy::Unsure, Place::Any},
    Announcement{"oryginalne nagłówki wiadomości", "Exchange, Polish", Copy::Unsure, Place::Any},
    Announcement{"исходные заголовки сообщения", "Exchange, Russian", Copy::Unsure, Place::Any},
    Announcement{"元のメッセージ ヘッダー", "Exchange, Japanese", Copy::Unsure, Place::Any},
    Announcement{"原始邮件标题", "Exchange, Chinese", Copy::Unsure, Place::Any},
    Announcement{"original mail as follows", "fml", Copy::Unsure, Place::Any},
    Announcement{"original mail info", "m-FILTER", Copy::Unsure, Place::Rule},
    Announcement{"message text follows", "Smail notify.c", Copy::Unsure, Place::Any},
    Announcement{"returned mail follows", "USA.NET", Copy::Unsure, Place::Any},
    Announcement{"returned mail", "Rockliffe, E500", Copy::Unsure, Place::Rule},
    Announcement{"here is your returned mail", "sdm.de", Copy::Unsure, Place::Any},
    Announcement{"the attachment contains the original mail headers", "unknown MTA, X6",
                 Copy::Unsure, Place::Any},
    Announcement{"header of the source mail attached", "JetMail", Copy::Unsure, Place::Any},
    Announcement{"original message as received is as follows", "LLNL postmaster", Copy::Unsure,
                 Place::Any},
    Announcement{"the first 0 lines of your original message follow", "MERAK, IMail", Copy::Unsure,
                 Place::Any},
    Announcement{"first 0 lines of your original message follow", "MERAK, IMail", Copy::Unsure,
                 Place::Any},
    Announcement{"the header and top 0 lines of the message follows", "IceWarp", Copy::Unsure,
                 Place::Any},
    Announcement{"below the next line is a copy of the message", "newmail.ru", Copy::Unsure,
                 Place::Any},
    Announcement{"your message reads (in part)", "EIMS", Copy::Unsure, Place::Any},
    Announcement{"this is a copy of your message", "mail.ru, qmail patches", Copy::Unsure,
                 Place::Any},
    Announcement{"copy of your message follows", "MMDF, PP", Copy::Unsure, Place::Any},
    Announcement{"your original message follows", "MMDF, LISTSERV", Copy::Unsure, Place::Any},
    Announcement{"the original message follows", "PMDF, Mercury", Copy::Unsure, Place::Any},
    Announcement{"original message attached", "LSMTP", Copy::Unsure, Place::Any},
    Announcement{"message header", "IMail, Kerio", Copy::Unsure, Place::Rule},
    Announcement{"bounced e-mail", "mail gateways in German hosting", Copy::Unsure, Place::Any},
    Announcement{"original message header", "Barracuda, XMail", Copy::Unsure, Place::Rule},
    Announcement{"original message headers follow", "Axigen", Copy::Unsure, Place::Any},
    Announcement{"the following is the original message", "CommuniGate rules", Copy::Unsure,
                 Place::Any},
    Announcement{"старое сообщение", "Mail.ru", Copy::Unsure, Place::Rule},
    Announcement{"исходное сообщение", "Yandex, CommuniGate", Copy::Unsure, Place::Rule},
    Announcement{"Исходное сообщение", "Yandex, CommuniGate", Copy::Unsure, Place::Rule},
    Announcement{"Исходные заголовки сообщения", "Exchange, Russian", Copy::Unsure, Place::Any},
    Announcement{"Старое сообщение", "Mail.ru", Copy::Unsure, Place::Rule},
    Announcement{"元のメッセージ", "Japanese gateways", Copy::Unsure, Place::Rule},
    Announcement{"原信件", "Sina, 163", Copy::Unsure, Place::Rule},
};

// The longest line that can announce.
constexpr std::size_t kAnnouncementBytes = 160;
// Lines between the announcement and the header block: empty ones, and Exim's on the size.
constexpr unsigned kWaitedLines = 8;
// Lines in a header block that are no fields before it is taken for something else.
constexpr unsigned kOddLines = 3;

constexpr CharSet kDecoration(" \t\r\n\v\f-.:=*|_");

std::string_view without_decoration(std::string_view line) {
  while (!line.empty() && kDecoration.has(line.front()))
    line.remove_prefix(1);
  while (!line.empty() && kDecoration.has(line.back()))
    line.remove_suffix(1);
  return line;
}

// A message that was transported begins with trace fields (RFC 5321 §4.4); ours with its token.
bool is_first_field(std::string_view name) {
  return ascii::equals_folded(name, "received") || ascii::equals_folded(name, "return-path") ||
         ascii::equals_folded(name, kReturnedTokenField);
}

// What quotes the lines of a block: '>' or '|' with the blanks around, or an indentation.
std::string_view quote_of(std::string_view line) {
  std::size_t end = 0;
  while (end < line.size() && (ascii::is_blank(line[end]) || line[end] == '>' || line[end] == '|'))
    ++end;
  return line.substr(0, end);
}

// The line of an mbox that some products copy with the message.
bool is_mbox_line(std::string_view line) {
  return line.starts_with("From ") || line.starts_with(">From ");
}

// Equal but for case, and for numbers, which stand as one 0: "first 50 lines", "first 0 lines".
bool equals_counted(std::string_view words, std::string_view text) {
  std::size_t at = 0;
  for (const char c : text) {
    if (at >= words.size()) return false;
    if (c == '0' && ascii::is_digit(words[at])) {
      while (at < words.size() && ascii::is_digit(words[at]))
        ++at;
    } else if (ascii::to_lower(words[at]) == ascii::to_lower(c)) {
      ++at;
    } else {
      return false;
    }
  }
  return at == words.size();
}

// Tells nearly all apart without comparing them: the first four bytes, in lower case, and the last.
constexpr std::uint64_t ends_of(std::string_view words) {
  const auto last = static_cast<unsigned char>(ascii::to_lower(words.back()));
  return std::uint64_t{last} << 32 | ascii::lower_four(word_key(words));
}
constexpr auto kAnnouncementEnds = [] {
  std::array<std::uint64_t, kAnnouncements.size()> ends{};
  std::ranges::transform(kAnnouncements, ends.begin(),
                         [](const Announcement& a) { return ends_of(a.text); });
  return ends;
}();
// Most lines end as none of them does: the ends by a few bits of theirs.
constexpr unsigned kEndsBits = 12;
constexpr std::size_t ends_bucket(std::uint64_t ends) {
  return (ends * 0x9e3779b97f4a7c15U) >> (64 - kEndsBits);
}
constexpr auto kMayAnnounce = [] {
  std::array<bool, std::size_t{1} << kEndsBits> may{};
  for (const std::uint64_t ends : kAnnouncementEnds)
    may[ends_bucket(ends)] = true;
  return may;
}();
// Neither of them is a digit, which equals_counted does not compare as it stands.
static_assert(std::ranges::none_of(kAnnouncements, [](const Announcement& a) {
  return a.text.back() == '0' || a.text.substr(0, 4).find('0') != std::string_view::npos;
}));

// Null when the line announces nothing.
const Announcement* find_announcement(std::string_view line) {
  if (line.size() > kAnnouncementBytes) return nullptr;
  const std::string_view words = without_decoration(line);
  if (words.size() < 9) return nullptr;
  const std::uint64_t ends = ends_of(words);
  if (!kMayAnnounce[ends_bucket(ends)]) return nullptr;
  for (std::size_t i = 0; i < kAnnouncements.size(); ++i) {
    const Announcement& announcement = kAnnouncements[i];
    if (kAnnouncementEnds[i] != ends || !equals_counted(words, announcement.text)) continue;
    const std::string_view bare = ascii::trim(line);
    const bool is_rule = bare.starts_with("---") || bare.starts_with("|--");
    return announcement.place == Place::Any || is_rule ? &announcement : nullptr;
  }
  return nullptr;
}

}  // namespace

bool announces_returned(std::string_view line) {
  return find_announcement(line) != nullptr;
}

void InlineReturn::on_line(std::string_view line) {
  switch (state_) {
    case State::Looking:
      look(line);
      break;
    case State::Announced:
      await_block(line);
      break;
    case State::Block:
      read_block(line);
      break;
    case State::Body: {
      const std::string_view words = without_decoration(line);
      if (words.empty()) break;
      // Sendmail's savemail.c, where a body would stand.
      if (!ascii::equals_folded(words, "message body suppressed")) collector_.on_body();
      state_ = State::Done;
      break;
    }
    case State::Done:
      break;
  }
}

void InlineReturn::look(std::string_view line) {
  if (const Announcement* const announcement = find_announcement(line)) {
    state_ = State::Announced;
    announced_ = was_announced_ = true;
    is_sure_ = announcement->copy == Copy::Whole;
    waited_lines_ = 0;
    return;
  }
  const bool blank = ascii::trim(line).empty();
  if (after_blank_ && !blank) {
    // Nobody announced it, so nobody knows what stood above: it can never have been read whole.
    const std::string_view bare = line.substr(quote_of(line).size());
    const auto start = parse_field_start(bare);
    if (start && is_first_field(start->name) && begin_block(line)) collector_.on_loss();
  }
  after_blank_ = blank;
}

void InlineReturn::await_block(std::string_view line) {
  const std::string_view bare = line.substr(quote_of(line).size());
  if (bare.empty() || bare.starts_with("---") || is_mbox_line(line)) {
    if (++waited_lines_ <= kWaitedLines) return;
  } else if (begin_block(line)) {
    if (!is_sure_) collector_.on_loss();
    return;
  }
  state_ = State::Looking;
  announced_ = false;
  after_blank_ = false;
}

bool InlineReturn::begin_block(std::string_view line) {
  const std::string_view quote = quote_of(line);
  // One that nobody ended stood above the block.
  const auto drop = [](const TextField&) {};
  if (fields_.take(line.substr(quote.size()), drop) != FieldLines::Line::Began) return false;
  quote_ = quote;
  odd_lines_ = 0;
  state_ = State::Block;
  return true;
}

void InlineReturn::read_block(std::string_view line) {
  if (line.starts_with(quote_)) {
    line.remove_prefix(quote_.size());
  } else if (ascii::trim(quote_).starts_with(ascii::trim(line))) {
    line = {};  // An empty line, its trailing blanks gone.
  }
  if (ascii::trim(line).empty()) {
    end_block();
    return;
  }
  const FieldLines::Line what =
      fields_.take(line, [this](const TextField& field) { give_field(field); });
  if (what != FieldLines::Line::NotAField) return;
  collector_.on_loss();
  if (++odd_lines_ >= kOddLines) end_block();
}

void InlineReturn::end_block() {
  fields_.flush([this](const TextField& field) { give_field(field); });
  if (!collector_.has_identity()) {
    // A paragraph of prose that looked like fields.
    collector_ = ReturnedCollector{};
    state_ = State::Looking;
    announced_ = false;
    after_blank_ = true;
    return;
  }
  collector_.on_header_end();
  state_ = State::Body;
}

void InlineReturn::give_field(const TextField& field) {
  collector_.on_field(field.name, field.raw, field.cut);
}

void InlineReturn::on_text_end(bool whole) {
  after_blank_ = true;
  if (state_ == State::Announced) {
    // It comes in a part of its own.
    state_ = State::Looking;
    announced_ = false;
  } else if (state_ == State::Body) {
    state_ = State::Done;
  }
  if (state_ != State::Block) return;
  if (whole) {
    end_block();
  } else {
    fields_.flush([this](const TextField& field) { give_field(field); });
    state_ = State::Done;
  }
}

Returned InlineReturn::take() {
  Returned returned = collector_.take();
  returned.inline_in_text = returned.form != ReturnForm::None;
  return returned;
}

}  // namespace backstop::reading
