// The first line is a value; the rest is a main.cf or master.cf.  What is set can be found again,
// what is taken out is gone, and nothing else of the file's meaning changes.
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/assert.h"
#include "edge/mta/logical_lines.h"
#include "edge/mta/main_cf.h"
#include "edge/mta/master_cf.h"
#include "edge/mta/milter_list.h"
#include "edge/mta/unified_diff.h"

namespace {

using namespace backstop::mta;

constexpr std::string_view kOurs = "unix:backstop/milter.sock";

// A value that main.cf can hold on one line.
bool is_plain(std::string_view value) {
  for (const char c : value)
    if (c <= ' ' || c > '~' || c == '#' || c == '{' || c == '}' || c == '=') return false;
  return !value.empty();
}

void edit_main(std::string_view value, std::string_view text) {
  const auto other = find_parameter(text, "other");
  const std::string set = with_parameter(text, "name", value);
  BS_ASSERT(find_parameter(set, "name") == value);
  BS_ASSERT(find_parameter(set, "other") == other);
  const std::string gone = without_parameter(set, "name");
  BS_ASSERT(!find_parameter(gone, "name"));
  const auto is_ours = [](std::string_view element) { return element == kOurs; };
  const std::string first = with_first_element(text, "list", kOurs);
  const auto elements = split_list(find_parameter(first, "list").value_or(""));
  BS_ASSERT(!elements.empty() && elements.front() == kOurs);
  const std::string none = without_elements(first, "list", is_ours);
  for (const std::string& element : split_list(find_parameter(none, "list").value_or("")))
    BS_ASSERT(element != kOurs);
  unified_diff(text, first, "main.cf");
}

void edit_master(std::string_view value, std::string_view text) {
  const auto services = parse_services(text);
  for (std::size_t i = 0; i < services.size() && i < 4; ++i) {
    const std::string set = with_override(text, i, "name", value);
    const auto after = parse_services(set);
    const auto without = parse_services(without_override(set, i, "name"));
    // A brace that is never closed takes in what follows, and so does a last -o without its value;
    // Postfix refuses such files.
    if (text.find('{') != std::string_view::npos || !services[i].find("name")) continue;
    BS_ASSERT(after.size() == services.size());
    BS_ASSERT(after[i].find("name") == value);
    BS_ASSERT(after[i].find("other") == services[i].find("other"));
    BS_ASSERT(i >= without.size() || !without[i].find("name"));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto newline = input.find('\n');
  if (newline == std::string_view::npos || !is_plain(input.substr(0, newline))) return 0;
  edit_main(input.substr(0, newline), input.substr(newline + 1));
  edit_master(input.substr(0, newline), input.substr(newline + 1));
  return 0;
}
