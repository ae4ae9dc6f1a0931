#include "tests/differential/walked_message.h"

#include "core/base/ascii.h"
#include "core/mail/header_text.h"
#include "core/mail/walker.h"

namespace backstop::differential {
namespace {

class Collector final : public mail::Visitor {
 public:
  explicit Collector(WalkedMessage& out) : out_(out) {}

  void on_part(const mail::PartPlace& place) override {
    Part part;
    part.depth = place.depth;
    part.headers = place.role == mail::PartRole::Headers;
    if (place.role == mail::PartRole::Enclosed || part.headers)
      out_.parts[place.parent].leaf = false;
    out_.parts.push_back(std::move(part));
  }
  void on_field(mail::PartId id, const mail::FieldView& field) override {
    Part& part = out_.parts[id];
    part.fields.emplace_back(field.name, with_single_blanks(mail::unfold(field.raw)));
    part.raw_fields.emplace_back(field.name, field.raw);
    if (ascii::equals_folded(field.name, "content-transfer-encoding")) {
      part.encoding = mail::parse_structured(field.raw).value;
    }
  }
  mail::PartAction on_header_end(const mail::PartHead& head) override {
    Part& part = out_.parts[head.place.id];
    part.type = head.type + "/" + head.subtype;
    if (head.multipart) part.leaf = false;
    return mail::PartAction::Enter;
  }
  void on_content(mail::PartId id, std::string_view bytes) override {
    out_.parts[id].content.append(bytes);
  }

 private:
  WalkedMessage& out_;
};

}  // namespace

WalkedMessage walk_ours(std::string_view bytes) {
  WalkedMessage out;
  Collector collector(out);
  mail::Walker walker(collector);
  walker.feed(bytes);
  walker.finish();
  out.defects = walker.defects();
  return out;
}

std::string with_single_blanks(std::string_view text) {
  std::string out;
  for (const char c : ascii::trim(text)) {
    if (!ascii::is_space(c)) {
      out.push_back(c);
    } else if (out.empty() || out.back() != ' ') {
      out.push_back(' ');
    }
  }
  return out;
}

}  // namespace backstop::differential
