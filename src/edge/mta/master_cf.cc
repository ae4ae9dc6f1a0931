#include "edge/mta/master_cf.h"

#include <fmt/format.h>

#include "edge/mta/logical_lines.h"

namespace backstop::mta {
namespace {

constexpr std::size_t kFields = 8;  // Before the command's arguments.

struct Word {
  std::string_view text;
  std::size_t begin = 0;  // Offsets into master.cf.
  std::size_t end = 0;
};

struct FoundOverride {
  Override said;
  Word flag;  // "-o"; or "-oname=value", and then `word` is the same.
  Word word;
};

struct FoundService {
  LogicalLine line;
  std::vector<Word> words;  // Views into line.said.
  std::vector<FoundOverride> overrides;
};

// "name = value", or the same in braces.
std::optional<Override> read_override(std::string_view text) {
  if (text.size() >= 2 && text.front() == '{' && text.back() == '}')
    text = text.substr(1, text.size() - 2);
  const auto equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return Override{.name = std::string(trim(text.substr(0, equals))),
                  .value = std::string(trim(text.substr(equals + 1)))};
}

void find_overrides(FoundService& service) {
  const std::vector<Word>& words = service.words;
  for (std::size_t i = kFields; i < words.size(); ++i) {
    if (!words[i].text.starts_with("-o")) continue;
    const bool joined = words[i].text.size() > 2;
    if (!joined && i + 1 == words.size()) return;
    const Word& word = joined ? words[i] : words[i + 1];
    if (auto said = read_override(joined ? word.text.substr(2) : word.text))
      service.overrides.push_back({*std::move(said), words[i], word});
    if (!joined) ++i;
  }
}

// `LogicalLine`s are moved no more once their words are known: words are views into them.
std::vector<FoundService> find_services(std::string_view master_cf) {
  std::vector<LogicalLine> lines = logical_lines(master_cf);
  std::vector<FoundService> out;
  out.reserve(lines.size());
  for (LogicalLine& line : lines) {
    if (split_elements(line.said.text, false).size() < kFields) continue;
    out.emplace_back();
    FoundService& service = out.back();
    service.line = std::move(line);
    const Spelled& said = service.line.said;
    for (const Element& element : split_elements(said.text, false)) {
      service.words.push_back(
          {.text = std::string_view(said.text).substr(element.begin, element.end - element.begin),
           .begin = said.at[element.begin],
           .end = said.at[element.end - 1] + 1});
    }
    find_overrides(service);
  }
  return out;
}

std::string spell(std::string_view name, std::string_view value) {
  const bool plain = value.find_first_of(" \t") == std::string_view::npos;
  return plain ? fmt::format("{}={}", name, value) : fmt::format("{{ {} = {} }}", name, value);
}

// The white space that the service's own further lines begin with.
std::string indentation_of(std::string_view master_cf, const FoundService& service) {
  for (const FoundOverride& found : service.overrides) {
    const auto newline = master_cf.rfind('\n', found.flag.begin);
    if (newline == std::string_view::npos || newline < service.line.begin) continue;
    const std::string_view before = master_cf.substr(newline + 1, found.flag.begin - newline - 1);
    if (!before.empty() && trim(before).empty()) return std::string(before);
  }
  return "  ";
}

}  // namespace

std::optional<std::string> Service::find(std::string_view parameter) const {
  for (auto found = overrides.rbegin(); found != overrides.rend(); ++found)
    if (found->name == parameter) return found->value;
  return std::nullopt;
}

std::vector<Service> parse_services(std::string_view master_cf) {
  std::vector<Service> out;
  for (const FoundService& found : find_services(master_cf)) {
    Service service{.name = std::string(found.words[0].text),
                    .type = std::string(found.words[1].text),
                    .chroot = std::string(found.words[4].text),
                    .command = std::string(found.words[7].text),
                    .overrides = {}};
    for (const FoundOverride& each : found.overrides)
      service.overrides.push_back(each.said);
    out.push_back(std::move(service));
  }
  return out;
}

std::string with_override(std::string_view master_cf, std::size_t index, std::string_view name,
                          std::string_view value) {
  const std::vector<FoundService> services = find_services(master_cf);
  const FoundService& service = services.at(index);
  std::string out(master_cf);
  for (auto found = service.overrides.rbegin(); found != service.overrides.rend(); ++found) {
    if (found->said.name != name) continue;
    const bool joined = found->flag.begin == found->word.begin;
    out.replace(found->word.begin, found->word.end - found->word.begin,
                joined ? "-o " + spell(name, value) : spell(name, value));
    return out;
  }
  const std::string_view end = line_end_of(master_cf);
  const bool unended = master_cf.substr(0, service.line.end).back() != '\n';
  out.insert(service.line.end,
             fmt::format("{}{}-o {}{}", unended ? end : "", indentation_of(master_cf, service),
                         spell(name, value), end));
  return out;
}

std::string without_override(std::string_view master_cf, std::size_t index, std::string_view name) {
  const std::vector<FoundService> services = find_services(master_cf);
  const FoundService& service = services.at(index);
  std::string out(master_cf);
  for (auto found = service.overrides.rbegin(); found != service.overrides.rend(); ++found) {
    if (found->said.name != name) continue;
    std::size_t begin = found->flag.begin;
    while (begin > 0 && (out[begin - 1] == ' ' || out[begin - 1] == '\t'))
      --begin;
    erase_stretch(out, begin, found->word.end);
  }
  return out;
}

}  // namespace backstop::mta
