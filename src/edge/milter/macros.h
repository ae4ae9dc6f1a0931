// The few macros we ask for, with the rule which of them is in force.
#pragma once

#include <string>
#include <string_view>

#include "edge/milter/packet.h"

namespace backstop::milter {

// A macro packet replaces what an earlier one for the same command said; those of a message end
// with it, those of a connection with the connection.  Values are cut at
// limits::kMilterMacroBytes.
class MacroValues {
 public:
  void take(const Macros& macros);
  void end_message();
  void end_connection();

  // {daemon_name} of CONNECT, {auth_authen} of MAIL; "" unknown.
  const std::string& daemon_name() const { return daemon_name_; }
  // j of CONNECT: what the server calls itself, as its own Received lines do; "" unknown.
  const std::string& server_name() const { return server_name_; }
  // v of CONNECT: the server's version, which Postfix begins with its name; false unknown.
  bool is_postfix() const { return is_postfix_; }
  const std::string& authenticated() const { return authenticated_; }
  // The queue id in the latest macros that had one; "" while there is none.  Postfix knows it only
  // after the first accepted recipient and says "-" until then.  One word, safe to log.
  const std::string& queue_id() const { return queue_id_; }

 private:
  std::string daemon_name_;
  std::string server_name_;
  bool is_postfix_ = false;
  std::string authenticated_;
  std::string queue_id_;
};

}  // namespace backstop::milter
