// A scenario's text: lines "[section]" and "option = value", one option a row of a table here.
#include <algorithm>
#include <functional>
#include <span>

#include "core/base/scenario_limits.h"
#include "core/scenario/texts.h"
#include "core/scenario/values.h"

namespace backstop::scenario {
namespace {

template <class Section>
struct Option {
  std::string_view name;
  Result<void> (*read)(std::string_view, Section&);
};

constexpr std::uint64_t kMostNames = limits::kScenarioNames;

constexpr Option<Scenario> kScenarioOptions[] = {
    {"title",
     [](std::string_view v, Scenario& s) -> Result<void> {
       s.title = v;
       return {};
     }},
    {"begins", [](std::string_view v, Scenario& s) { return read_value(v, s.begins); }},
    {"lasts", [](std::string_view v, Scenario& s) { return read_value(v, s.lasts); }},
};

constexpr Option<Site> kSiteOptions[] = {
    {"domain", [](std::string_view v, Site& s) { return read_text(v, s.domain); }},
    {"domains", [](std::string_view v, Site& s) { return read_count(v, s.domains, 1000); }},
    {"enforces", [](std::string_view v, Site& s) { return read_value(v, s.enforces); }},
    {"users", [](std::string_view v, Site& s) { return read_count(v, s.users, kMostNames); }},
    {"catch-all", [](std::string_view v, Site& s) { return read_value(v, s.catch_all); }},
    {"sends-mail", [](std::string_view v, Site& s) { return read_value(v, s.sends_mail); }},
    {"service", [](std::string_view v, Site& s) { return read_text(v, s.service); }},
    {"ordinary-per-day",
     [](std::string_view v, Site& s) { return read_amount(v, s.ordinary_per_day); }},
};

constexpr Option<OwnMail> kOwnOptions[] = {
    {"starts", [](std::string_view v, OwnMail& o) { return read_value(v, o.span.starts); }},
    {"lasts", [](std::string_view v, OwnMail& o) { return read_value(v, o.span.lasts); }},
    {"way", [](std::string_view v, OwnMail& o) { return read_way(v, o.way); }},
    {"per-day",
     [](std::string_view v, OwnMail& o) {
       o.is_mailing = false;
       return read_amount(v, o.messages);
     }},
    {"mailing-to",
     [](std::string_view v, OwnMail& o) {
       o.is_mailing = true;
       return read_amount(v, o.messages);
     }},
    {"fails", [](std::string_view v, OwnMail& o) { return read_share(v, o.fails); }},
    {"asynchronous", [](std::string_view v, OwnMail& o) { return read_share(v, o.asynchronous); }},
    {"auto-replies", [](std::string_view v, OwnMail& o) { return read_share(v, o.auto_replies); }},
    {"senders",
     [](std::string_view v, OwnMail& o) { return read_count(v, o.senders, kMostNames); }},
    {"partners",
     [](std::string_view v, OwnMail& o) { return read_count(v, o.partners, kMostNames); }},
};

constexpr Option<Run> kRunOptions[] = {
    {"starts", [](std::string_view v, Run& r) { return read_value(v, r.span.starts); }},
    {"lasts", [](std::string_view v, Run& r) { return read_value(v, r.span.lasts); }},
    {"messages", [](std::string_view v, Run& r) { return read_amount(v, r.messages); }},
    {"undeliverable", [](std::string_view v, Run& r) { return read_share(v, r.undeliverable); }},
    {"backscatter", [](std::string_view v, Run& r) { return read_share(v, r.backscatter); }},
    {"answers", [](std::string_view v, Run& r) { return read_amount(v, r.answers.emplace()); }},
    {"bursts",
     [](std::string_view v, Run& r) { return read_range(v, r.burst_least, r.burst_most); }},
    {"peak", [](std::string_view v, Run& r) { return read_number(v, r.peak, 1, 1000); }},
    {"delay-quick", [](std::string_view v, Run& r) { return read_share(v, r.delay_quick); }},
    {"delay-slow", [](std::string_view v, Run& r) { return read_share(v, r.delay_slow); }},
    {"kinds", [](std::string_view v, Run& r) { return read_kinds(v, r.kinds); }},
    {"languages", [](std::string_view v, Run& r) { return read_languages(v, r.languages); }},
    {"returns", [](std::string_view v, Run& r) { return read_returns(v, r.returns); }},
    {"forges", [](std::string_view v, Run& r) { return read_forges(v, r.forges); }},
    {"locals", [](std::string_view v, Run& r) { return read_style(v, r.locals); }},
    {"addresses",
     [](std::string_view v, Run& r) { return read_count(v, r.addresses, kMostNames); }},
    {"names", [](std::string_view v, Run& r) { return read_count(v, r.names, kMostNames); }},
    {"sources", [](std::string_view v, Run& r) { return read_count(v, r.sources, kMostNames); }},
    {"mean-bytes",
     [](std::string_view v, Run& r) {
       return read_number(v, r.mean_bytes, 2000, double{limits::kScenarioMessageBytes});
     }},
    {"sender-passes-dkim",
     [](std::string_view v, Run& r) { return read_value(v, r.sender_passes_dkim); }},
};

constexpr Option<Callouts> kCalloutOptions[] = {
    {"starts", [](std::string_view v, Callouts& c) { return read_value(v, c.span.starts); }},
    {"lasts", [](std::string_view v, Callouts& c) { return read_value(v, c.span.lasts); }},
    {"sessions", [](std::string_view v, Callouts& c) { return read_amount(v, c.sessions); }},
    {"clients",
     [](std::string_view v, Callouts& c) { return read_count(v, c.clients, kMostNames); }},
    {"addresses-exist", [](std::string_view v, Callouts& c) { return read_value(v, c.exist); }},
};

constexpr Option<Dictionary> kDictionaryOptions[] = {
    {"starts", [](std::string_view v, Dictionary& d) { return read_value(v, d.span.starts); }},
    {"lasts", [](std::string_view v, Dictionary& d) { return read_value(v, d.span.lasts); }},
    {"tries", [](std::string_view v, Dictionary& d) { return read_amount(v, d.tries); }},
    {"clients",
     [](std::string_view v, Dictionary& d) { return read_count(v, d.clients, kMostNames); }},
};

constexpr Option<Poison> kPoisonOptions[] = {
    {"starts", [](std::string_view v, Poison& p) { return read_value(v, p.span.starts); }},
    {"lasts", [](std::string_view v, Poison& p) { return read_value(v, p.span.lasts); }},
    {"bounces", [](std::string_view v, Poison& p) { return read_amount(v, p.bounces); }},
    {"victims", [](std::string_view v, Poison& p) { return read_count(v, p.victims, kMostNames); }},
};

constexpr Option<KeyChange> kKeyOptions[] = {
    {"at", [](std::string_view v, KeyChange& k) { return read_value(v, k.at); }},
};

using Reader = std::function<Result<void>(std::string_view name, std::string_view value)>;

template <class Section>
Reader make_reader(std::span<const Option<Section>> options, Section& section) {
  return [options, &section](std::string_view name, std::string_view value) -> Result<void> {
    for (const Option<Section>& option : options) {
      if (option.name == name) return option.read(value, section);
    }
    return fail(Errc::Invalid, "", "there is no option '" + std::string(name) + "' here");
  };
}

// What an answer to spam is, in 2026.
void fill_in(Run& run) {
  using reading::Kind;
  if (run.kinds.empty())
    run.kinds = {
        {Kind::Bounce, 0.56},    {Kind::AutoReply, 0.23},    {Kind::SubscriptionConfirm, 0.03},
        {Kind::Challenge, 0.01}, {Kind::VirusNotice, 0.005}, {Kind::ContentNotice, 0.005},
        {Kind::TicketAck, 0.15}};
  if (run.languages.empty())
    run.languages = {{"en", 0.76}, {"de", 0.05}, {"ja", 0.04},  {"fr", 0.03},
                     {"es", 0.03}, {"pt", 0.02}, {"it", 0.02},  {"ru", 0.02},
                     {"zh", 0.01}, {"nl", 0.01}, {"sv", 0.005}, {"pl", 0.005}};
  if (run.returns.empty())
    run.returns = {{Returns::Full, 0.65}, {Returns::Headers, 0.25}, {Returns::Little, 0.10}};
  if (run.forges.empty())
    run.forges = {{Forging::Held, 0.25},
                  {Forging::Fresh, 0.40},
                  {Forging::Names, 0.20},
                  {Forging::Real, 0.15}};
}

class Parser {
 public:
  explicit Parser(std::string_view origin) : origin_(origin) {
    reader_ = make_reader<Scenario>(kScenarioOptions, out_);
  }

  Result<void> read_line(std::string_view line) {
    ++line_;
    if (line.size() > limits::kScenarioLineBytes) return complain("this line is too long");
    const std::string_view text = trim(line);
    if (text.empty() || text.front() == '#') return {};
    if (text.front() == '[') return open(text);
    if (expects_) return expect(text);
    const std::size_t sign = text.find('=');
    if (sign == text.npos) return complain("write 'option = value' or '[section]'");
    if (auto read = reader_(trim(text.substr(0, sign)), trim(text.substr(sign + 1))); !read)
      return complain(read.error().detail);
    return {};
  }

  Result<Scenario> finish() {
    const auto inside = [&](const Span& span) {
      return span.starts >= Seconds{0} && span.starts < out_.lasts;
    };
    if (out_.lasts < std::chrono::minutes{1} || out_.lasts > Days{limits::kScenarioDays})
      return complain("a scenario lasts from a minute to 400 days: set 'lasts'");
    if (out_.begins == Instant{}) return complain("set 'begins', as 2026-03-02");
    const auto all_inside = [&](const auto& sections) {
      return std::ranges::all_of(sections, [&](const auto& each) { return inside(each.span); });
    };
    if (!all_inside(out_.own) || !all_inside(out_.runs) || !all_inside(out_.callouts) ||
        !all_inside(out_.dictionaries) || !all_inside(out_.poisons))
      return complain("a section starts after the scenario is over");
    for (Run& run : out_.runs) {
      fill_in(run);
      if (run.delay_quick + run.delay_slow > 1.0001)
        return complain("delay-quick and delay-slow are more than all together");
      for (const auto& kind : run.kinds) {
        if (!has_answer(kind.what))
          return complain("no text is written for the kind " +
                          std::string(reading::name_of(kind.what)));
      }
    }
    const bool serves = std::ranges::any_of(
        out_.own, [](const OwnMail& own) { return own.way == OwnMail::Way::Service; });
    if (serves && out_.site.service.empty())
      return complain("mail by a service needs 'service' in [site]");
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> complain(std::string what) const {
    return fail(Errc::Invalid, std::string(origin_) + ":" + std::to_string(line_), std::move(what));
  }

  Result<void> open(std::string_view text) {
    if (text.back() != ']') return complain("a section's name ends in ']'");
    const std::string_view name = trim(text.substr(1, text.size() - 2));
    if (++sections_ > limits::kScenarioSections) return complain("there are too many sections");
    expects_ = name == "expect";
    if (expects_) return {};
    if (name == "site") {
      reader_ = make_reader<Site>(kSiteOptions, out_.site);
    } else if (name == "own") {
      reader_ = make_reader<OwnMail>(kOwnOptions, out_.own.emplace_back());
    } else if (name == "run") {
      reader_ = make_reader<Run>(kRunOptions, out_.runs.emplace_back());
    } else if (name == "callouts") {
      reader_ = make_reader<Callouts>(kCalloutOptions, out_.callouts.emplace_back());
    } else if (name == "dictionary") {
      reader_ = make_reader<Dictionary>(kDictionaryOptions, out_.dictionaries.emplace_back());
    } else if (name == "poison") {
      reader_ = make_reader<Poison>(kPoisonOptions, out_.poisons.emplace_back());
    } else if (name == "new-key") {
      reader_ = make_reader<KeyChange>(kKeyOptions, out_.key_changes.emplace_back());
    } else {
      return complain(
          "there is no section '" + std::string(name) +
          "'; there are: site, own, run, callouts, dictionary, poison, new-key, expect");
    }
    return {};
  }

  Result<void> expect(std::string_view text) {
    auto expectation = parse_expectation(text);
    if (!expectation) return complain(expectation.error().detail);
    expectation->line = line_;
    out_.expected.push_back(*std::move(expectation));
    return {};
  }

  std::string_view origin_;
  Scenario out_;
  Reader reader_;
  bool expects_ = false;
  unsigned line_ = 0;
  std::size_t sections_ = 0;
};

}  // namespace

Result<Scenario> parse_scenario(std::string_view text, std::string_view origin) {
  if (text.size() > limits::kScenarioFileBytes)
    return fail(Errc::Limit, std::string(origin), "this is too long for a scenario");
  Parser parser(origin);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    BS_TRY_VOID(parser.read_line(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parser.finish();
}

void scale(Scenario& scenario, double scale) {
  scenario.site.ordinary_per_day *= scale;
  for (OwnMail& own : scenario.own)
    own.messages *= scale;
  for (Run& run : scenario.runs) {
    run.messages *= scale;
    if (run.answers) *run.answers *= scale;
  }
  for (Callouts& callouts : scenario.callouts)
    callouts.sessions *= scale;
  for (Dictionary& dictionary : scenario.dictionaries)
    dictionary.tries *= scale;
  for (Poison& poison : scenario.poisons)
    poison.bounces *= scale;
  for (Expectation& expectation : scenario.expected) {
    if (expectation.value && is_amount(expectation.figure))
      *expectation.value = std::floor(*expectation.value * scale + 0.5);
  }
}

}  // namespace backstop::scenario
