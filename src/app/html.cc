#include "app/html.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

#include "app/text_page.h"
#include "core/base/escape.h"

namespace backstop::app {
namespace {

// Of a picture, in its own units.
constexpr double kWidth = 960;
constexpr double kHeight = 280;
constexpr double kLeft = 56;
constexpr double kRight = 8;
constexpr double kTop = 12;
constexpr double kBottom = 28;
constexpr double kWidestColumn = 64;
// A label takes about this much of the axis.
constexpr double kLabelWidth = 84;
constexpr unsigned kGridLines = 4;

// The least of 1, 2, 5 × 10^n that is not less than `value`.
std::uint64_t round_up(std::uint64_t value) {
  for (std::uint64_t ten = 1;; ten *= 10) {
    for (const std::uint64_t factor : {1U, 2U, 5U}) {
      if (ten * factor >= value) return ten * factor;
    }
  }
}

std::uint64_t sum(const std::vector<std::uint64_t>& parts) {
  return std::accumulate(parts.begin(), parts.end(), std::uint64_t{0});
}

void draw_grid(std::string& out, std::uint64_t step, std::uint64_t top, double plot_height) {
  for (std::uint64_t at = 0; at <= top; at += step) {
    const double y =
        kTop + plot_height * (1.0 - static_cast<double>(at) / static_cast<double>(top));
    fmt::format_to(std::back_inserter(out),
                   "<line class=\"grid\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>"
                   "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>",
                   kLeft, kWidth - kRight, y, y, kLeft - 8, y + 4, group_digits(at));
  }
}

void draw_column(std::string& out, const std::vector<Series>& series, const Column& column,
                 double x, double width, double scale) {
  std::string told = column.label + ": " + group_digits(sum(column.parts));
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (column.parts[i] > 0) told += "\n" + series[i].name + " " + group_digits(column.parts[i]);
  }
  // A break within a title is kept by browsers.
  std::string title;
  for (std::size_t at = 0; at <= told.size();) {
    const std::size_t end = std::min(told.find('\n', at), told.size());
    title += (at == 0 ? "" : "&#10;") + escape_html(told.substr(at, end - at));
    at = end + 1;
  }
  fmt::format_to(std::back_inserter(out), "<g><title>{}</title>", title);
  double y = kHeight - kBottom;
  for (std::size_t i = 0; i < series.size(); ++i) {
    if (column.parts[i] == 0) continue;
    // What is there is to be seen.
    const double height = std::max(1.0, static_cast<double>(column.parts[i]) * scale);
    y -= height;
    fmt::format_to(std::back_inserter(out),
                   "<rect class=\"{}\" x=\"{:.2f}\" y=\"{:.2f}\" width=\"{:.2f}\" "
                   "height=\"{:.2f}\"/>",
                   series[i].style, x, std::max(y, 0.0), width, height);
  }
  // The whole height can be pointed at.
  fmt::format_to(std::back_inserter(out),
                 "<rect class=\"point\" x=\"{:.2f}\" y=\"{:.1f}\" width=\"{:.2f}\" "
                 "height=\"{:.1f}\"/></g>",
                 x, kTop, width, kHeight - kBottom - kTop);
}

void draw_legend(std::string& out, const std::vector<Series>& series,
                 const std::vector<Column>& columns) {
  out += "<p class=\"legend\">";
  for (std::size_t i = 0; i < series.size(); ++i) {
    std::uint64_t all = 0;
    for (const Column& column : columns)
      all += column.parts[i];
    if (all == 0) continue;
    fmt::format_to(std::back_inserter(out),
                   "<span><svg viewBox=\"0 0 10 10\" aria-hidden=\"true\"><rect class=\"{}\" "
                   "width=\"10\" height=\"10\"/></svg>{} {}</span> ",
                   series[i].style, escape_html(series[i].name), group_digits(all));
  }
  out += "</p>\n";
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string out;
  for (const char c : escape_terminal(text)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string render_columns(std::string_view title, const std::vector<Series>& series,
                           const std::vector<Column>& columns) {
  std::uint64_t highest = 1;
  for (const Column& column : columns)
    highest = std::max(highest, sum(column.parts));
  const std::uint64_t step = round_up((highest + kGridLines - 1) / kGridLines);
  const std::uint64_t top = (highest + step - 1) / step * step;
  const double plot_height = kHeight - kTop - kBottom;
  const double slot =
      (kWidth - kLeft - kRight) / static_cast<double>(std::max<std::size_t>(columns.size(), 1));
  const double width = std::min(kWidestColumn, slot * 0.82);

  std::string out = fmt::format(
      "<svg class=\"columns\" viewBox=\"0 0 {:.0f} {:.0f}\" role=\"img\" aria-label=\"{}\">",
      kWidth, kHeight, escape_html(title));
  draw_grid(out, step, top, plot_height);
  const auto every = std::max<std::size_t>(1, static_cast<std::size_t>(kLabelWidth / slot + 0.999));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const double middle = kLeft + slot * (static_cast<double>(i) + 0.5);
    draw_column(out, series, columns[i], middle - width / 2, width,
                plot_height / static_cast<double>(top));
    if (i % every != 0 || middle + kLabelWidth / 2 > kWidth) continue;
    fmt::format_to(
        std::back_inserter(out),
        "<text class=\"axis\" x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">{}</text>",
        std::max(middle, kLeft + 10), kHeight - 8, escape_html(columns[i].label));
  }
  out += "</svg>\n";
  draw_legend(out, series, columns);
  return out;
}

std::string render_bars(const std::vector<BarRow>& rows, std::uint64_t whole) {
  std::uint64_t most = 1;
  for (const BarRow& row : rows)
    most = std::max(most, row.n);
  const bool noted = std::ranges::any_of(rows, [](const BarRow& row) { return !row.note.empty(); });
  std::string out = "<table class=\"bars\">\n";
  for (const BarRow& row : rows) {
    const double percent =
        whole == 0 ? 0 : 100.0 * static_cast<double>(row.n) / static_cast<double>(whole);
    const double length =
        row.n == 0 ? 0
                   : std::max(0.5, 100.0 * static_cast<double>(row.n) / static_cast<double>(most));
    fmt::format_to(std::back_inserter(out),
                   "<tr><th scope=\"row\">{}</th><td class=\"n\">{}</td><td class=\"n "
                   "share\">{}</td><td class=\"bar\"><svg viewBox=\"0 0 100 10\" "
                   "preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"{}\" "
                   "width=\"{:.2f}\" height=\"10\"/></svg></td>",
                   escape_html(row.name), group_digits(row.n),
                   row.n > 0 && percent < 0.1
                       ? "&lt;0.1 %"
                       : fmt::format("{:.{}f} %", percent, percent < 10 ? 1 : 0),
                   row.style.empty() ? "plain" : row.style, length);
    if (noted) out += "<td class=\"note\">" + escape_html(row.note) + "</td>";
    out += "</tr>\n";
  }
  return out + "</table>\n";
}

}  // namespace backstop::app
