// A watch as text: one line of words for each thing (docs/formats/watch.md).
#include <algorithm>
#include <utility>

#include "core/base/word_line.h"
#include "core/watch/run_text.h"
#include "core/watch/text_words.h"
#include "core/watch/watch_state.h"

namespace backstop::watch {
namespace {

// Another number is another form.
constexpr std::string_view kForm = "1";

std::string render_standing(const Standing& alarm) {
  return fmt::format("{} {} {} {} {} {} {:.6g} {:.6g} {} {}", static_cast<unsigned>(alarm.path),
                     alarm.first, alarm.raised, alarm.last, alarm.loud, alarm.count, alarm.normal,
                     alarm.factor, alarm.run, render_sketch(alarm.clients));
}

// The ten words from `words[at]` on.
std::optional<Standing> parse_standing(const std::vector<std::string_view>& words, std::size_t at) {
  Standing out;
  unsigned path = 0;
  const bool good =
      words.size() == at + 10 && parse_number(words[at], path) &&
      path <= static_cast<unsigned>(Path::Connections) && parse_number(words[at + 1], out.first) &&
      parse_number(words[at + 2], out.raised) && parse_number(words[at + 3], out.last) &&
      parse_number(words[at + 4], out.loud) && parse_number(words[at + 5], out.count) &&
      parse_number(words[at + 6], out.normal) && parse_number(words[at + 7], out.factor) &&
      parse_number(words[at + 8], out.run) && parse_sketch(words[at + 9], out.clients) &&
      out.normal >= 0 && out.factor >= 0 && out.first <= out.last;
  out.path = static_cast<Path>(path);
  return good ? std::optional(std::move(out)) : std::nullopt;
}

bool parse_baseline(const std::vector<std::string_view>& words, std::size_t at, Baseline& out) {
  if (words.size() == at + 1) return out.parse(words[at]);
  return words.size() == at + 4 && out.parse(fmt::format("{} {} {} {}", words[at], words[at + 1],
                                                         words[at + 2], words[at + 3]));
}

// The lines of a file, one after the other.
template <class State>
class Lines {
 public:
  explicit Lines(State& state) : state_(state) {}

  // False when the line is none of the form.
  bool take(const std::vector<std::string_view>& words) {
    const std::string_view what = words[0];
    if (what == "connections") return parse_baseline(words, 1, state_.connections.baseline());
    if (what == "domain") return take_domain(words);
    if (what == "alarm") return take_alarm(words);
    if (what == "mailbox") return take_mailbox(words);
    if (what == "feature") return parse_feature(words, features_);
    if (what == "last-run") return words.size() == 2 && parse_number(words[1], last_run_);
    if (what == "run") runs_.push_back(std::make_unique<Run>());
    return !runs_.empty() && parse_run_line(words, *runs_.back());
  }

  // False when the lines do not fit each other.
  bool conclude() {
    if (runs_.size() > limits::kWatchRuns) return false;
    std::vector<std::uint32_t> ids;
    for (const auto& run : runs_)
      ids.push_back(run->id);
    std::ranges::sort(ids);
    const bool are_unique = std::ranges::adjacent_find(ids) == ids.end();
    if (!are_unique || (!ids.empty() && ids.back() > last_run_)) return false;
    state_.runs.restore(last_run_, std::move(runs_), std::move(features_));
    return true;
  }

 private:
  bool take_domain(const std::vector<std::string_view>& words) {
    if (words.size() < 3 || state_.domains.size() > limits::kWatchDomains) return false;
    const auto name = unescape_word(words[1]);
    return name && !name->empty() && name->size() <= limits::kWatchTextBytes &&
           parse_baseline(words, 2, state_.domain_of(*name).baseline());
  }

  bool take_alarm(const std::vector<std::string_view>& words) {
    const auto kind = words.size() == 13 ? parse_attack_kind(words[1]) : std::nullopt;
    const auto name = kind ? unescape_word(words[2]) : std::nullopt;
    auto standing = name ? parse_standing(words, 3) : std::nullopt;
    if (!standing || *kind == AttackKind::HelpDesk || name->empty() ||
        name->size() > limits::kWatchTextBytes)
      return false;
    DomainWatch& domain = state_.domain_of(*name);
    if (!domain.has_alarm()) state_.alarmed.push_back(&domain);
    domain.restore(*kind, *std::move(standing));
    return true;
  }

  bool take_mailbox(const std::vector<std::string_view>& words) {
    std::uint64_t hash = 0;
    if (words.size() != 14 || !parse_number(words[1], hash, 16)) return false;
    const auto local = unescape_word(words[2]);
    const auto domain = unescape_word(words[3]);
    auto standing = parse_standing(words, 4);
    if (!local || !domain || !standing || local->size() > limits::kWatchTextBytes ||
        domain->size() > limits::kWatchTextBytes)
      return false;
    Mailbox mailbox;
    mailbox.local = *local;
    mailbox.domain = *domain;
    mailbox.alarm = std::make_unique<Standing>(*std::move(standing));
    state_.mailboxes.restore(hash, std::move(mailbox));
    return state_.mailboxes.all().size() <= limits::kWatchMailboxes;
  }

  State& state_;
  std::uint32_t last_run_ = 0;
  std::vector<std::unique_ptr<Run>> runs_;
  FeatureTable features_;
};

}  // namespace

std::string Watch::render() const {
  const State& state = *state_;
  std::string out = fmt::format("watch {} {} {:x}\n", kForm, state.now, state.seed);
  const auto add = std::back_inserter(out);
  fmt::format_to(add, "connections {}\n", state.connections.baseline().render());
  fmt::format_to(add, "last-run {}\n", state.runs.last_id());
  for (const auto& [name, domain] : state.domains)
    if (!name.empty())
      fmt::format_to(add, "domain {} {}\n", escape_word(name), domain->baseline().render());
  for (const DomainWatch* const domain : state.alarmed) {
    for (unsigned i = 0; i < kAttackKinds; ++i) {
      const auto kind = static_cast<AttackKind>(i);
      const Standing* const alarm = domain->standing(kind);
      if (alarm == nullptr || domain->name().empty()) continue;
      Standing resolved = *alarm;
      resolved.run = state.runs.resolve(alarm->run);
      fmt::format_to(add, "alarm {} {} {}\n", name_of(kind), escape_word(domain->name()),
                     render_standing(resolved));
    }
  }
  for (const auto& [hash, mailbox] : state.mailboxes.all()) {
    if (mailbox.alarm == nullptr || mailbox.local.empty() || mailbox.domain.empty()) continue;
    fmt::format_to(add, "mailbox {:x} {} {} {}\n", hash, escape_word(mailbox.local),
                   escape_word(mailbox.domain), render_standing(*mailbox.alarm));
  }
  for (const auto& [id, run] : state.runs.open())
    render_run(*run, out);
  for (const auto& [hash, feature] : state.runs.features().all()) {
    if (feature.run != 0 || feature.ours != 0) render_feature(hash, feature, out);
  }
  return out + "end\n";
}

Result<Watch> Watch::parse(std::string_view text) {
  if (text.size() > limits::kWatchFileBytes)
    return fail(Errc::Limit, "", "it is larger than any that is written");
  std::size_t line = 1;
  const auto refuse = [&] {
    return fail(Errc::Invalid, fmt::format("line {}", line),
                "it is not of this form; the file is damaged, or of another version");
  };
  const auto head = take_word_line(text);
  std::uint64_t seed = 0;
  Second now = 0;
  if (!head || head->size() != 4 || (*head)[0] != "watch" || (*head)[1] != kForm ||
      !parse_number((*head)[2], now) || !parse_number((*head)[3], seed, 16))
    return refuse();
  auto state = std::make_unique<State>(seed);
  state->now = now;
  Lines lines(*state);
  for (;;) {
    ++line;
    const auto words = take_word_line(text);
    if (!words) return refuse();  // It ends before its end.
    if ((*words)[0] == "end") break;
    if (!lines.take(*words)) return refuse();
  }
  if (!lines.conclude()) return refuse();
  return Watch(std::move(state));
}

}  // namespace backstop::watch
