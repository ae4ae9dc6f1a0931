#include "core/mail/header_block.h"

#include <algorithm>

#include "core/base/ascii.h"
#include "core/base/find_byte.h"
#include "core/base/limits.h"
#include "core/mail/field_name.h"

namespace backstop::mail {
namespace {

// With room for a line end behind a field of exactly the limit.
constexpr std::size_t kHeldMax = limits::kWalkerHeldBytes + 2;

std::string_view without_line_end(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

// Longer lines are judged by their beginning, so they are never empty.
bool is_empty_line(std::string_view line, bool lenient) {
  return line.size() <= limits::kBoundaryLineBytes &&
         std::all_of(line.begin(), line.end(), [lenient](char c) {
           return c == '\r' || c == '\n' || (lenient && ascii::is_blank(c));
         });
}

// Position of the colon, or npos when the line is no field.  RFC 5322 §3.6.8, and the obsolete form
// with white space before the colon (§4.5).
std::size_t find_colon(std::string_view line) {
  const std::size_t max = std::min(line.size(), limits::kFieldNameBytes);
  const std::size_t at = std::min(field_name_size(line), max);
  if (at == 0) return line.npos;
  std::size_t colon = at;
  while (colon < max && ascii::is_blank(line[colon]))
    ++colon;
  return colon < line.size() && line[colon] == ':' ? colon : line.npos;
}

}  // namespace

void HeaderBlock::begin(Start start) {
  start_ = start;
  fresh_ = true;
  at_line_start_ = true;
  run_ = Run::None;
  run_bytes_ = 0;
  held_.clear();
}

void HeaderBlock::release() {
  std::string().swap(held_);
}

std::string HeaderBlock::take_body_start() {
  return std::move(held_);
}

void HeaderBlock::hold(std::string_view bytes) {
  if (run_ == Run::Junk) return;
  run_bytes_ += bytes.size();
  held_.append(bytes.substr(0, kHeldMax - std::min(kHeldMax, held_.size())));
}

HeaderBlock::LineKind HeaderBlock::kind_of(std::string_view line, const BoundarySet& boundaries,
                                           std::optional<BoundaryMatch>& match) {
  if (!boundaries.empty() && (match = boundaries.match(line))) return LineKind::Delimiter;
  const bool lenient = start_ == Start::Lenient && fresh_;
  if (is_empty_line(line, lenient)) return LineKind::Empty;
  colon_ = find_colon(line);
  if (colon_ != line.npos) return LineKind::Field;
  if (lenient && (line.starts_with("From ") || line.starts_with(">From "))) return LineKind::From;
  return LineKind::Junk;
}

// `line` is a whole line, or at least limits::kBoundaryLineBytes of one, or the end of the input.
HeaderBlock::Progress HeaderBlock::judge(std::string_view line, std::size_t consumed,
                                         const BoundarySet& boundaries, Defects& defects) {
  std::optional<BoundaryMatch> match;
  switch (kind_of(line, boundaries, match)) {
    case LineKind::Delimiter:
      return {consumed, End::Delimiter, match};
    case LineKind::Empty:
      if (start_ == Start::Strict || !fresh_) return {consumed, End::EmptyLine, std::nullopt};
      run_ = Run::None;
      return {consumed, End::None, std::nullopt};
    case LineKind::From:
      run_ = Run::Junk;
      return {consumed, End::None, std::nullopt};
    case LineKind::Field:
      run_ = Run::Field;
      fresh_ = false;
      return {consumed, End::None, std::nullopt};
    case LineKind::Junk:
      defects.add(Defect::HeaderLineNotAField);
      if (fresh_) return {consumed, End::NotAField, std::nullopt};
      run_ = Run::Junk;
      return {consumed, End::None, std::nullopt};
  }
  return {consumed, End::None, std::nullopt};
}

// The field, or what was passed over, ends before the line that follows.
void HeaderBlock::end_run(std::string_view rest, FieldSink& sink) {
  if (run_ == Run::Field) {
    std::string_view text = rest;
    std::size_t whole = rest.size();
    if (!held_.empty()) {
      hold(rest);
      whole = run_bytes_;
      text = held_;
    }
    if (text.size() == whole) text = without_line_end(text);
    const bool cut = text.size() > limits::kWalkerHeldBytes;
    sink.on_field_text(text.substr(0, limits::kWalkerHeldBytes), colon_, cut);
  }
  run_ = Run::None;
  run_bytes_ = 0;
  held_.clear();
}

// Reads the line at `at`, whose kind is not known yet.
HeaderBlock::Progress HeaderBlock::feed_undecided(std::string_view line, std::size_t at,
                                                  const BoundarySet& boundaries, Defects& defects) {
  const bool held = !held_.empty();
  // One byte more than a delimiter may have decides any line.
  if (held) line = line.substr(0, limits::kBoundaryLineBytes + 1 - held_.size());
  const bool complete = line.ends_with('\n');
  const bool decided = complete || held_.size() + line.size() > limits::kBoundaryLineBytes;
  if (held || !decided) hold(line);
  const std::size_t behind = at + line.size();
  if (!decided) return {behind, End::None, std::nullopt};
  Progress progress = judge(held ? std::string_view(held_) : line, behind, boundaries, defects);
  at_line_start_ = complete;
  if (progress.end == End::NotAField && !held) {
    progress.consumed = at;
    // As much of it as a line fed in pieces would have been held of, should nothing behind the
    // header be looked at.
    const std::string_view looked_at = line.substr(0, limits::kBoundaryLineBytes + 1);
    if (looked_at.find('\0') != looked_at.npos) defects.add(Defect::NulByte);
  }
  const bool kept = progress.end == End::NotAField || run_ == Run::Field;
  if (!kept) {
    held_.clear();
    run_bytes_ = 0;
  }
  return progress;
}

// Hands out the fields from `at` on that stand whole in `in`, with the byte behind each, as nearly
// all do.  Returns where the first line stands that is left to feed_undecided: of another kind, or
// not known to end the field.
std::size_t HeaderBlock::take_whole_fields(std::string_view in, std::size_t at, FieldSink& sink) {
  while (at < in.size() && in[at] != '-') {
    const std::size_t colon = find_colon(in.substr(at));
    if (colon == in.npos) break;
    std::size_t lf = find_byte(in, '\n', at + colon);
    while (lf != in.npos && lf + 1 < in.size() && ascii::is_blank(in[lf + 1]))
      lf = find_byte(in, '\n', lf + 1);
    if (lf == in.npos || lf + 1 == in.size()) break;
    const std::string_view text = without_line_end(in.substr(at, lf + 1 - at));
    fresh_ = false;
    sink.on_field_text(text.substr(0, limits::kWalkerHeldBytes), colon,
                       text.size() > limits::kWalkerHeldBytes);
    at = lf + 1;
  }
  return at;
}

HeaderBlock::Progress HeaderBlock::feed(std::string_view in, const BoundarySet& boundaries,
                                        FieldSink& sink, Defects& defects) {
  std::size_t run = 0;  // Where in `in` the part of the field begins that is not held.
  std::size_t at = 0;
  while (at < in.size()) {
    if (at_line_start_ && run_ != Run::None && !ascii::is_blank(in[at])) {
      end_run(in.substr(run, at - run), sink);
      run = at;
    }
    if (at_line_start_ && run_ == Run::None && held_.empty()) {
      at = run = take_whole_fields(in, at, sink);
    }
    const std::size_t lf = in.find('\n', at);
    const std::size_t next = lf == in.npos ? in.size() : lf + 1;
    if (at_line_start_ && run_ == Run::None) {
      const Progress progress = feed_undecided(in.substr(at, next - at), at, boundaries, defects);
      if (progress.end != End::None) return progress;
      at = progress.consumed;
      if (run_ != Run::Field || !held_.empty()) run = at;
      continue;
    }
    at_line_start_ = lf != in.npos;
    at = next;
  }
  if (run_ == Run::Field) hold(in.substr(run));
  return {in.size(), End::None, std::nullopt};
}

HeaderBlock::Progress HeaderBlock::finish(const BoundarySet& boundaries, FieldSink& sink,
                                          Defects& defects) {
  if (run_ == Run::None && !held_.empty()) {
    const Progress progress = judge(held_, 0, boundaries, defects);
    if (progress.end != End::None) {
      if (progress.end != End::NotAField) held_.clear();
      return progress;
    }
  }
  if (run_ == Run::Field) end_run({}, sink);
  return {};
}

}  // namespace backstop::mail
