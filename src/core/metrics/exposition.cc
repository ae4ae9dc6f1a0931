#include "core/metrics/exposition.h"

#include <fmt/core.h>

#include <iterator>

#include "core/base/assert.h"
#include "core/metrics/metric.h"

namespace backstop::metrics {
namespace {

std::string escape(std::string_view text, bool quotes) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out.push_back(c);
    }
  }
  return out;
}

// `verdict="forged",decision="refuse"`; "" without labels.
std::string labels_of(const Info& info, const Series& series) {
  std::string out;
  const std::uint8_t places[] = {series.first, series.second};
  for (std::size_t i = 0; i < info.labels.size(); ++i) {
    if (info.labels[i] == Label::None) continue;
    fmt::format_to(std::back_inserter(out), "{}{}=\"{}\"", out.empty() ? "" : ",",
                   name_of(info.labels[i]), escape_label(values_of(info.labels[i])[places[i]]));
  }
  return out;
}

double seconds_of(std::int64_t nanoseconds) {
  return static_cast<double>(nanoseconds) / 1e9;
}

void render_histogram(std::string& out, const Info& info, const std::string& labels,
                      std::span<const std::int64_t> cells) {
  auto end = std::back_inserter(out);
  const std::string_view comma = labels.empty() ? "" : ",";
  const std::string braced = labels.empty() ? "" : "{" + labels + "}";
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < kBuckets.size(); ++i) {
    sum += cells[i];
    fmt::format_to(end, "{}_bucket{{{}{}le=\"{}\"}} {}\n", info.name, labels, comma,
                   seconds_of(kBuckets[i].count()), sum);
  }
  sum += cells[kBuckets.size()];
  fmt::format_to(end, "{}_bucket{{{}{}le=\"+Inf\"}} {}\n", info.name, labels, comma, sum);
  fmt::format_to(end, "{}_sum{} {}\n", info.name, braced, seconds_of(cells[kBuckets.size() + 1]));
  fmt::format_to(end, "{}_count{} {}\n", info.name, braced, sum);
}

void render_metric(std::string& out, Metric metric, std::span<const std::int64_t> cells) {
  const Info& info = info_of(metric);
  std::string samples;
  for (std::size_t a = 0; a < values_of(info.labels[0]).size(); ++a) {
    for (std::size_t b = 0; b < values_of(info.labels[1]).size(); ++b) {
      const Series one = series(metric, a, b);
      const std::size_t cell = cell_of(one);
      const std::string labels = labels_of(info, one);
      if (info.type == Type::Histogram) {
        render_histogram(samples, info, labels, cells.subspan(cell));
      } else if (cells[cell] != kUnset) {
        fmt::format_to(std::back_inserter(samples), "{}{} {}\n", info.name,
                       labels.empty() ? "" : "{" + labels + "}", cells[cell]);
      }
    }
  }
  if (samples.empty()) return;
  fmt::format_to(std::back_inserter(out), "# HELP {0} {1}\n# TYPE {0} {2}\n{3}", info.name,
                 escape_help(info.help), name_of(info.type), samples);
}

}  // namespace

std::string escape_label(std::string_view value) {
  return escape(value, true);
}

std::string escape_help(std::string_view help) {
  return escape(help, false);
}

std::string render_exposition(std::span<const std::int64_t> cells) {
  BS_ASSERT(cells.size() == cell_count());
  std::string out;
  for (unsigned i = 0; i < metric_count(); ++i)
    render_metric(out, static_cast<Metric>(i), cells);
  return out;
}

}  // namespace backstop::metrics
