#include "edge/milter/reply.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "core/base/ascii.h"
#include "core/base/assert.h"
#include "core/base/escape.h"
#include "core/base/limits.h"

namespace backstop::milter {
namespace {

void append_number(std::string& out, std::uint32_t number) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    out.push_back(static_cast<char>((number >> shift) & 0xff));
  }
}

void append_frame(std::string& out, std::size_t payload_bytes, char command) {
  append_number(out, static_cast<std::uint32_t>(payload_bytes + 1));
  out.push_back(command);
}

// With its NUL; a NUL inside becomes a blank.
void append_string(std::string& out, std::string_view text) {
  const std::size_t begin = out.size();
  out.append(text);
  for (std::size_t i = begin; i < out.size(); ++i) {
    if (out[i] == '\0') out[i] = ' ';
  }
  out.push_back('\0');
}

void append_field_change(std::string& out, char command, std::uint32_t index, Field field) {
  append_frame(out, 4 + field.name.size() + 1 + field.value.size() + 1, command);
  append_number(out, index);
  append_string(out, field.name);
  append_string(out, field.value);
}

// RFC 3463 §2: class, subject and detail, the class that of the code.
bool fits(std::string_view enhanced, unsigned code) {
  const char first = static_cast<char>('0' + code / 100);
  if (enhanced.size() < 5 || enhanced.size() > 9 || enhanced[0] != first || enhanced[1] != '.') {
    return false;
  }
  const auto dot = enhanced.find('.', 2);
  if (dot == std::string_view::npos || dot == 2 || dot + 1 == enhanced.size()) return false;
  for (std::size_t i = 2; i < enhanced.size(); ++i) {
    if (i != dot && !ascii::is_digit(enhanced[i])) return false;
  }
  return true;
}

}  // namespace

void append_continue(std::string& out) {
  append_frame(out, 0, 'c');
}
void append_accept(std::string& out) {
  append_frame(out, 0, 'a');
}
void append_discard(std::string& out) {
  append_frame(out, 0, 'd');
}

void append_skip(std::string& out) {
  append_frame(out, 0, 's');
}

void append_refusal(std::string& out, unsigned code, std::string_view enhanced,
                    std::string_view text) {
  BS_ASSERT(code >= 400 && code <= 599);
  if (!fits(enhanced, code)) {
    append_frame(out, 0, code >= 500 ? 'r' : 't');
    return;
  }
  std::string line = fmt::format("{} {} ", code, enhanced);
  for (const char c : escape_reply(text, limits::kMilterReplyBytes)) {
    const std::size_t bytes = c == '%' ? 2 : 1;
    if (line.size() + bytes > limits::kMilterReplyBytes) break;
    line.append(bytes, c);
  }
  append_frame(out, line.size() + 1, 'y');
  append_string(out, line);
}

void append_insert_field(std::string& out, std::string_view name, std::string_view value) {
  append_field_change(out, 'i', 0, {.name = name, .value = value});
}

void append_remove_field(std::string& out, std::string_view name, unsigned occurrence) {
  append_field_change(out, 'm', occurrence, {.name = name, .value = ""});
}

void append_change_sender(std::string& out, std::string_view path, std::string_view parameters) {
  append_frame(out, path.size() + 1 + (parameters.empty() ? 0 : parameters.size() + 1), 'e');
  append_string(out, path);
  if (!parameters.empty()) append_string(out, parameters);
}

std::string kept_parameters(std::string_view arguments) {
  // SIZE stays by itself, and again would stand for the size that the message has.
  constexpr std::array<std::string_view, 4> kForgotten = {"RET", "BODY", "BY", "AUTH"};
  std::string out;
  while (!arguments.empty()) {
    const std::string_view argument = arguments.substr(0, arguments.find('\0'));
    arguments.remove_prefix(std::min(argument.size() + 1, arguments.size()));
    const std::string_view name = argument.substr(0, argument.find('='));
    const bool forgotten = std::ranges::any_of(
        kForgotten, [name](std::string_view one) { return ascii::equals_folded(name, one); });
    if (forgotten) out.append(" ").append(argument);
  }
  return out;
}

void append_quarantine(std::string& out, std::string_view why) {
  const std::string reason = escape_reply(why, limits::kMilterReplyBytes);
  append_frame(out, reason.size() + 1, 'q');
  append_string(out, reason);
}

void append_negotiation(std::string& out, const Negotiation& negotiation,
                        std::span<const MacroList> macros) {
  std::size_t payload_bytes = 12;
  for (const MacroList& list : macros)
    payload_bytes += 4 + list.names.size() + 1;
  append_frame(out, payload_bytes, 'O');
  append_number(out, negotiation.version);
  append_number(out, negotiation.actions);
  append_number(out, negotiation.steps);
  for (const MacroList& list : macros) {
    append_number(out, list.stage);
    append_string(out, list.names);
  }
}

}  // namespace backstop::milter
