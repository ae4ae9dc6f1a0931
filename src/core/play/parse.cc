#include <fmt/core.h>

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/base32.h"
#include "core/play/play.h"

namespace backstop::play {
namespace {

class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  bool next(std::string_view& line) {
    if (rest_.empty()) return false;
    const auto end = rest_.find('\n');
    line = rest_.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    rest_ = end == std::string_view::npos ? std::string_view() : rest_.substr(end + 1);
    ++number_;
    return true;
  }
  unsigned number() const { return number_; }

 private:
  std::string_view rest_;
  unsigned number_ = 0;
};

// The first word of `text`, taken off it with the blanks behind it.
std::string_view take_word(std::string_view& text) {
  const auto end = text.find_first_of(" \t");
  const std::string_view word = text.substr(0, end);
  text = end == std::string_view::npos ? std::string_view() : ascii::trim(text.substr(end));
  return word;
}

class Parser {
 public:
  Parser(std::string_view text, std::string_view origin) : lines_(text), origin_(origin) {
    play_.origin = origin;
  }

  Result<Play> parse() {
    std::string_view line;
    while (lines_.next(line)) {
      const std::string_view text = ascii::trim(line);
      if (text.empty() || text.front() == '#') continue;
      BS_TRY_VOID(parse_line(text));
    }
    return std::move(play_);
  }

 private:
  tl::unexpected<Error> complain(std::string detail) const {
    return fail(Errc::Invalid, fmt::format("{}:{}", origin_, lines_.number()), std::move(detail));
  }

  Result<void> parse_line(std::string_view text) {
    std::string_view rest = text;
    const std::string_view word = take_word(rest);
    if (word == "config") return parse_config_block();
    if (word == "keys") return parse_keys(rest);
    if (word == "expect") return parse_expectation(rest);
    if (word == "headers") return parse_headers();
    if (word == "body") return parse_body();
    if (word == "connect") return parse_connect(rest);
    if (word == "answer") return parse_answer(rest);
    if (word == "clock") return parse_clock(rest);
    if (word == "attack") return parse_attack(rest);
    if (word == "rules") return parse_rules();
    if (word == "samples") return parse_samples(rest);
    if (word == "gap") return parse_gap(rest);
    if (word == "mail") return parse_mail(rest);
    if (word == "rcpt") return parse_rcpt(rest);
    if (word == "eoh" && rest.empty()) return add(EndOfHeaders{});
    if (word == "eom" && rest.empty()) return add(EndOfMessage{});
    if (word == "abort" && rest.empty()) return add(Abort{});
    return complain(fmt::format(
        "'{}' is no line of a play: config, keys, clock, connect, mail, rcpt, headers, eoh, "
        "body, eom, abort, answer, attack, rules, samples, gap, expect",
        word));
  }

  Result<void> parse_rcpt(std::string_view rest) {
    constexpr std::string_view kOriginal = "> ORCPT=";
    const auto end = rest.rfind(kOriginal);
    if (end == std::string_view::npos) return add(Rcpt{std::string(rest), ""});
    return add(Rcpt{std::string(rest.substr(0, end + 1)),
                    std::string(rest.substr(end + kOriginal.size()))});
  }

  Result<void> add(Action action) {
    play_.steps.push_back(Step{
        .line = lines_.number(), .action = std::move(action), .expected = {}, .expected_log = {}});
    return {};
  }

  // The lines up to "end", four blanks taken off the front of each.
  Result<std::vector<std::string>> take_block() {
    std::vector<std::string> block;
    std::string_view line;
    while (lines_.next(line)) {
      if (line == "end") return block;
      if (!line.empty() && !line.starts_with("    ")) {
        return complain("a line of a block begins with four blanks; the block ends with 'end'");
      }
      block.emplace_back(line.substr(std::min<std::size_t>(line.size(), 4)));
    }
    return complain("the block is not closed with 'end'");
  }

  Result<void> parse_config_block() {
    BS_TRY(const std::vector<std::string> block, take_block());
    for (const std::string& line : block)
      play_.config += line + "\n";
    return {};
  }

  Result<void> parse_keys(std::string_view rest) {
    if (rest == "standard") {
      play_.keys = StageKeys::Standard;
    } else if (rest == "verify-only") {
      play_.keys = StageKeys::VerifyOnly;
    } else if (rest == "none") {
      play_.keys = StageKeys::None;
    } else {
      return complain("write: keys standard, keys verify-only or keys none");
    }
    return {};
  }

  Result<void> parse_expectation(std::string_view rest) {
    if (play_.steps.empty()) return complain("an expectation follows the step it is about");
    Step& step = play_.steps.back();
    std::string_view after = rest;
    if (take_word(after) == "log") {
      step.expected_log.emplace_back(lines_.number(), after);
    } else if (rest.empty()) {
      return complain("say what to expect, as: expect reply accept");
    } else {
      step.expected.emplace_back(lines_.number(), rest);
    }
    return {};
  }

  Result<void> parse_headers() {
    const unsigned line = lines_.number();
    BS_TRY(const std::vector<std::string> block, take_block());
    Headers headers;
    for (const std::string& text : block) {
      if (!text.empty() && ascii::is_blank(text.front()) && !headers.fields.empty()) {
        headers.fields.back().second += "\n" + text;
        continue;
      }
      const auto colon = text.find(':');
      if (colon == std::string::npos) return complain(fmt::format("'{}' is no header field", text));
      headers.fields.emplace_back(text.substr(0, colon), text.substr(colon + 1));
    }
    BS_TRY_VOID(add(std::move(headers)));
    play_.steps.back().line = line;
    return {};
  }

  Result<void> parse_body() {
    const unsigned line = lines_.number();
    BS_TRY(const std::vector<std::string> block, take_block());
    Body body;
    for (const std::string& text : block)
      body.text += text + "\r\n";
    BS_TRY_VOID(add(std::move(body)));
    play_.steps.back().line = line;
    return {};
  }

  Result<void> parse_connect(std::string_view rest) {
    Connect connect;
    const std::string_view address = take_word(rest);
    connect.address = address == "local" ? std::string_view() : address;
    connect.name = take_word(rest);
    if (take_word(rest) == "daemon") connect.daemon_name = take_word(rest);
    if (address.empty() || !rest.empty())
      return complain("write: connect ADDRESS|local [NAME [daemon NAME]]");
    return add(std::move(connect));
  }

  Result<void> parse_mail(std::string_view rest) {
    Mail mail;
    if (const auto at = rest.rfind(" as "); at != std::string_view::npos) {
      mail.authenticated = ascii::trim(rest.substr(at + 4));
      rest = ascii::trim(rest.substr(0, at));
    }
    constexpr std::string_view kEnvelopeId = "> ENVID=";
    if (const auto at = rest.rfind(kEnvelopeId); at != std::string_view::npos) {
      mail.envelope_id = rest.substr(at + kEnvelopeId.size());
      rest = rest.substr(0, at + 1);
    }
    mail.path = rest;
    return add(std::move(mail));
  }

  Result<void> parse_answer(std::string_view rest) {
    const std::string_view form =
        "write: answer permit nonce 0102030405, answer permit unavailable, answer ledger "
        "unavailable, or: answer dkim-key unavailable";
    const std::string_view to = take_word(rest);
    if (to == "ledger" && rest == "unavailable")
      return add(Answer{.to = Answer::To::Ledger, .granted = false, .nonce_hex = ""});
    if (to == "dkim-key" && rest == "unavailable")
      return add(Answer{.to = Answer::To::DkimKey, .granted = false, .nonce_hex = ""});
    if (to != "permit") return complain(std::string(form));
    const std::string_view what = take_word(rest);
    if (what == "unavailable" && rest.empty()) return add(Answer{});
    const auto nonce = decode_hex(rest);
    if (what != "nonce" || !nonce || nonce->size() != 5) return complain(std::string(form));
    return add(Answer{.to = Answer::To::Permit, .granted = true, .nonce_hex = std::string(rest)});
  }

  Result<void> parse_attack(std::string_view rest) {
    for (const auto attack : {policy::Attack::Peace, policy::Attack::Fits, policy::Attack::Apart}) {
      if (policy::name_of(attack) == rest) return add(SetAttack{attack});
    }
    return complain("write: attack peace, attack fits or attack apart");
  }

  Result<void> parse_rules() {
    const unsigned line = lines_.number();
    BS_TRY(const std::vector<std::string> block, take_block());
    std::string text;
    for (const std::string& each : block)
      text += each + "\n";
    auto rules = watch::RuleBook::parse(text);
    if (!rules) return complain("the block is no file of rules");
    BS_TRY_VOID(add(SetRules{*std::move(rules)}));
    play_.steps.back().line = line;
    return {};
  }

  Result<void> parse_samples(std::string_view rest) {
    if (rest != "on" && rest != "off") return complain("write: samples on or samples off");
    return add(SetSampling{rest == "on"});
  }

  Result<void> parse_gap(std::string_view rest) {
    const auto gaps = proof::parse_gaps(rest);
    if (gaps.size() != 1) {
      return complain("write: gap 2026-11-21T03:00:00Z 2026-11-21T03:05:00Z down");
    }
    return add(AddGap{gaps.front()});
  }

  Result<void> parse_clock(std::string_view rest) {
    const auto now = parse_instant(rest);
    if (!now) return complain(now.error().detail);
    return add(SetClock{*now});
  }

  Lines lines_;
  std::string_view origin_;
  Play play_;
};

}  // namespace

bool Play::needs_no_script() const {
  // The stage's DKIM key is no daemon's.
  return keys == StageKeys::Standard && config.find("[dkim]") == std::string::npos &&
         std::none_of(steps.begin(), steps.end(), [](const Step& step) {
           return std::holds_alternative<Answer>(step.action) ||
                  std::holds_alternative<SetClock>(step.action) ||
                  std::holds_alternative<SetAttack>(step.action) ||
                  std::holds_alternative<SetRules>(step.action) ||
                  std::holds_alternative<SetSampling>(step.action) ||
                  std::holds_alternative<AddGap>(step.action);
         });
}

Result<Play> parse_play(std::string_view text, std::string_view origin) {
  return Parser(text, origin).parse();
}

}  // namespace backstop::play
