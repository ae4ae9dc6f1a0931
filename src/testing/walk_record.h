// What a walker tells its visitor, as text that can be compared.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "core/mail/walker.h"

namespace backstop::testing {

// Writes one line per call.  Adjacent content of one part becomes one line, since only its
// concatenation is promised.
class WalkRecorder final : public mail::Visitor {
 public:
  using Choice = std::function<mail::PartAction(const mail::PartHead&)>;

  explicit WalkRecorder(Choice choice =
                            [](const mail::PartHead&) { return mail::PartAction::Enter; })
      : choice_(std::move(choice)) {}

  void on_part(const mail::PartPlace& place) override {
    static constexpr std::string_view kRoles[] = {"message", "child", "enclosed", "headers"};
    line("part " + std::to_string(place.id) + " in " + std::to_string(place.parent) + " depth " +
         std::to_string(place.depth) + " ");
    text_.append(kRoles[static_cast<unsigned>(place.role)]);
  }
  void on_field(mail::PartId part, const mail::FieldView& field) override {
    line("field " + std::to_string(part) + (field.cut ? " cut " : " "));
    text_.append(field.name).append(":").append(field.raw);
  }
  mail::PartAction on_header_end(const mail::PartHead& head) override {
    line("head " + std::to_string(head.place.id) + " " + head.type + "/" + head.subtype);
    for (const auto& [name, value] : head.parameters)
      text_.append(" " + name + "=" + value);
    if (!head.disposition.empty()) text_.append(" disposition " + head.disposition);
    if (head.multipart) text_.append(" multipart");
    return choice_(head);
  }
  void on_content(mail::PartId part, std::string_view bytes) override {
    if (content_of_ != part) {
      line("content " + std::to_string(part) + " ");
      content_of_ = part;
    }
    text_.append(bytes);
  }
  void on_part_end(mail::PartId part, bool whole) override {
    line("end " + std::to_string(part) + (whole ? "" : " cut"));
  }

  void end(const mail::Walker& walker) {
    line("defects");
    for (const std::string_view name : walker.defects().names())
      text_.append(" ").append(name);
    text_.append("\n");
  }
  const std::string& text() const { return text_; }

 private:
  static constexpr mail::PartId kNone = ~mail::PartId{0};

  void line(const std::string& begin) {
    if (!text_.empty()) text_.append("\n");
    text_.append(begin);
    content_of_ = kNone;
  }

  Choice choice_;
  std::string text_;
  mail::PartId content_of_ = kNone;
};

// The record of a message fed in pieces: those of `size` bytes, the first `first` bytes long.
inline std::string record_walk(std::string_view bytes, std::size_t first, std::size_t size) {
  WalkRecorder recorder;
  mail::Walker walker(recorder);
  walker.feed(bytes.substr(0, first));
  bytes.remove_prefix(first < bytes.size() ? first : bytes.size());
  while (!bytes.empty()) {
    walker.feed(bytes.substr(0, size));
    bytes.remove_prefix(size < bytes.size() ? size : bytes.size());
  }
  walker.finish();
  recorder.end(walker);
  return recorder.text();
}

}  // namespace backstop::testing
