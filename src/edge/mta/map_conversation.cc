#include "edge/mta/map_conversation.h"

namespace backstop::mta {
namespace {

// With the blank that the protocol wants behind each word.
constexpr std::string_view kFound = "OK ";
constexpr std::string_view kNotFound = "NOTFOUND ";

}  // namespace

void MapConversation::consume(std::string_view& bytes, std::string& out) {
  while (!asking() && !over()) {
    const auto request = reader_.next(bytes);
    if (!request) {
      if (!reader_.complaint().empty()) drop(reader_.complaint());
      return;
    }
    greet();
    const auto blank = request->find(' ');
    const std::string_view map = request->substr(0, blank);
    const std::string_view key =
        blank == std::string_view::npos ? std::string_view() : request->substr(blank + 1);
    if (map == "unsign") {
      unsign(key, out);
    } else if (map == "verify") {
      verify(key, out);
    } else if (map == "sign") {
      sign(key, out);
    } else {
      append_netstring(out, "PERM there are three maps here: unsign, verify and sign");
    }
  }
}

void MapConversation::unsign(std::string_view address, std::string& out) const {
  const TagFinding found = find_tag(address, world_.surroundings.current(), world_.clock.now());
  if (found.authentic()) {
    append_netstring(out, std::string(kFound) + found.plain.text());
  } else if (found.state == TagState::KeysAway) {
    append_netstring(out, "TEMP there are no keys to check the tag with");
  } else {
    append_netstring(out, kNotFound);
  }
}

void MapConversation::verify(std::string_view key, std::string& out) const {
  const auto slash = key.rfind('/');
  const std::string_view address = key.substr(0, slash);
  const std::string_view client =
      slash == std::string_view::npos ? std::string_view() : key.substr(slash + 1);
  const transaction::Surroundings surroundings = world_.surroundings.current();
  const TagFinding found = find_tag_for(client, address, surroundings, world_);
  if (found.state == TagState::KeysAway || found.state == TagState::Withheld) {
    append_netstring(out, "TEMP the tag cannot be checked now");
  } else if (found.state == TagState::Forged && refuses_forged_tag(address, surroundings)) {
    append_netstring(out, std::string(kFound) + "bad");
  } else {
    append_netstring(out, kNotFound);
  }
}

void MapConversation::sign(std::string_view sender, std::string& out) {
  if (!may_be_tagged(sender, world_.surroundings.current()))
    return append_netstring(out, kNotFound);
  to_sign_ = sender;
  ask(transaction::AskPermit{});
}

void MapConversation::on_answered(Result<transaction::Answer> answer, std::string& out) {
  // Without a permit the mail goes on unsigned.
  const auto* const permit = answer ? std::get_if<transaction::SigningPermit>(&*answer) : nullptr;
  const auto tagged = permit == nullptr
                          ? std::nullopt
                          : make_tag(to_sign_, std::nullopt, "", *permit,
                                     world_.surroundings.current(), world_.clock.now());
  if (tagged) world_.tagged();
  append_netstring(out, tagged ? std::string(kFound) + *tagged : std::string(kNotFound));
}

}  // namespace backstop::mta
