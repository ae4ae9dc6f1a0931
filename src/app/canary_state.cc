#include "app/canary_state.h"

#include <fmt/format.h>

#include <charconv>

#include "app/check_parts.h"
#include "core/base/escape.h"
#include "edge/os/text_file.h"

namespace backstop::app {
namespace {

constexpr std::string_view kFirstLine = "backstop-canary 1";
constexpr std::size_t kStateBytes = 16 * 1024;
constexpr std::size_t kTroubleBytes = 2048;
constexpr std::uint32_t kStateMode = 0640;

void append_time(std::string& out, std::string_view name, const std::optional<Instant>& at) {
  if (at) out += fmt::format("{} {}\n", name, render_instant(*at));
}

std::optional<Instant> instant_of(std::string_view text) {
  const auto instant = parse_instant(text);
  return instant ? std::optional(*instant) : std::nullopt;
}

std::uint64_t number_of(std::string_view text) {
  std::uint64_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

// Keys in hexadecimal, with blanks between.
std::vector<proof::SentKey> parties_of(std::string_view text) {
  std::vector<proof::SentKey> out;
  while (!text.empty() && out.size() < TokenSilence::kPartiesKept) {
    proof::SentKey key = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key, 16);
    if (error != std::errc{}) break;
    out.push_back(key);
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    if (text.starts_with(' ')) text.remove_prefix(1);
  }
  return out;
}

CanaryOutcome outcome_of(std::string_view text) {
  for (const CanaryOutcome outcome : {CanaryOutcome::Passed, CanaryOutcome::Wrong})
    if (text == name_of(outcome)) return outcome;
  return CanaryOutcome::Unreached;
}

void take_line(std::string_view name, std::string_view value, CanaryState& state) {
  if (name == "entered") state.has_entered = value == "yes";
  if (name == "passed") state.passed = instant_of(value);
  if (name == "tried") state.tried = instant_of(value);
  if (name == "outcome") state.outcome = outcome_of(value);
  if (name == "failing-since") state.failing_since = instant_of(value);
  if (name == "trouble") state.trouble = value;
  if (name == "silent-since") state.silence.since = instant_of(value).value_or(Instant{});
  if (name == "answers") state.silence.answers = number_of(value);
  if (name == "parties") state.silence.parties = parties_of(value);
  if (name == "letters") state.silence.letters = number_of(value);
}

}  // namespace

std::string render_canary_state(const CanaryState& state) {
  std::string out = fmt::format("{}\nentered {}\n", kFirstLine, state.has_entered ? "yes" : "no");
  append_time(out, "passed", state.passed);
  append_time(out, "tried", state.tried);
  out += fmt::format("outcome {}\n", name_of(state.outcome));
  append_time(out, "failing-since", state.failing_since);
  if (!state.trouble.empty())
    out += fmt::format("trouble {}\n", escape_terminal(state.trouble.substr(0, kTroubleBytes)));
  if (state.silence.since != Instant{})
    out += fmt::format("silent-since {}\nanswers {}\nparties {:x}\nletters {}\n",
                       render_instant(state.silence.since), state.silence.answers,
                       fmt::join(state.silence.parties, " "), state.silence.letters);
  return out;
}

std::optional<CanaryState> parse_canary_state(std::string_view text) {
  CanaryState out;
  for (bool first = true; !text.empty(); first = false) {
    const auto newline = text.find('\n');
    const std::string_view line = text.substr(0, newline);
    if (first && line != kFirstLine) return std::nullopt;
    const auto blank = line.find(' ');
    if (!first && blank != std::string_view::npos)
      take_line(line.substr(0, blank), line.substr(blank + 1), out);
    if (newline == std::string_view::npos) return out;
    text.remove_prefix(newline + 1);
    if (text.empty()) return out;
  }
  return std::nullopt;
}

std::optional<CanaryState> read_canary_state(const std::string& directory) {
  const auto text = os::read_text_file(fmt::format("{}/{}", directory, kCanaryFile), kStateBytes);
  return text ? parse_canary_state(*text) : std::nullopt;
}

Result<void> write_canary_state(const std::string& directory, const CanaryState& state) {
  return os::write_text_file(fmt::format("{}/{}", directory, kCanaryFile),
                             render_canary_state(state), kStateMode);
}

void check_canary(const config::Config& config, const std::string& root, Findings& findings) {
  if (!config.canary.is_on()) {
    findings.good("canary", "switched off");
    return;
  }
  if (config.store_directory.empty()) return;
  const auto state = read_canary_state(below(root, config.store_directory));
  if (!state || !state->has_entered) {
    findings.advice("canary", "has never entered the mail server",
                    "a way that breaks without a sound, as a milter that is taken out, stays "
                    "unnoticed",
                    "backstop setup --apply --reload makes its listener; then: backstop canary");
  } else if (state->failing_since) {
    findings.wrong("canary", fmt::format("fails since {}", render_instant(*state->failing_since)),
                   state->trouble, "backstop canary shows each step");
  } else {
    findings.good("canary", state->passed ? "passed at " + render_instant(*state->passed)
                                          : std::string("has entered the mail server"));
  }
}

std::string say_trouble(const CanaryReport& report) {
  const CanaryStep* const step = report.first_wrong();
  if (step == nullptr) return {};
  return escape_terminal(fmt::format("{}{}: answered {}, expected {}. Most likely {}. Do: {}",
                                     step->twin ? name_of(*step->twin) : "",
                                     step->twin ? " bounce, " + step->asked : step->asked,
                                     step->answered, step->expected, step->cause, step->todo));
}

}  // namespace backstop::app
