#include "edge/http/page_conversation.h"

#include <fmt/core.h>

namespace backstop::http {
namespace {

std::string render_refusal(Status status, bool head_only) {
  return render_response(status, "text/plain; charset=utf-8",
                         fmt::format("{} {}\n", static_cast<int>(status), phrase_of(status)),
                         head_only);
}

}  // namespace

void PageConversation::on_bytes(std::string_view bytes, std::string& out) {
  if (over_) return;
  reader_.take(bytes);
  if (reader_.too_large()) {
    out += render_refusal(Status::HeadTooLarge, false);
    complaint_ = "sent a request that is too long";
    over_ = true;
  } else if (reader_.whole()) {
    answer(out);
    over_ = true;
  }
}

void PageConversation::answer(std::string& out) {
  Request request = parse_request(reader_.head());
  if (request.status == Status::Ok && request.path != page_.path) request.status = Status::NotFound;
  if (request.status == Status::BadRequest) complaint_ = "sent a request that is none of HTTP";
  if (request.status == Status::Ok) {
    out += render_response(Status::Ok, page_.type, page_.render(), request.head_only);
  } else {
    out += render_refusal(request.status, request.head_only);
  }
}

void PageConversation::on_end() {
  if (!over_ && reader_.within()) complaint_ = "closed the connection within a request";
  over_ = true;
}

void PageConversation::on_silence() {
  complaint_ = over_ ? "did not take the answer" : "sent no request";
  over_ = true;
}

}  // namespace backstop::http
