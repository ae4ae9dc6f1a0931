#include "edge/mta/postfix_held.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "core/base/held_limits.h"
#include "edge/mta/logical_lines.h"

namespace backstop::mta {
namespace {

using Json = nlohmann::json;

std::string text_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::int64_t number_of(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_integer() ? found->get<std::int64_t>() : -1;
}

void take_recipients(const Json& object, HeldMessage& message) {
  const auto found = object.find("recipients");
  if (found == object.end() || !found->is_array()) return;
  for (const Json& one : *found) {
    if (!one.is_object()) continue;
    ++message.recipient_count;
    if (message.recipients.size() < limits::kHeldRecipients)
      message.recipients.push_back(text_of(one, "address"));
  }
}

// The last second that an Instant is written for: the end of the year 9999.
constexpr std::int64_t kLastSecond = 253'402'300'799;

// False for what is no entry of postqueue.
bool take_entry(std::string_view line, HeldListing& out) {
  const Json entry = Json::parse(line, nullptr, false);
  if (!entry.is_object()) return false;
  if (text_of(entry, "queue_name") != "hold") return true;
  HeldMessage message;
  message.queue_id = text_of(entry, "queue_id");
  const std::int64_t arrived = number_of(entry, "arrival_time");
  const std::int64_t bytes = number_of(entry, "message_size");
  if (!is_queue_id(message.queue_id) || arrived < 0 || arrived > kLastSecond || bytes < 0)
    return false;
  if (out.messages.size() == limits::kHeldMessages) {
    out.cut = true;
    return true;
  }
  message.arrived = Instant{Seconds{arrived}};
  message.bytes = static_cast<std::uint64_t>(bytes);
  message.sender = text_of(entry, "sender");
  if (message.sender == "MAILER-DAEMON") message.sender.clear();  // As showq writes <>.
  take_recipients(entry, message);
  out.messages.push_back(std::move(message));
  return true;
}

// Of what a program said, the last line.
std::string last_line(std::string_view words) {
  words = trim(words);
  const auto newline = words.rfind('\n');
  return std::string(trim(newline == words.npos ? words : words.substr(newline + 1)));
}

tl::unexpected<Error> not_held(const std::string& queue_id) {
  return fail(Errc::NotFound, queue_id, "is not held by Postfix any more");
}

}  // namespace

HeldListing parse_postqueue(std::string_view text) {
  HeldListing out;
  while (!text.empty()) {
    const auto newline = text.find('\n');
    const std::string_view line = trim(text.substr(0, newline));
    text = newline == text.npos ? std::string_view() : text.substr(newline + 1);
    if (!line.empty() && !take_entry(line, out)) ++out.unreadable;
  }
  return out;
}

Result<HeldListing> PostfixHeld::list() {
  BS_TRY(const Outcome outcome,
         postfix_.command("postqueue", {"-j"}, {.output_bytes = limits::kHeldListBytes}));
  if (outcome.exit_code != 0) {
    return fail(Errc::Unavailable, "postqueue", fmt::format("says: {}", last_line(outcome.words)));
  }
  HeldListing out = parse_postqueue(outcome.output);
  out.cut = out.cut || outcome.cut;
  return out;
}

Result<HeldText> PostfixHeld::print(const std::string& queue_id, const char* what) {
  if (!is_queue_id(queue_id)) return not_held(queue_id);
  BS_TRY(Outcome outcome, postfix_.command("postcat", {what, "-q", queue_id},
                                           {.output_bytes = limits::kHeldTextBytes}));
  // One that prints much is stopped short by nobody, so its end says whether it was there.
  if (outcome.exit_code != 0) return not_held(queue_id);
  return HeldText{std::move(outcome.output), outcome.cut};
}

Result<HeldText> PostfixHeld::read_header(const std::string& queue_id) {
  return print(queue_id, "-h");
}

Result<HeldText> PostfixHeld::read_message(const std::string& queue_id) {
  return print(queue_id, "-bh");
}

Result<void> PostfixHeld::change(const std::string& option, const std::string& queue_id) {
  if (!is_queue_id(queue_id)) return not_held(queue_id);
  std::vector<std::string> words{option, queue_id};
  if (option != "-H") words.emplace_back("hold");  // -H looks nowhere else anyway.
  BS_TRY(const Outcome outcome, postfix_.command("postsuper", words, {}));
  if (outcome.exit_code != 0) {
    const bool root = outcome.words.find("superuser") != std::string::npos;
    return fail(root ? Errc::Denied : Errc::Unavailable, "postsuper",
                fmt::format("says: {}", last_line(outcome.words)));
  }
  // "postsuper: Deleted: 1 message"; it says nothing of one that is not there.
  if (outcome.words.find(": 1 message") == std::string::npos) return not_held(queue_id);
  return {};
}

Result<Seconds> PostfixHeld::lifetime() const {
  BS_TRY(const std::string ordinary, postfix_.value("maximal_queue_lifetime"));
  BS_TRY(const std::string bounces, postfix_.value("bounce_queue_lifetime"));
  return std::min(parse_postfix_time(ordinary, 'd').value_or(Seconds{0}),
                  parse_postfix_time(bounces, 'd').value_or(Seconds{0}));
}

Result<void> PostfixHeld::release(const HeldMessage& message, Instant now) {
  BS_TRY(const Seconds whole, lifetime());
  if (now - message.arrived >= whole / 2) return change("-r", message.queue_id);
  BS_TRY_VOID(change("-H", message.queue_id));
  // It may have gone out already; if not, the next run of the queue takes it.
  [[maybe_unused]] const auto begun = postfix_.command("postqueue", {"-i", message.queue_id}, {});
  return {};
}

Result<void> PostfixHeld::drop(const HeldMessage& message) {
  return change("-d", message.queue_id);
}

}  // namespace backstop::mta
