#include "app/review_keeper.h"

#include <fmt/format.h>

#include "core/base/escape.h"

namespace backstop::app {

ReviewKeeper::ReviewKeeper(const std::string& directory,
                           const ports::SurroundingsSource& surroundings, const ports::Clock& clock,
                           ports::LogSink& log)
    : surroundings_(surroundings), store_(directory, clock, [&log](const std::string& sentence) {
        if (sentence.empty()) {
          log.write(ports::LogLevel::Info, "review: it is written again");
        } else {
          log.write(ports::LogLevel::Warning, fmt::format("review: {}", escape_terminal(sentence)));
        }
      }) {}

void ReviewKeeper::on_record(const transaction::Record& record, std::string_view queue_id) {
  if (record.reading == nullptr) return;  // Most mail: nobody judged it.
  const auto config = surroundings_.current().config;
  if (auto sighting = review::find_sighting(record, queue_id, *config))
    store_.add(*std::move(sighting));
}

}  // namespace backstop::app
