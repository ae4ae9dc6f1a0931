#include "core/reading/recipient_lines.h"

#include <algorithm>
#include <array>
#include <optional>

#include "core/base/ascii.h"
#include "core/base/char_set.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"
#include "core/reading/address_text.h"
#include "core/reading/delivery_status.h"
#include "core/reading/delivery_words.h"
#include "core/reading/failure_reason.h"
#include "core/reading/recipient_cues.h"

namespace backstop::reading {
namespace {

// What the signs weigh.  A candidate of kAccepted is a recipient; those far below the best are not.
constexpr int kAlone = 40;         // Nothing else stands on its line.
constexpr int kBegins = 30;        // Its line begins with it, a diagnostic behind.
constexpr int kLabelled = 50;      // "Recipient:", "RCPT TO:".
constexpr int kToField = 12;       // "To:", which may be a list or the field of a header.
constexpr int kCueBefore = 25;     // Under words that announce recipients.
constexpr int kCueInLine = 22;     // Beside words that say what failed.
constexpr int kReplyNear = 12;     // Beside or above a server's answer.
constexpr int kOtherParty = -70;   // The notice's own sender or addressee.
constexpr int kOtherLabel = -60;   // "From:", "contact".
constexpr int kRoleAddress = -25;  // postmaster@, abuse@.
constexpr int kMessageId = -80;
constexpr int kEncapsulated = -45;  // "IMCEAEX-_O=ORG_...": a name of Exchange's own.
constexpr int kHeaderZone = -35;    // In lines of a quoted header.
constexpr int kAccepted = 30;
constexpr int kLastResort = 5;
constexpr int kBelowBest = 32;
// A later mention takes the place of the first, below which its diagnostic stands.
constexpr int kBetterPlace = 25;

// Lines below words that announce recipients in which they are expected.
constexpr std::size_t kCueLines = 8;
constexpr std::size_t kDiagnosticLines = 14;
constexpr std::size_t kReplyLines = 4;
// Words this far away in one line are of something else.
constexpr std::size_t kNearBytes = 240;

// What its words say is looked up when it is asked for: of most lines it never is.
struct Line {
  std::string_view text;  // As it stands.
  std::string_view lower;
  bool blank = false;
  bool header = false;  // Of a quoted header.

  bool is_cue() const { return ask(cue_, announces_recipients); }
  bool is_reply() const { return ask(reply_, holds_reply); }
  bool is_contact() const { return ask(contact_, invites_contact); }

 private:
  enum class Answer : std::uint8_t { Unknown, No, Yes };
  bool ask(Answer& answer, bool (*says)(std::string_view)) const {
    if (answer == Answer::Unknown) answer = says(lower) ? Answer::Yes : Answer::No;
    return answer == Answer::Yes;
  }
  mutable Answer cue_ = Answer::Unknown;
  mutable Answer reply_ = Answer::Unknown;
  mutable Answer contact_ = Answer::Unknown;
};

struct Candidate {
  std::string address;
  std::string lower;
  std::size_t line = 0;
  std::size_t end = 0;  // Behind it and what brackets it, in its line.
  int score = 0;
  bool begins = false;       // Nothing but marks stands before it in its line.
  bool in_to_field = false;  // "To:", of nobody who takes part in the notice.
};

// `lowered` becomes the text in lower case, which the lines look at.
std::vector<Line> split_lines(std::string_view text, std::string& lowered) {
  std::vector<Line> lines;
  text = text.substr(0, limits::kNoticeTextBytes);
  lowered = ascii::lower(text);
  lines.reserve(static_cast<std::size_t>(std::ranges::count(text, '\n')) + 1);
  const std::string_view whole = text;
  while (!text.empty()) {
    const std::size_t end = std::min(find_byte(text, '\n'), text.size());
    Line line;
    line.text = text.substr(0, end);
    while (!line.text.empty() && ascii::is_space(line.text.back()))
      line.text.remove_suffix(1);
    const auto begin = static_cast<std::size_t>(line.text.data() - whole.data());
    line.lower = std::string_view(lowered).substr(begin, line.text.size());
    line.blank = ascii::trim(line.text).empty();
    lines.push_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  // A trace field, or two fields of a header below each other, begin a quoted header.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const bool begins =
        is_trace_line(lines[i].lower) || (is_header_line(lines[i].lower) && i + 1 < lines.size() &&
                                          is_header_line(lines[i + 1].lower));
    if (!begins) continue;
    while (i < lines.size() && !lines[i].blank)
      lines[i++].header = true;
  }
  return lines;
}

bool is_one_of(const std::vector<std::string>& list, std::string_view address) {
  return std::ranges::any_of(
      list, [address](const std::string& one) { return ascii::equals_folded(one, address); });
}

struct Weight {
  int score = 0;
  Label label = Label::None;
  bool begins = false;  // Nothing but marks stands before it in its line.
};

Weight weigh_place(const Line& line, const AddressSpan& span) {
  const std::string_view whole = std::string_view(line.lower).substr(0, span.begin);
  const std::string_view before = whole.substr(whole.size() - std::min(whole.size(), kNearBytes));
  const std::string_view after = std::string_view(line.lower).substr(span.end, kNearBytes);
  Weight weight{.label = label_before(before),
                .begins = whole.size() == before.size() && is_decoration(before)};
  if (weight.begins && is_decoration(after)) {
    weight.score += kAlone;
  } else if (weight.begins && begins_diagnostic(after)) {
    weight.score += kBegins;
  }
  switch (weight.label) {
    case Label::Recipient:
      weight.score += kLabelled;
      break;
    case Label::To:
      weight.score += kToField;
      break;
    case Label::Other:
      weight.score += kOtherLabel;
      break;
    case Label::MessageId:
      weight.score += kMessageId;
      break;
    case Label::None:
      break;
  }
  if (tells_failure(before) || tells_failure(after)) weight.score += kCueInLine;
  if (invites_contact(before)) weight.score += kOtherLabel;
  return weight;
}

int weigh_around(const std::vector<Line>& lines, std::size_t at) {
  int score = 0;
  // Announced in its own line, or above: blank lines and other candidates may stand between.
  for (std::size_t back = 0; back <= kCueLines && back <= at; ++back) {
    const Line& line = lines[at - back];
    if (line.is_cue()) {
      score += kCueBefore;
      break;
    }
    if (back > 0 && line.is_contact()) break;
  }
  for (std::size_t next = at; next < lines.size() && next <= at + kReplyLines; ++next) {
    if (!lines[next].is_reply()) continue;
    score += kReplyNear;
    break;
  }
  if (lines[at].header) score += kHeaderZone;
  return score;
}

std::vector<Candidate> find_candidates(const std::vector<Line>& lines,
                                       const NoticeContext& context) {
  std::vector<Candidate> found;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    for (std::size_t from = 0; found.size() < limits::kAddressCandidates;) {
      const auto span = find_address(lines[i].text, from);
      if (!span) break;
      from = span->end;
      Candidate candidate;
      candidate.address = span->address;
      candidate.lower = ascii::lower(span->address);
      candidate.line = i;
      candidate.end = span->end;
      const Weight weight = weigh_place(lines[i], *span);
      const bool is_other_party = is_one_of(context.other_parties, candidate.address);
      candidate.score = weight.score + weigh_around(lines, i);
      // "RCPT" at the end of a folded line of a transcript.
      if (i > 0 && lines[i - 1].lower.ends_with("rcpt")) candidate.score += kLabelled;
      if (is_other_party) candidate.score += kOtherParty;
      candidate.begins = weight.begins;
      candidate.in_to_field =
          span->begin <= kNearBytes && weight.label == Label::To && !is_other_party;
      if (is_role_address(candidate.lower)) candidate.score += kRoleAddress;
      if (candidate.lower.starts_with("imcea")) candidate.score += kEncapsulated;
      if (looks_like_message_id(candidate.lower)) candidate.score += kMessageId;
      if (is_one_of(context.failed_recipients, candidate.address)) candidate.score += 100;
      if (is_one_of(context.returned_to, candidate.address)) candidate.score += 15;
      found.push_back(std::move(candidate));
    }
  }
  return found;
}

// Of each address the place that says most, in the text's order; only those near the best.
std::vector<Candidate> choose(const std::vector<Candidate>& found, int accepted) {
  int best = accepted;
  for (const Candidate& candidate : found)
    best = std::max(best, candidate.score);
  std::vector<Candidate> chosen;
  for (const Candidate& candidate : found) {
    if (candidate.score < std::max(accepted, best - kBelowBest)) continue;
    const auto same = std::ranges::find(chosen, candidate.lower, &Candidate::lower);
    if (same == chosen.end()) {
      chosen.push_back(candidate);
    } else if (candidate.score > same->score + kBetterPlace) {
      *same = candidate;
    }
    if (chosen.size() >= limits::kReportRecipients) break;
  }
  std::ranges::stable_sort(chosen, {}, &Candidate::line);
  return chosen;
}

// Of an unknown system's sentences, those that say in any words that mail was not delivered.
std::vector<Candidate> choose_spoken_of(const std::vector<Line>& lines,
                                        const std::vector<Candidate>& found) {
  std::vector<Candidate> spoken_of;
  for (const Candidate& candidate : found) {
    if (candidate.score <= kRoleAddress) continue;
    const DeliveryWords words = find_delivery_words(lines[candidate.line].lower);
    if (words.any() || words.no_such) spoken_of.push_back(candidate);
  }
  return choose(std::move(spoken_of), kRoleAddress);
}

// The one address that can be meant.
std::vector<Candidate> choose_only(std::vector<Candidate> found) {
  found = choose(std::move(found), kRoleAddress + 1);
  if (found.size() > 1) found.clear();
  return found;
}

void append_text(std::string& out, std::string_view text) {
  text = ascii::trim(text);
  while (!text.empty() &&
         (text.front() == ':' || text.front() == '>' || ascii::is_space(text.front())))
    text.remove_prefix(1);
  if (text.empty() || out.size() >= limits::kDiagnosticBytes) return;
  if (!out.empty()) out += ' ';
  out += text.substr(0, limits::kDiagnosticBytes - out.size());
}

// What stands behind the address and below it, up to the next recipient or the end of what is said.
std::string diagnostic_below(const std::vector<Line>& lines, const Candidate& candidate,
                             std::size_t end) {
  std::string diagnostic;
  const std::string_view own_text = lines[candidate.line].text;
  const std::string_view behind = without_decoration_before(
      own_text.substr(std::min(candidate.end, own_text.size()), limits::kDiagnosticBytes));
  // Behind an address in the midst of a sentence, only an answer is one.
  if (candidate.begins || holds_reply(ascii::lower(behind))) append_text(diagnostic, behind);
  unsigned blanks = 0;
  bool awaited = false;  // "because:", with what it announces below.
  for (std::size_t i = candidate.line + 1; i < end && i <= candidate.line + kDiagnosticLines; ++i) {
    const Line& line = lines[i];
    if (line.header || is_rule(line.lower)) {
      if (line.header) break;
      continue;
    }
    if (line.blank) {
      // Many leave one empty line between an address and its reason.
      if (++blanks > 1 && !diagnostic.empty() && !awaited) break;
      continue;
    }
    if (blanks > 0 && !diagnostic.empty() && !line.is_reply() && !awaited &&
        !begins_reason(line.lower))
      break;
    blanks = 0;
    awaited = line.text.ends_with(':');
    append_text(diagnostic, line.text);
  }
  if (!diagnostic.empty()) return diagnostic;
  // "Unknown user: bob@example.net", or the line above it.
  for (std::size_t i = candidate.line + 1; i > 0 && i + 2 > candidate.line;) {
    const Line& line = lines[--i];
    if (line.blank || line.header || is_rule(line.lower)) continue;
    if (decide_failure_reason(line.text, "") != FailureReason::Unknown)
      return std::string(ascii::trim(line.text)).substr(0, limits::kDiagnosticBytes);
  }
  return diagnostic;
}

// Of one recipient, all that the text quotes of a server is about it.
std::string replies_anywhere(const std::vector<Line>& lines) {
  std::string out;
  bool taking = false;
  for (const Line& line : lines) {
    if (line.header || line.blank || is_rule(line.lower)) {
      taking = false;
      continue;
    }
    taking = taking || line.is_reply() || begins_reason(line.lower);
    if (taking) append_text(out, line.text);
  }
  return out;
}

RecipientReport make_report(std::string_view address, std::string diagnostic, bool delayed) {
  RecipientReport report{.address = std::string(address.substr(0, limits::kPathBytes)),
                         .action = delayed ? "delayed" : "failed",
                         .status = find_status(diagnostic),
                         .diagnostic = std::move(diagnostic)};
  report.remote_mta = find_remote_host(report.diagnostic);
  return report;
}

void complete_single(const std::vector<Line>& lines, RecipientReport& report) {
  if (report.diagnostic.empty() || !holds_reply(ascii::lower(report.diagnostic))) {
    std::string replies = replies_anywhere(lines);
    if (!replies.empty()) {
      if (report.status.empty()) report.status = find_status(replies);
      if (decide_failure_reason(report.diagnostic, "") == FailureReason::Unknown)
        report.diagnostic = replies;
      if (report.remote_mta.empty()) report.remote_mta = find_remote_host(replies);
    }
  }
}

}  // namespace

namespace {

constexpr CharSet kEndsHost(" \t[](){}<>,;:'\"");

}  // namespace

std::string find_remote_host(std::string_view diagnostic) {
  // Postfix and Exim "host X[a] said", qmail "X does not like recipient", Google "by X. [a]".
  for (const std::string_view before : {"host ", "server ", "domain ", " by ", "MTA "}) {
    const std::size_t at = ascii::find_folded(diagnostic, before);
    if (at == std::string_view::npos) continue;
    std::string_view host = diagnostic.substr(at + before.size());
    while (!host.empty() && (host.front() == '<' || host.front() == ' ' || host.front() == ':'))
      host.remove_prefix(1);
    host = kEndsHost.before_any(host);
    while (host.ends_with('.'))
      host.remove_suffix(1);
    const bool looks_like_host = host.find('.') != std::string_view::npos &&
                                 host.find('@') == std::string_view::npos && host.size() > 3 &&
                                 host.size() <= 255 && ascii::is_alnum(host.front());
    if (looks_like_host) return std::string(host);
  }
  return "";
}

std::vector<RecipientReport> read_recipient_lines(std::string_view text,
                                                  const NoticeContext& context) {
  std::string lowered;
  const std::vector<Line> lines = split_lines(text, lowered);
  const std::vector<Candidate> found = find_candidates(lines, context);
  std::vector<Candidate> chosen = choose(found, kAccepted);
  std::vector<RecipientReport> reports;
  if (!context.failed_recipients.empty()) {
    // The field is exact; the text says why.
    for (const std::string& address : context.failed_recipients) {
      const auto at = std::ranges::find(chosen, ascii::lower(address), &Candidate::lower);
      const std::size_t end =
          at == chosen.end() || at + 1 == chosen.end() ? lines.size() : (at + 1)->line;
      reports.push_back(make_report(
          address, at == chosen.end() ? "" : diagnostic_below(lines, *at, end), context.delayed));
    }
  } else {
    if (chosen.empty()) {
      if (const auto span = find_address(context.subject, 0);
          span && !is_one_of(context.other_parties, span->address)) {
        reports.push_back(make_report(span->address, "", context.delayed));
      }
    }
    if (chosen.empty() && reports.empty()) chosen = choose(found, kLastResort);
    if (chosen.empty() && reports.empty()) chosen = choose_spoken_of(lines, found);
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      // Of several in one line, what stands below is of each.
      std::size_t next = i + 1;
      while (next < chosen.size() && chosen[next].line == chosen[i].line)
        ++next;
      const std::size_t end = next < chosen.size() ? chosen[next].line : lines.size();
      reports.push_back(
          make_report(chosen[i].address, diagnostic_below(lines, chosen[i], end), context.delayed));
    }
    // Whom the returned message was addressed to, as far as the text or what came back says.
    for (const Candidate& candidate : found) {
      if (reports.empty() && candidate.in_to_field)
        reports.push_back(make_report(candidate.address, "", context.delayed));
    }
    if (reports.empty() && context.returned_to.size() == 1) {
      reports.push_back(make_report(context.returned_to.front(), "", context.delayed));
    }
    if (reports.empty()) {
      for (const Candidate& only : choose_only(found))
        reports.push_back(make_report(only.address, diagnostic_below(lines, only, lines.size()),
                                      context.delayed));
    }
  }
  if (reports.size() == 1) complete_single(lines, reports.front());
  for (RecipientReport& report : reports) {
    report.reason = decide_failure_reason(report.diagnostic, report.status);
  }
  return reports;
}

}  // namespace backstop::reading
