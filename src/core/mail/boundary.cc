#include "core/mail/boundary.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/limits.h"
#include "core/mail/line_scan.h"

namespace backstop::mail {
namespace {

std::string_view without_padding(std::string_view line) {
  while (!line.empty() && ascii::is_space(line.back()))
    line.remove_suffix(1);
  return line;
}

}  // namespace

void BoundarySet::open(std::string_view boundary, std::size_t level) {
  std::string delimiter = "--";
  // RFC 2046 §5.1.1: no boundary ends in white space, and padding is ignored in the body.
  delimiter.append(without_padding(boundary));
  open_.push_back({std::move(delimiter), level});
}

void BoundarySet::close_from(std::size_t level) {
  while (!open_.empty() && open_.back().level >= level)
    open_.pop_back();
}

std::optional<BoundaryMatch> BoundarySet::match(std::string_view line) const {
  if (!line.starts_with("--") || line.size() > limits::kBoundaryLineBytes) return std::nullopt;
  const std::string_view text = without_padding(line);
  for (auto open = open_.rbegin(); open != open_.rend(); ++open) {
    if (!text.starts_with(open->delimiter)) continue;
    const std::string_view rest = text.substr(open->delimiter.size());
    if (rest.empty()) return BoundaryMatch{open->level, false};
    if (rest == "--") return BoundaryMatch{open->level, true};
  }
  return std::nullopt;
}

bool BoundarySet::could_match(std::string_view begun) const {
  if (begun.size() >= limits::kBoundaryLineBytes) return false;
  return std::any_of(open_.begin(), open_.end(), [begun](const Open& open) {
    const std::size_t n = std::min(begun.size(), open.delimiter.size());
    return begun.substr(0, n) == std::string_view(open.delimiter).substr(0, n);
  });
}

void BodyLines::reset() {
  at_line_start_ = true;
  pending_ = LineEnd::None;
  std::string().swap(held_);
}

void BodyLines::flush_line_end(ContentSink& sink) {
  static constexpr std::string_view kText[] = {"", "\r", "\n", "\r\n"};
  if (pending_ != LineEnd::None) sink.on_bytes(kText[static_cast<unsigned>(pending_)]);
  pending_ = LineEnd::None;
}

void BodyLines::put(std::string_view bytes, ContentSink& sink) {
  if (bytes.empty()) return;
  flush_line_end(sink);
  if (bytes.ends_with("\r\n")) {
    pending_ = LineEnd::CrLf;
    bytes.remove_suffix(2);
  } else if (bytes.back() == '\n') {
    pending_ = LineEnd::Lf;
    bytes.remove_suffix(1);
  } else if (bytes.back() == '\r') {
    pending_ = LineEnd::Cr;
    bytes.remove_suffix(1);
  }
  if (!bytes.empty()) sink.on_bytes(bytes);
}

void BodyLines::put_before_delimiter(std::string_view bytes, ContentSink& sink) {
  put(bytes, sink);
  reset();
}

BodyLines::Progress BodyLines::feed_held(std::string_view in, const BoundarySet& boundaries,
                                         ContentSink& sink) {
  const std::size_t lf = in.find('\n');
  const std::size_t room = limits::kBoundaryLineBytes - held_.size();
  const std::size_t taken = std::min({lf == in.npos ? in.size() : lf + 1, room, in.size()});
  held_.append(in.substr(0, taken));
  const bool complete = held_.back() == '\n';
  if (complete) {
    if (const auto match = boundaries.match(held_)) {
      reset();
      return {taken, match};
    }
  } else if (boundaries.could_match(held_)) {
    return {taken, std::nullopt};
  }
  put(held_, sink);
  held_.clear();
  at_line_start_ = complete;
  return {taken, std::nullopt};
}

BodyLines::Progress BodyLines::feed(std::string_view in, const BoundarySet& boundaries,
                                    ContentSink& sink) {
  if (in.empty()) return {};
  if (!held_.empty()) return feed_held(in, boundaries, sink);
  std::size_t run = 0;
  std::size_t at = 0;
  if (pending_ == LineEnd::Cr && in.front() == '\n') {
    pending_ = LineEnd::CrLf;
    at_line_start_ = true;
    run = at = 1;
  }
  while (at < in.size()) {
    if (!at_line_start_ || in[at] != '-') {
      const std::size_t dash = find_dash(in, at + 1);
      if (dash == in.npos) {
        at_line_start_ = in.back() == '\n';
        break;
      }
      at = dash;
    }
    const std::size_t lf = in.find('\n', at);
    const std::size_t next = lf == in.npos ? in.size() : lf + 1;
    const std::string_view line = in.substr(at, next - at);
    if (lf == in.npos && boundaries.could_match(line)) {
      put(in.substr(run, at - run), sink);
      held_ = line;
      return {in.size(), std::nullopt};
    }
    if (const auto match = lf == in.npos ? std::nullopt : boundaries.match(line)) {
      put_before_delimiter(in.substr(run, at - run), sink);
      return {next, match};
    }
    at_line_start_ = lf != in.npos;
    at = next;
  }
  put(in.substr(run), sink);
  return {in.size(), std::nullopt};
}

std::optional<BoundaryMatch> BodyLines::finish(const BoundarySet& boundaries, ContentSink& sink) {
  const auto match = held_.empty() ? std::nullopt : boundaries.match(held_);
  if (!match) {
    put(held_, sink);
    flush_line_end(sink);
  }
  reset();
  return match;
}

}  // namespace backstop::mail
