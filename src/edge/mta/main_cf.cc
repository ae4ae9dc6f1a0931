#include "edge/mta/main_cf.h"

#include <fmt/format.h>

#include "edge/mta/logical_lines.h"

namespace backstop::mta {
namespace {

struct Parameter {
  LogicalLine line;
  std::size_t value = 0;  // In line.said: behind the '='.
};

std::vector<Parameter> find_all(std::string_view main_cf, std::string_view name) {
  std::vector<Parameter> out;
  for (LogicalLine& line : logical_lines(main_cf)) {
    const auto equals = line.said.text.find('=');
    if (equals == std::string::npos) continue;
    if (trim(std::string_view(line.said.text).substr(0, equals)) != name) continue;
    out.push_back({.line = std::move(line), .value = equals + 1});
  }
  return out;
}

void end_last_line(std::string& text) {
  if (!text.empty() && text.back() != '\n') text += line_end_of(text);
}

std::string append_parameter(std::string_view main_cf, std::string_view name,
                             std::string_view value) {
  std::string out(main_cf);
  const std::string end(line_end_of(main_cf));
  end_last_line(out);
  if (out.find(kSectionComment) == std::string::npos)
    out += fmt::format("{}{}{}", end, kSectionComment, end);
  out += fmt::format("{} = {}{}", name, value, end);
  return out;
}

}  // namespace

std::optional<std::string> find_parameter(std::string_view main_cf, std::string_view name) {
  const std::vector<Parameter> found = find_all(main_cf, name);
  if (found.empty()) return std::nullopt;
  const Parameter& last = found.back();
  return std::string(trim(std::string_view(last.line.said.text).substr(last.value)));
}

std::string with_parameter(std::string_view main_cf, std::string_view name,
                           std::string_view value) {
  const std::vector<Parameter> found = find_all(main_cf, name);
  if (found.empty()) return append_parameter(main_cf, name, value);
  std::string out(main_cf);
  const Parameter& last = found.back();
  const std::string_view said = last.line.said.text;
  const std::string_view old = trim(said.substr(last.value));
  if (old.empty()) {
    const std::size_t behind = last.line.said.at[last.value - 1] + 1;
    out.insert(behind, fmt::format(" {}", value));
    return out;
  }
  const auto begin = static_cast<std::size_t>(old.data() - said.data());
  const std::size_t from = last.line.said.at[begin];
  out.replace(from, last.line.said.at[begin + old.size() - 1] + 1 - from, value);
  return out;
}

std::string without_parameter(std::string_view main_cf, std::string_view name) {
  std::string out(main_cf);
  const std::vector<Parameter> found = find_all(main_cf, name);
  for (auto parameter = found.rbegin(); parameter != found.rend(); ++parameter)
    out.erase(parameter->line.begin, parameter->line.end - parameter->line.begin);
  return out;
}

std::string with_first_element(std::string_view main_cf, std::string_view name,
                               std::string_view element) {
  const std::vector<Parameter> found = find_all(main_cf, name);
  if (found.empty()) return append_parameter(main_cf, name, element);
  const Parameter& last = found.back();
  const std::string_view said = last.line.said.text;
  const auto elements = split_elements(said.substr(last.value), true);
  std::string out(main_cf);
  if (elements.empty()) {
    out.insert(last.line.said.at[last.value - 1] + 1, fmt::format(" {}", element));
    return out;
  }
  const std::size_t first = last.line.said.at[last.value + elements.front().begin];
  const auto before = main_cf.rfind('\n', first);
  const std::size_t line = before == std::string_view::npos ? 0 : before + 1;
  if (line <= last.line.begin) {
    out.insert(first, fmt::format("{}, ", element));
  } else {  // The list begins on a line of its own: so does the new element.
    out.insert(line, fmt::format("{}{},{}", main_cf.substr(line, first - line), element,
                                 line_end_of(main_cf)));
  }
  return out;
}

std::string without_elements(std::string_view main_cf, std::string_view name,
                             const std::function<bool(std::string_view)>& unwanted) {
  const std::vector<Parameter> found = find_all(main_cf, name);
  std::string out(main_cf);
  if (found.empty()) return out;
  const Parameter& last = found.back();
  const std::string_view value = std::string_view(last.line.said.text).substr(last.value);
  const auto elements = split_elements(value, true);
  for (std::size_t i = elements.size(); i-- > 0;) {
    const Element& element = elements[i];
    if (!unwanted(value.substr(element.begin, element.end - element.begin))) continue;
    // With what separates it from the next, or from the one before when it is the last; never
    // beyond its own line.
    std::size_t begin = element.begin;
    std::size_t end = element.end;
    const auto at = [&](std::size_t offset) { return last.line.said.at[last.value + offset]; };
    if (i + 1 < elements.size()) {
      while (end < elements[i + 1].begin && at(end) == at(end - 1) + 1)
        ++end;
    } else if (i > 0) {
      while (begin > elements[i - 1].end && at(begin - 1) + 1 == at(begin))
        --begin;
    }
    erase_stretch(out, at(begin), at(end - 1) + 1);
  }
  return out;
}

std::string without_section_comment(std::string_view main_cf) {
  std::string out(main_cf);
  const auto begin = out.find(kSectionComment);
  if (begin == std::string::npos) return out;
  const auto newline = out.find('\n', begin);
  std::size_t from = begin;
  // The empty line above it came with it.
  const std::string_view end = line_end_of(main_cf);
  if (std::string_view(out).substr(0, begin).ends_with(std::string(end) + std::string(end)))
    from -= end.size();
  out.erase(from, (newline == std::string::npos ? out.size() : newline + 1) - from);
  return out;
}

}  // namespace backstop::mta
