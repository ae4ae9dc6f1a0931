#include "app/metrics_file.h"

#include <fmt/core.h>

#include <filesystem>
#include <system_error>
#include <utility>

#include "core/base/escape.h"
#include "edge/os/replaced_file.h"

namespace backstop::app {
namespace {

Result<void> replace_file(const std::string& path, std::string_view text) {
  BS_TRY(os::ReplacedFile file, os::ReplacedFile::create(path, 0644));
  BS_TRY_VOID(file.open_to(0644));
  BS_TRY_VOID(file.write(text));
  return file.commit();
}

}  // namespace

MetricsFile::MetricsFile(std::string path, ports::LogSink& log)
    : path_(std::move(path)), log_(log) {}

void MetricsFile::write(std::string_view text) {
  const auto written = replace_file(path_, text);
  const std::string trouble = written ? "" : written.error().text();
  if (trouble == trouble_) return;
  trouble_ = trouble;
  if (trouble.empty()) {
    log_.write(ports::LogLevel::Info, "metrics.file: written again");
  } else {
    log_.write(ports::LogLevel::Warning, fmt::format("metrics.file: {}", escape_terminal(trouble)));
  }
}

void MetricsFile::remove() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace backstop::app
