#include "edge/mta/exim_held.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "core/base/ascii.h"
#include "core/base/held_limits.h"
#include "core/base/limits.h"
#include "edge/mta/logical_lines.h"
#include "edge/mta/program.h"
#include "edge/mta/queue_file.h"
#include "edge/mta/rooted_file.h"

namespace backstop::mta {
namespace {

constexpr std::array kPrograms{"/usr/sbin/exim4", "/usr/sbin/exim", "/usr/local/sbin/exim"};
constexpr std::string_view kFrozen = "*** frozen ***";
constexpr std::int64_t kLastSecond = 253'402'300'799;

tl::unexpected<Error> not_held(const std::string& queue_id) {
  return fail(Errc::NotFound, queue_id, "is not held by Exim any more");
}

template <class Number>
bool parse_number(std::string_view text, Number& out) {
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && rest == text.data() + text.size() && !text.empty();
}

// "850", "2.9K", "12M".
bool parse_size(std::string_view text, std::uint64_t& out) {
  std::uint64_t unit = 1;
  if (text.ends_with('K')) unit = 1024;
  if (text.ends_with('M')) unit = std::uint64_t{1024} * 1024;
  if (unit > 1) text.remove_suffix(1);
  const std::size_t dot = text.find('.');
  std::uint32_t whole = 0;
  std::uint32_t tenths = 0;
  if (!parse_number(text.substr(0, dot), whole)) return false;
  if (dot != text.npos && (!parse_number(text.substr(dot + 1), tenths) || tenths > 9)) return false;
  out = whole * unit + tenths * unit / 10;
  return true;
}

std::string_view take_word(std::string_view& line) {
  const std::size_t from = std::min(line.find_first_not_of(' '), line.size());
  const std::size_t to = std::min(line.find(' ', from), line.size());
  const std::string_view word = line.substr(from, to - from);
  line.remove_prefix(to);
  return word;
}

// Walks over the lines of an envelope file.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  std::string_view next() {
    const std::size_t end = rest_.find('\n');
    const std::string_view line = rest_.substr(0, end);
    rest_ = end == rest_.npos ? std::string_view() : rest_.substr(end + 1);
    return line;
  }
  // False when there are fewer.
  bool skip(std::size_t bytes) {
    if (bytes > rest_.size()) return false;
    rest_.remove_prefix(bytes);
    return true;
  }

 private:
  std::string_view rest_;
};

// "-acl", "-aclc", "-aclm NAME BYTES", whose value stands on lines of its own, whatever is in it.
bool skip_value(std::string_view line, Lines& lines) {
  if (line.starts_with('-')) line.remove_prefix(1);
  if (line.starts_with('-')) line.remove_prefix(1);  // A value from outside has two.
  if (!line.starts_with("acl")) return true;
  const std::size_t blank = line.rfind(' ');
  std::size_t bytes = 0;
  if (blank == line.npos || !parse_number(line.substr(blank + 1), bytes)) return true;
  return bytes < lines.rest().size() && lines.skip(bytes + 1);
}

// The options in front of the recipients; false when they never end.
bool read_options(Lines& lines, EximEnvelope& out) {
  while (!lines.at_end()) {
    const std::string_view line = lines.next();
    if (!line.starts_with('-')) {
      // The tree of those it was delivered to already: "XX" when it is empty, else a line for each
      // node, "YN address", and nothing behind tells where it ends but the number that follows.
      return line == "XX" || line.starts_with('Y') || line.starts_with('N');
    }
    if (line.starts_with("-frozen")) out.frozen = true;
    if (!skip_value(line, lines)) return false;
  }
  return false;
}

// Their number, then one a line.
bool read_recipients(Lines& lines, EximEnvelope& out) {
  std::size_t count = 0;
  for (;;) {
    if (lines.at_end()) return false;
    const std::string_view line = lines.next();
    if (parse_number(line, count)) break;
    if (!line.starts_with('Y') && !line.starts_with('N')) return false;
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (lines.at_end()) return false;
    const std::string_view line = lines.next();
    ++out.message.recipient_count;
    // Behind the address stand numbers, for some.
    if (out.message.recipients.size() < limits::kHeldRecipients)
      out.message.recipients.emplace_back(line.substr(0, line.find(' ')));
  }
  return true;
}

// "056F From: …": bytes, what it is, a blank, the field with its line end.
void read_header(Lines& lines, EximEnvelope& out) {
  if (!lines.next().empty()) return;
  while (!lines.at_end()) {
    const std::string_view rest = lines.rest();
    std::size_t digits = 0;
    while (digits < rest.size() && ascii::is_digit(rest[digits]))
      ++digits;
    std::size_t bytes = 0;
    if (digits < 3 || digits + 2 > rest.size() || !parse_number(rest.substr(0, digits), bytes) ||
        bytes > rest.size() - digits - 2)
      return;
    const bool is_gone = rest[digits] == '*';
    if (!is_gone) out.header.append(rest.substr(digits + 2, bytes));
    lines.skip(digits + 2 + bytes);
  }
}

// The envelope file of a message: with split_spool_directory it stands in a folder named for a
// character of the id.  `where` is set to the one that was read.
Result<std::string> read_envelope_file(const std::string& input, const std::string& queue_id,
                                       std::string& where) {
  where = fmt::format("{}/{}-H", input, queue_id);
  auto text = read_queue_file(where);
  if (text || text.error().code != Errc::NotFound) return text;
  where = fmt::format("{}/{}/{}-H", input, queue_id.substr(5, 1), queue_id);
  return read_queue_file(where);
}

}  // namespace

EximEntries parse_exim_queue(std::string_view text) {
  EximEntries out;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == text.npos ? std::string_view() : text.substr(end + 1);
    if (!trim(line).ends_with(kFrozen)) continue;
    EximEntry entry;
    const std::string_view age = take_word(line);
    const std::string_view size = take_word(line);
    entry.queue_id = take_word(line);
    if (age.empty() || !parse_size(size, entry.bytes) || !is_queue_id(entry.queue_id) ||
        !take_word(line).starts_with('<'))
      continue;
    if (out.entries.size() == limits::kHeldMessages) {
      out.cut = true;
      break;
    }
    out.entries.push_back(std::move(entry));
  }
  return out;
}

std::optional<EximEnvelope> parse_exim_envelope(std::string_view text) {
  EximEnvelope out;
  Lines lines(text);
  if (!lines.next().ends_with("-H")) return std::nullopt;
  lines.next();  // User and group.
  const std::string_view sender = lines.next();
  if (sender.size() < 2 || sender.front() != '<' || sender.back() != '>') return std::nullopt;
  out.message.sender = sender.substr(1, sender.size() - 2);
  const std::string_view times = lines.next();
  out.time = times.substr(0, times.find(' '));
  std::int64_t seconds = 0;
  if (!parse_number(out.time, seconds) || seconds < 0 || seconds > kLastSecond) return std::nullopt;
  out.message.arrived = Instant{Seconds{seconds}};
  if (!read_options(lines, out) || !read_recipients(lines, out)) return std::nullopt;
  read_header(lines, out);
  return out;
}

std::optional<Seconds> parse_exim_time(std::string_view text) {
  constexpr std::int64_t kLongest = 1'000'000;
  if (text.empty()) return std::nullopt;
  Seconds out{0};
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && ascii::is_digit(text[digits]))
      ++digits;
    std::int64_t count = 0;
    if (digits == text.size() || !parse_number(text.substr(0, digits), count) || count > kLongest)
      return std::nullopt;
    switch (text[digits]) {
      case 's':
        out += Seconds{count};
        break;
      case 'm':
        out += std::chrono::minutes{count};
        break;
      case 'h':
        out += std::chrono::hours{count};
        break;
      case 'd':
        out += Days{count};
        break;
      case 'w':
        out += std::chrono::weeks{count};
        break;
      default:
        return std::nullopt;
    }
    text.remove_prefix(digits + 1);
  }
  return out;
}

Result<EximPatience> EximHeld::patience() const {
  BS_TRY(const std::string text,
         ask({"-bP", "ignore_bounce_errors_after", "timeout_frozen_after", "auto_thaw"},
             limits::kMtaOutputBytes));
  EximPatience out;
  Lines lines(text);
  while (!lines.at_end()) {
    const std::string_view line = lines.next();
    const std::size_t equals = line.find(" = ");
    if (equals == line.npos) continue;
    const std::string_view name = line.substr(0, equals);
    const auto value = parse_exim_time(trim(line.substr(equals + 3)));
    if (name == "ignore_bounce_errors_after") out.without_sender = value;
    if (name == "timeout_frozen_after") out.with_sender = value;
    if (name == "auto_thaw") out.thaw = value;
  }
  return out;
}

Result<EximHeld> EximHeld::find(const std::string& root) {
  for (const char* const path : kPrograms) {
    const auto real = resolve(root, path);
    struct stat status{};
    if (real && stat(real->c_str(), &status) == 0) return EximHeld(root, path);
  }
  return fail(Errc::NotFound, "exim", "there is no Exim here");
}

Result<std::string> EximHeld::ask(const std::vector<std::string>& words,
                                  std::size_t bytes_max) const {
  std::vector<std::string> whole{program_};
  whole.insert(whole.end(), words.begin(), words.end());
  BS_TRY(Outcome outcome,
         run_program(root_, whole, limits::kMtaProgramWait, {.output_bytes = bytes_max}));
  if (outcome.exit_code == 0) return std::move(outcome.output);
  const std::string said(trim(outcome.output + outcome.words));
  const bool gone = said.find("does not exist") != said.npos ||
                    said.find("No such file") != said.npos ||
                    said.find("not frozen") != said.npos || said.find("not found") != said.npos;
  const bool denied = said.find("denied") != said.npos;
  return fail(gone     ? Errc::NotFound
              : denied ? Errc::Denied
                       : Errc::Unavailable,
              "exim", fmt::format("says: {}", said));
}

// As this host has it.
Result<std::string> EximHeld::find_input() const {
  BS_TRY(const std::string spool, ask({"-bP", "spool_directory"}, limits::kMtaOutputBytes));
  const std::size_t equals = spool.find('=');
  const std::string_view place =
      equals == spool.npos ? std::string_view() : trim(std::string_view(spool).substr(equals + 1));
  if (!place.starts_with('/'))
    return fail(Errc::Unavailable, "exim", "does not say where its spool_directory is");
  return fmt::format("{}{}/input", root_ == "/" ? "" : root_, place);
}

Result<EximEnvelope> EximHeld::read_envelope(const std::string& queue_id) {
  BS_TRY(const std::string text, ask({"-Mvh", queue_id}, limits::kHeldTextBytes));
  auto envelope = parse_exim_envelope(text);
  if (!envelope || !envelope->frozen) return not_held(queue_id);
  envelope->time = {};
  return *std::move(envelope);
}

Result<HeldListing> read_exim_envelopes(const std::string& input, const EximEntries& queue) {
  HeldListing out;
  out.cut = queue.cut;
  for (const EximEntry& entry : queue.entries) {
    std::string where;
    const auto text = read_envelope_file(input, entry.queue_id, where);
    if (!text && text.error().code == Errc::NotFound) continue;  // Gone meanwhile.
    if (!text && text.error().code == Errc::Denied) return tl::unexpected<Error>(text.error());
    auto envelope = text ? parse_exim_envelope(*text) : std::nullopt;
    if (!envelope) {
      ++out.unreadable;
      continue;
    }
    if (!envelope->frozen) continue;
    HeldMessage message = std::move(envelope->message);
    message.queue_id = entry.queue_id;
    message.bytes = entry.bytes;
    out.messages.push_back(std::move(message));
  }
  return out;
}

Result<HeldListing> EximHeld::list() {
  BS_TRY(const std::string text, ask({"-bpr"}, limits::kHeldListBytes));
  BS_TRY(const std::string input, find_input());
  return read_exim_envelopes(input, parse_exim_queue(text));
}

Result<HeldText> EximHeld::read_header(const std::string& queue_id) {
  if (!is_queue_id(queue_id)) return not_held(queue_id);
  BS_TRY(EximEnvelope envelope, read_envelope(queue_id));
  return HeldText{std::move(envelope.header), false};
}

Result<HeldText> EximHeld::read_message(const std::string& queue_id) {
  if (!is_queue_id(queue_id)) return not_held(queue_id);
  BS_TRY(std::string text, ask({"-Mvc", queue_id}, limits::kHeldTextBytes));
  const bool cut = text.size() == limits::kHeldTextBytes;
  return HeldText{std::move(text), cut};
}

// Exim has no command for it.  Whether it can be done or not, the message is given back.
void EximHeld::renew(const std::string& queue_id, Instant arrived) const {
  const auto input = find_input();
  if (!input) return;
  std::string where;
  const auto text = read_envelope_file(*input, queue_id, where);
  const auto envelope = text ? parse_exim_envelope(*text) : std::nullopt;
  if (!envelope || envelope->time.empty()) return;
  const auto offset = static_cast<std::size_t>(envelope->time.data() - text->data());
  [[maybe_unused]] const auto done = renew_time(where, offset, envelope->time, arrived);
}

Result<void> EximHeld::release(const HeldMessage& message, Instant now) {
  if (!is_queue_id(message.queue_id)) return not_held(message.queue_id);
  // Before it is thawed, or a run of the queue could return it for its age in between.
  renew(message.queue_id, now);
  const auto thawed = ask({"-Mt", message.queue_id}, limits::kMtaOutputBytes);
  if (!thawed) {
    // It stays held, and is known by when it came.
    renew(message.queue_id, message.arrived);
    return tl::unexpected<Error>(thawed.error());
  }
  // Exim delivers in the foreground, as long as the receiving server takes: it is never ended in
  // the middle, or the message would be delivered twice.  What has to wait, and what could not be
  // begun, is tried again with every run of the queue.
  [[maybe_unused]] const auto begun =
      start_program(root_, {program_, "-M", message.queue_id}, limits::kHeldDeliveryWait);
  return {};
}

Result<void> EximHeld::drop(const HeldMessage& message) {
  if (!is_queue_id(message.queue_id)) return not_held(message.queue_id);
  // Removing one that was thawed meanwhile would take it from who has been promised it.
  BS_TRY([[maybe_unused]] const EximEnvelope envelope, read_envelope(message.queue_id));
  BS_TRY([[maybe_unused]] const std::string said,
         ask({"-Mrm", message.queue_id}, limits::kMtaOutputBytes));
  return {};
}

}  // namespace backstop::mta
