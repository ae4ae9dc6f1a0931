#include "core/reading/inline_return.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/reading/word_search.h"

namespace backstop::reading {
namespace {

struct Announcement {
  std::string_view text;  // Lower case, without the dashes, dots and colons around it.
  std::string_view source;
};

constexpr std::array kAnnouncements{
    Announcement{"this is a copy of the message, including all the headers", "Exim deliver.c"},
    Announcement{"this is a copy of your message, including all the headers", "Exim before 4.50"},
    Announcement{"this is a copy of the message's headers", "Exim deliver.c"},
    Announcement{"this is a copy of your message's headers", "Exim before 4.50"},
    Announcement{"this is a copy of the headers of the original message", "Momentum"},
    Announcement{"undelivered message follows", "Postfix before 1999-06 bounce_notify_service.c"},
    Announcement{"undelivered message headers follow", "as above"},
    Announcement{"below this line is a copy of the message", "qmail-send.c, QSBMF"},
    Announcement{"below this line is a copy of the message headers", "qmail patches"},
    Announcement{"below this line is the original bounce", "qmail-send.c"},
    Announcement{"enclosed is a copy of the message", "qmail-send.c derivatives"},
    Announcement{"enclosed are the original headers of the message", "qmail patches"},
    Announcement{"original message follows", "Sendmail savemail.c"},
    Announcement{"unsent message follows", "Sendmail 5 savemail.c"},
    Announcement{"returned message follows", "Sendmail derivatives"},
    Announcement{"start of returned message", "Demon, PMDF, Emacs message.el"},
    Announcement{"returned message", "PMDF, Emacs message.el"},
    Announcement{"message header follows", "Sendmail savemail.c"},
    Announcement{"message headers follow", "Sendmail derivatives"},
    Announcement{"below is a copy of the original message", "OpenSMTPD bounce.c"},
    Announcement{"original message", "Gmail until 2016"},
    Announcement{"the header of the original message is following", "1&1, GMX"},
    Announcement{"included is a copy of the message header", "MX Logic"},
    Announcement{"original message headers", "Exchange since 2007"},
    Announcement{"message headers", "Exchange Online"},
    Announcement{"ursprüngliche nachrichtenköpfe", "Exchange, German"},
    Announcement{"ursprüngliche nachrichtenkopfzeilen", "Exchange, German"},
    Announcement{"en-têtes du message d'origine", "Exchange, French"},
    Announcement{"encabezados del mensaje original", "Exchange, Spanish"},
    Announcement{"intestazioni messaggio originale", "Exchange, Italian"},
    Announcement{"cabeçalhos da mensagem original", "Exchange, Portuguese"},
    Announcement{"oorspronkelijke berichtkoppen", "Exchange, Dutch"},
    Announcement{"ursprungliga meddelandehuvuden", "Exchange, Swedish"},
    Announcement{"oryginalne nagłówki wiadomości", "Exchange, Polish"},
    Announcement{"исходные заголовки сообщения", "Exchange, Russian"},
    Announcement{"元のメッセージ ヘッダー", "Exchange, Japanese"},
    Announcement{"原始邮件标题", "Exchange, Chinese"},
    Announcement{"original mail as follows", "fml"},
    Announcement{"original mail info", "m-FILTER"},
    Announcement{"message text follows", "Smail notify.c"},
    Announcement{"returned mail follows", "USA.NET"},
    Announcement{"returned mail", "Rockliffe, E500"},
    Announcement{"here is your returned mail", "sdm.de"},
    Announcement{"the attachment contains the original mail headers", "unknown MTA, X6"},
    Announcement{"header of the source mail attached", "JetMail"},
    Announcement{"original message as received is as follows", "LLNL postmaster"},
    Announcement{"the first 0 lines of your original message follow", "MERAK, IMail"},
    Announcement{"first 0 lines of your original message follow", "MERAK, IMail"},
    Announcement{"the header and top 0 lines of the message follows", "IceWarp"},
    Announcement{"below the next line is a copy of the message", "newmail.ru"},
    Announcement{"your message reads (in part)", "EIMS"},
    Announcement{"this is a copy of your message", "mail.ru, qmail patches"},
    Announcement{"copy of your message follows", "MMDF, PP"},
    Announcement{"your original message follows", "MMDF, LISTSERV"},
    Announcement{"the original message follows", "PMDF, Mercury"},
    Announcement{"original message attached", "LSMTP"},
    Announcement{"message header", "IMail, Kerio"},
    Announcement{"bounced e-mail", "mail gateways in German hosting"},
    Announcement{"original message header", "Barracuda, XMail"},
    Announcement{"original message headers follow", "Axigen"},
    Announcement{"the following is the original message", "CommuniGate rules"},
    Announcement{"старое сообщение", "Mail.ru"},
    Announcement{"исходное сообщение", "Yandex, CommuniGate"},
    Announcement{"Исходное сообщение", "Yandex, CommuniGate"},
    Announcement{"Исходные заголовки сообщения", "Exchange, Russian"},
    Announcement{"Старое сообщение", "Mail.ru"},
    Announcement{"元のメッセージ", "Japanese gateways"},
    Announcement{"原信件", "Sina, 163"},
};

// The longest line that can announce.
constexpr std::size_t kAnnouncementBytes = 160;
// Lines between the announcement and the header block: empty ones, and Exim's on the size.
constexpr unsigned kWaitedLines = 8;
// Lines in a header block that are no fields before it is taken for something else.
constexpr unsigned kOddLines = 3;

bool is_decoration(char c) {
  return ascii::is_space(c) || c == '-' || c == '.' || c == ':' || c == '=' || c == '*' ||
         c == '|' || c == '_';
}

std::string_view without_decoration(std::string_view line) {
  while (!line.empty() && is_decoration(line.front()))
    line.remove_prefix(1);
  while (!line.empty() && is_decoration(line.back()))
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

// By its first four bytes, which nearly no line has.
bool begins_announcement(std::string_view words) {
  static constexpr auto kSearch = make_word_search<1>([] {
    std::array<std::string_view, kAnnouncements.size()> begins;
    std::ranges::transform(kAnnouncements, begins.begin(),
                           [](const Announcement& a) { return a.text.substr(0, 4); });
    return begins;
  }());
  std::array<char, 4> lower{};
  ascii::lower_into(lower.data(), words.substr(0, lower.size()));
  return kSearch.any_in({lower.data(), lower.size()});
}

// Few words that may be any heading.
bool is_rule_only(std::string_view text) {
  constexpr std::array<std::string_view, 9> kHeadings{
      "original message",   "returned message", "returned mail",
      "original mail info", "message header",   "original message header",
      "元のメッセージ",     "原信件",           "исходное сообщение"};
  return std::ranges::find(kHeadings, text) != kHeadings.end();
}

}  // namespace

bool announces_returned(std::string_view line) {
  if (line.size() > kAnnouncementBytes) return false;
  const std::string_view words = without_decoration(line);
  if (words.size() < 9 || !begins_announcement(words)) return false;
  // Two words may be any heading: only as a rule of dashes.
  for (const Announcement& announcement : kAnnouncements) {
    if (!equals_counted(words, announcement.text)) continue;
    return !is_rule_only(announcement.text) || ascii::trim(line).starts_with("---") ||
           ascii::trim(line).starts_with("|--");
  }
  return false;
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
  if (announces_returned(line)) {
    state_ = State::Announced;
    announced_ = was_announced_ = true;
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
    return;
  }
  state_ = State::Looking;
  announced_ = false;
  after_blank_ = false;
}

bool InlineReturn::begin_block(std::string_view line) {
  const std::string_view quote = quote_of(line);
  std::optional<TextField> done;
  if (fields_.take(line.substr(quote.size()), done) != FieldLines::Line::Began) return false;
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
  std::optional<TextField> done;
  const FieldLines::Line what = fields_.take(line, done);
  give_field(done);
  if (what != FieldLines::Line::NotAField) return;
  collector_.on_loss();
  if (++odd_lines_ >= kOddLines) end_block();
}

void InlineReturn::end_block() {
  give_field(fields_.flush());
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

void InlineReturn::give_field(const std::optional<TextField>& field) {
  if (field) collector_.on_field(field->name, field->raw, field->cut);
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
    give_field(fields_.flush());
    state_ = State::Done;
  }
}

Returned InlineReturn::take() {
  Returned returned = collector_.take();
  returned.inline_in_text = returned.form != ReturnForm::None;
  return returned;
}

}  // namespace backstop::reading
