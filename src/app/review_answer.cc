#include "app/review_answer.h"

#include <fmt/format.h>

#include "app/coverage_file.h"
#include "app/text_page.h"

namespace backstop::app {
namespace {

using coverage::Word;
using review::Answer;

struct DomainPath {
  std::string domain;
  coverage::PathName path;
};

// "example.com message-id:esp.example"
std::optional<DomainPath> parse_path(const std::string& text) {
  const std::size_t blank = text.find(' ');
  if (blank == text.npos) return std::nullopt;
  auto path = coverage::parse_path_name(std::string_view(text).substr(blank + 1));
  if (!path || path->kind == coverage::PathKind::Here) return std::nullopt;
  return DomainPath{text.substr(0, blank), *std::move(path)};
}

Word find_word(const coverage::Words& words, const DomainPath& of) {
  const auto domain = words.find(of.domain);
  if (domain == words.end()) return Word::None;
  const auto said = domain->second.said.find(of.path);
  return said == domain->second.said.end() ? Word::None : said->second.word;
}

std::string say_learnt(const DomainPath& of) {
  return fmt::format(
      "Mail of {} leaves by {} and is not signed: what it sends keeps the domain from being "
      "covered. backstop coverage {} says what to do.",
      of.domain, of.path.text(), of.domain);
}

Lessons tell(const store::ReviewGroup& group, Answer answer) {
  const std::string messages = count_of(group.count, "message");
  switch (answer) {
    case Answer::Ours:
      return {fmt::format("This group answers mail of yours, as you say ({}).", messages),
              "How such messages are judged does not change by it."};
    case Answer::NotOurs:
      return {
          fmt::format("This group answers mail that you never sent, as you say ({}).", messages),
          group.hints == 0 ? "The group is closed."
                           : "The group is closed, and keeps its domain from enforce no more.",
          "Nothing is refused for it that would not be refused anyway, and nothing is said of any "
          "way out: who forges a message writes those too."};
    case Answer::Later:
      return {group.hints == 0
                  ? "The group stays open."
                  : "The group stays open, and keeps its domain from enforce meanwhile."};
    case Answer::Open:
      break;
  }
  return {};
}

// Coverage is told that the ways out are ours; what the operator said of one before stays.  Never
// the contrary: a forger names a way out that is ours, and its genuine bounces would be lost.
Result<Lessons> say_of_paths(const std::string& directory, const store::ReviewGroup& group,
                             Instant now, std::vector<std::string>& said) {
  Lessons out;
  BS_TRY(const coverage::Words words, read_coverage_words(directory));
  for (const std::string& text : group.paths) {
    const auto of = parse_path(text);
    if (!of) continue;
    if (const Word before = find_word(words, *of); before != Word::None) {
      out.push_back(fmt::format("Of {} you said \"{}\" before, and it stays so.", of->path.text(),
                                coverage::name_of(before)));
      continue;
    }
    BS_TRY([[maybe_unused]] const bool is_new,
           say_of_path(directory, of->domain, of->path, Word::Ours, now));
    said.push_back(text);
    out.push_back(say_learnt(*of));
  }
  if (group.paths.empty())
    out.emplace_back(
        "Nothing in it tells by which way it left: backstop coverage shows those that are known.");
  return out;
}

// Takes back what was said of ways out with the last answer, unless something else was said since.
Result<Lessons> take_back(const std::string& directory, const store::ReviewGroup& group,
                          Instant now) {
  Lessons out;
  if (group.answered_paths.empty()) return out;
  const Word was = group.answer == Answer::Ours ? Word::Ours : Word::NotOurs;
  BS_TRY(const coverage::Words words, read_coverage_words(directory));
  for (const std::string& text : group.answered_paths) {
    const auto of = parse_path(text);
    if (!of || find_word(words, *of) != was) continue;
    BS_TRY([[maybe_unused]] const bool is_new,
           say_of_path(directory, of->domain, of->path, Word::None, now));
    out.push_back(fmt::format("What was said of {} is forgotten.", of->path.text()));
  }
  return out;
}

void append(Lessons& to, Lessons lessons) {
  for (std::string& lesson : lessons)
    to.push_back(std::move(lesson));
}

}  // namespace

Result<Lessons> answer_group(store::ReviewReader& reader, const std::string& directory,
                             store::ReviewGroup& group, Answer answer, Instant now) {
  Lessons out = tell(group, answer);
  if (answer == Answer::Open) {
    out.push_back(group.answer == Answer::Open
                      ? std::string("Nothing was said of this group.")
                      : fmt::format("Taken back: \"{}\" is forgotten, and the group is open again.",
                                    review::name_of(group.answer)));
  }
  // Another answer takes the one before back first.
  BS_TRY(Lessons forgotten, take_back(directory, group, now));
  append(out, std::move(forgotten));
  std::vector<std::string> said;
  if (answer == Answer::Ours) {
    BS_TRY(Lessons learnt, say_of_paths(directory, group, now, said));
    append(out, std::move(learnt));
  }
  BS_TRY_VOID(reader.answer(group.name, answer, now, group.hints, said));
  group.answer = answer;
  group.is_reopened = false;
  group.answered_at = answer == Answer::Open ? std::nullopt : std::optional(now);
  group.answered_paths = std::move(said);
  return out;
}

}  // namespace backstop::app
