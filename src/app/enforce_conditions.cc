#include "app/enforce_conditions.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/text_page.h"

namespace backstop::app {
namespace {

// Paths told one by one; more are counted.
constexpr std::size_t kToldPaths = 5;

std::optional<Instant> signing_since_of(const EnforceQuestion& question) {
  if (question.domain->signing_since) return question.domain->signing_since;
  return question.learnt == nullptr ? std::nullopt : question.learnt->signing_since;
}

void add_signing(const EnforceQuestion& question, Instant now, std::vector<Unmet>& out) {
  const auto since = signing_since_of(question);
  const auto from = enforceable_from(question);
  if (!since || !from) {
    out.push_back({"signing_since", "nothing of the domain was signed yet",
                   "let its mail leave through this server: backstop setup, backstop check"});
    return;
  }
  if (now >= *from) return;
  out.push_back(
      {.name = "signing_since",
       .what = fmt::format("signing began {}, and mail from before it may be answered "
                           "for another while (queue {} and {})",
                           render_instant(*since), render_duration(question.queue_lifetime),
                           render_duration(kWarmUpMargin)),
       .todo = fmt::format("come back {}", render_instant(*from)),
       .until = from,
       // What the operator wrote is his word, for a domain that enforces already.
       .lapses = !question.domain->signing_since.has_value()});
}

void add_said_coverage(const config::Domain& domain, std::vector<Unmet>& out) {
  if (domain.coverage == policy::Coverage::Covered) return;
  out.push_back(
      {"coverage",
       fmt::format("the configuration says coverage = \"{}\"", policy::name_of(domain.coverage)),
       fmt::format("take that line out of [domains.\"{}\"], and what is learnt counts; or "
                   "write \"covered\" once all that sends for it passes here",
                   domain.name)});
}

// Mail of the domain was seen in the mail server's log, or the operator said that nothing is
// missing.
bool shows_log(const coverage::DomainView& view) {
  if (view.wholeness == coverage::Wholeness::Said) return true;
  return std::ranges::any_of(view.paths, [](const coverage::PathView& path) {
    const bool logged = path.name.kind == coverage::PathKind::Service ||
                        path.name.kind == coverage::PathKind::Client;
    return logged && path.signed_count > 0;
  });
}

void add_paths(const EnforceQuestion& question, std::vector<Unmet>& out) {
  const coverage::DomainView& view = *question.learnt;
  std::size_t open = 0;
  for (const coverage::PathView& path : view.paths) {
    if (!path.is_open || ++open > kToldPaths) continue;
    out.push_back({.name = "path",
                   .what = fmt::format("{}: {}", coverage::say_path(path, view.domain),
                                       coverage::say_evidence(path)),
                   .todo = coverage::say_step(path, view.domain, question.server),
                   .until = {},
                   .lapses = !path.is_weak});
  }
  if (open > kToldPaths) {
    out.push_back(
        {.name = "path",
         .what = fmt::format("{} more may bypass signing", count_of(open - kToldPaths, "path")),
         .todo = fmt::format("see all: backstop coverage {}", view.domain),
         .until = {},
         .lapses = view.coverage != policy::Coverage::Covered});
  }
  if (!shows_log(view)) {
    out.push_back({"log",
                   "no log of the mail server was seen with its mail, so what leaves by another "
                   "service of this server would not be noticed",
                   fmt::format("name the log in logs.mail of the configuration; or, if there is no "
                               "other way, say so: backstop coverage {} whole",
                               view.domain)});
  }
  if (!coverage::is_whole(view.wholeness)) {
    out.push_back({"list", coverage::say_wholeness(view), coverage::say_wholeness_step(view)});
  }
  if (open == 0 && coverage::is_whole(view.wholeness) &&
      view.coverage != policy::Coverage::Covered) {
    out.push_back({"coverage", fmt::format("coverage is {}", policy::name_of(view.coverage)),
                   fmt::format("see why: backstop coverage {}", view.domain)});
  }
}

}  // namespace

std::optional<Instant> enforceable_from(const EnforceQuestion& question) {
  const auto since = signing_since_of(question);
  if (!since) return std::nullopt;
  return *since + question.queue_lifetime + kWarmUpMargin;
}

std::vector<Unmet> unmet_for_enforce(const EnforceQuestion& question, Instant now) {
  std::vector<Unmet> out;
  if (question.domain == nullptr) {
    out.push_back({"domain", "the configuration does not guard this domain yet",
                   "set it to observe first, and let it learn"});
    return out;
  }
  const config::Domain& domain = *question.domain;
  if (!question.signs) {
    out.push_back({"key", "no key signs, so nothing we send can be recognised",
                   "make one: backstop keys add --new-ring; or rotate, where there is a ring"});
  }
  add_signing(question, now, out);
  if (domain.says_coverage()) {
    add_said_coverage(domain, out);
  } else if (question.learnt != nullptr) {
    add_paths(question, out);
  } else {
    out.push_back({"coverage", "nothing is known yet of the ways in which its mail leaves",
                   "let backstopd run with store.directory set, and look at: backstop coverage"});
  }
  if (question.open_groups > 0) {
    out.push_back({.name = "review",
                   .what = fmt::format("{} of mail that would be refused, though something speaks "
                                       "for it, {} not looked at",
                                       count_of(question.open_groups, "group"),
                                       question.open_groups == 1 ? "is" : "are"),
                   .todo = "look at them, one key for each: backstop review",
                   .until = {},
                   .lapses = false});
  }
  return out;
}

}  // namespace backstop::app
