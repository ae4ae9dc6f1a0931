// sim [--seed N] [--count N] [--only K]: exit code 1 when a rule was broken, or, of
// enough transactions, none tried it.
#include <fmt/format.h>

#include <charconv>
#include <cstdio>
#include <string_view>

#include "sim/life.h"

namespace {

bool read_number(std::string_view text, auto& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

int main(int argc, char** argv) {
  backstop::sim::Plan plan;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view option = argv[i];
    const std::string_view value = i + 1 < argc ? argv[i + 1] : "";
    std::size_t number = 0;
    if (!read_number(value, number)) {
      fmt::print(stderr, "sim [--seed N] [--count N] [--only K]\n");
      return 2;
    }
    if (option == "--seed") plan.seed = number;
    if (option == "--count") plan.transactions = number;
    if (option == "--only") plan.only = number;
  }
  if (plan.only && *plan.only >= plan.transactions) plan.transactions = *plan.only + 1;
  const backstop::sim::Totals totals = backstop::sim::run(plan);
  fmt::print("{} transactions from seed {}: {} broke a rule, {} rules untried\n", plan.transactions,
             plan.seed, totals.broken, totals.untried);
  return totals.broken == 0 && totals.untried == 0 ? 0 : 1;
}
