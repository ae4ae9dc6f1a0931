// backstop estimate: how much a spam run in our name sends back, and how large a run was of which
// so much came back.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "app/command.h"
#include "app/exit_code.h"
#include "app/text_page.h"
#include "core/scenario/estimate.h"

namespace backstop::app {
namespace {

using scenario::Ranged;

struct Options {
  std::string messages;
  std::string undeliverable;
  std::string backscatter;
  std::string copies;
  std::string received;
  bool json = false;
};

Result<std::optional<double>> read(const std::string& text, std::string_view option,
                                   Result<double> (*parse)(std::string_view)) {
  if (text.empty()) return std::optional<double>();
  auto number = parse(text);
  if (!number)
    return fail(Errc::Invalid, fmt::format("{} {}", option, text), number.error().detail);
  return std::optional<double>(*number);
}

Result<scenario::RunFacts> read_facts(const Options& options) {
  scenario::RunFacts facts;
  BS_TRY(facts.messages, read(options.messages, "--messages", scenario::parse_amount));
  BS_TRY(facts.undeliverable,
         read(options.undeliverable, "--undeliverable", scenario::parse_share));
  BS_TRY(facts.backscatter, read(options.backscatter, "--backscatter", scenario::parse_share));
  BS_TRY(facts.copies, read(options.copies, "--copies", scenario::parse_amount));
  return facts;
}

std::string number_of(double value) {
  return group_digits(static_cast<std::uint64_t>(value + 0.5));
}

std::string percent_of(double share) {
  return fmt::format("{:.3g} %", share * 100);
}

// "40 % (30 % to 50 %, within a quarter of what you gave)"
std::string share_sentence(const Ranged& share, std::string_view what) {
  return fmt::format(
      "{} {} ({} to {}{})", percent_of(share.value), what, percent_of(share.low),
      percent_of(share.high),
      share.is_given ? ", within a quarter of what you gave" : ", as it was in published runs");
}

void print_page(const scenario::Estimate& found) {
  const scenario::Assumptions& is = found.assumptions;
  TextPage page = TextPage::for_stdout();
  page.title(fmt::format("{} come back, perhaps {} to {}",
                         count_of(found.notifications, "notification"), group_digits(found.low),
                         group_digits(found.high)));
  page.line("assumed",
            fmt::format("{} sent in your name{}",
                        count_of(static_cast<std::uint64_t>(is.messages.value + 0.5), "message"),
                        is.messages.is_given ? "" : ", a run of usual size"));
  page.line("", share_sentence(is.undeliverable, "of them cannot be delivered"));
  page.line("", share_sentence(is.backscatter,
                               "of those are taken first and then sent back to you, or answered"));
  if (is.copies.value > 1)
    page.line("", fmt::format("{} answers to each of these", number_of(is.copies.value)));
  page.line("when",
            fmt::format("over {:.0f} to {:.0f} days: {} an hour, in the worst hour {} to {}",
                        is.days.low, is.days.high, number_of(found.per_hour.value),
                        number_of(found.per_hour.value * is.peak_to_mean.low),
                        number_of(found.per_hour.value * is.peak_to_mean.high)));
  page.line("not known",
            "how many were delivered, and how the addresses were chosen: for most runs "
            "nobody ever learns it");
  fmt::print("{}", page.take());
}

void print_page(std::uint64_t received, const scenario::RunSize& found) {
  TextPage page = TextPage::for_stdout();
  page.title(fmt::format("{} sent, perhaps {} to {}", count_of(found.messages, "message"),
                         group_digits(found.low), group_digits(found.high)));
  page.line("assumed",
            fmt::format("of {} sent one comes back to you; in published runs one of {} "
                        "to one of {}",
                        number_of(1 / found.yield.value), number_of(1 / found.yield.high),
                        number_of(1 / found.yield.low)));
  page.line("received", count_of(received, "notification"));
  fmt::print("{}", page.take());
}

void add_ranged(nlohmann::json& to, const std::string& name, const Ranged& number) {
  to[name] = number.value;
  to[name + "_low"] = number.low;
  to[name + "_high"] = number.high;
}

void print_json(const scenario::Estimate& found) {
  nlohmann::json assumptions;
  const scenario::Assumptions& is = found.assumptions;
  add_ranged(assumptions, "messages", is.messages);
  add_ranged(assumptions, "undeliverable", is.undeliverable);
  add_ranged(assumptions, "backscatter", is.backscatter);
  add_ranged(assumptions, "copies", is.copies);
  add_ranged(assumptions, "days", is.days);
  add_ranged(assumptions, "peak_to_mean", is.peak_to_mean);
  const nlohmann::json line = {{"v", 1},
                               {"notifications", found.notifications},
                               {"low", found.low},
                               {"high", found.high},
                               {"per_hour", found.per_hour.value},
                               {"peak_hour", found.peak_hour.value},
                               {"assumptions", assumptions}};
  fmt::print("{}\n", line.dump());
}

int run_received(const Options& options) {
  const auto received = read(options.received, "--received", scenario::parse_amount);
  if (!received) return report_error(received.error());
  const auto count = static_cast<std::uint64_t>(**received);
  const scenario::RunSize found = scenario::estimate_run(count);
  if (!options.json) {
    print_page(count, found);
    return kExitGood;
  }
  nlohmann::json assumptions = {{"received", count}};
  add_ranged(assumptions, "yield", found.yield);
  const nlohmann::json line = {{"v", 1},
                               {"messages", found.messages},
                               {"low", found.low},
                               {"high", found.high},
                               {"assumptions", assumptions}};
  fmt::print("{}\n", line.dump());
  return kExitGood;
}

int run_estimate(const Options& options) {
  if (!options.received.empty()) return run_received(options);
  const auto facts = read_facts(options);
  if (!facts) return report_error(facts.error());
  const scenario::Estimate found = scenario::make_estimate(*facts);
  if (options.json)
    print_json(found);
  else
    print_page(found);
  return kExitGood;
}

}  // namespace

void add_estimate_command(CLI::App& app, Chosen& chosen) {
  CLI::App* const command =
      app.add_subcommand("estimate", "Say how much a spam run in your name sends back");
  const auto options = std::make_shared<Options>();
  CLI::Option* const messages =
      command->add_option("--messages", options->messages, "Messages sent; 2000000 without it")
          ->type_name("N");
  CLI::Option* const undeliverable =
      command
          ->add_option("--undeliverable", options->undeliverable,
                       "Share that cannot be delivered, as 0.40 or 40%")
          ->type_name("SHARE");
  CLI::Option* const backscatter = command
                                       ->add_option("--backscatter", options->backscatter,
                                                    "Share of those that comes back, as 0.09 or 9%")
                                       ->type_name("SHARE");
  CLI::Option* const copies =
      command->add_option("--copies", options->copies, "Answers to one message that comes back")
          ->type_name("N");
  command
      ->add_option("--received", options->received,
                   "The other way: how large the run was of which so many came back")
      ->type_name("N")
      ->excludes(messages)
      ->excludes(undeliverable)
      ->excludes(backscatter)
      ->excludes(copies);
  command->add_flag("--json", options->json, "One JSON object");
  command->footer(render_examples(
      {"backstop estimate --messages 2000000 --undeliverable 0.40 --backscatter 0.09",
       "backstop estimate --messages 500k   the shares as they usually are",
       "backstop estimate --received 72318  how large was the run?"}));
  command->callback(
      [options, &chosen] { chosen.run = [options] { return run_estimate(*options); }; });
}

}  // namespace backstop::app
